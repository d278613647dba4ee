#!/bin/bash
# Sends a JSON list of contacts as one job and prints those that failed.
#
#	bulk.sh CONTACTS.json
#
# BULKCONTACTS_URL          as http://127.0.0.1:8080/api/contacts
# BULKCONTACTS_CREDENTIALS  file with NAME:PASSWORD in its first line
#
# Exits with 0 if every contact was applied, else with 1. Needs curl 7.84, jq.
set -euo pipefail

die() {
	printf '%s\n' "$*" >&2
	exit 1
}

contacts=${1:?usage: bulk.sh CONTACTS.json}
url=${BULKCONTACTS_URL:?}
origin=$(sed -E 's|^(https?://[^/]*).*|\1|' <<<"$url")
IFS= read -r account <"${BULKCONTACTS_CREDENTIALS:?}" || [ -n "$account" ]
account=${account//\\/\\\\}
body=$(mktemp)
trap 'rm -f "$body"' EXIT

# METHOD URL STATUS [OPTION...]: leaves $body and $retry_after. The password
# goes in by a file, for arguments show in the list of processes. curl itself
# repeats after 429 and 503 as Retry-After says, and after lost connections.
request() {
	local method=$1 target=$2 expected=$3 answer status
	shift 3
	answer=$(curl -sS -g --speed-time 120 --retry 20 --retry-all-errors \
		-K <(printf 'user = "%s"\n' "${account//\"/\\\"}") \
		-X "$method" -o "$body" -w '%{http_code} %header{retry-after}' \
		"$@" "$target")
	read -r status retry_after <<<"$answer"
	[[ $status =~ ^($expected)$ ]] ||
		die "$method $target: $status $(cat "$body")"
}

# The key makes a repeated submit the same job (doc/api.md).
request POST "$url/bulk/new" 202 -H 'Content-Type: application/json' \
	-H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" \
	--data-binary "@$contacts"
job=$(jq -r .id "$body")
printf 'job %s\n' "$job" >&2
sleep "${retry_after:-1}"

# Result k belongs to contact k: counting is enough.
next="$url/job/$job?details=1"
count=0
result=0
while [ -n "$next" ]; do
	request GET "$next" 200
	if [ "$(jq -r .status "$body")" != completed ]; then
		sleep "${retry_after:-1}"
		continue
	fi
	failed=$(jq -r --argjson count "$count" '.details.contacts |
		to_entries[] | select(.value.errors) |
		"contact \($count + .key + 1): \(.value.statusCode) \(
			.value.errors.message)"' "$body")
	[ -z "$failed" ] || { printf '%s\n' "$failed" && result=1; }
	count=$((count + $(jq '.details.contacts | length' "$body")))
	next=$(jq -r '.details["next-page"] // ""' "$body")
	next=${next:+$origin$next}
done

# 404: deleted by a request whose answer was lost.
request DELETE "$url/job/$job" '200|404'
exit "$result"
