#!/bin/bash
# Which of two faults answers, and limits (doc/api.md section 4).
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

new=$api/bulk/new
unknown=$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21
denied='API authorization denied.'
forbidden='You do not have access to the requested area/action.'
foreign='Sec-Fetch-Site: cross-site'
malformed='The body is not valid JSON: *'

eve=eve:$(random_key)
limits=(--set max_body=1M --set max_unfinished_jobs_per_user=2
	--set batch_size=1)
start_instance --user "bulk:$(random_key)" --user "$eve" "${limits[@]}"

printf '[%s0]' "$(printf '0,%.0s' {1..10000})" >"$scratch/count"
count='A max of 10000 entities are supported at a time.'

# ---- which of two faults answers

raw "POST $new HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"
is_error '413 of the announced length before 401' 413 '*'
refused '401 before 404 and 405' 401 "$denied" PUT "$api/x" -H Authorization:
refused '404 before 403' 404 'Item was not found.' DELETE "$api/x" \
	-H "$foreign"
refused '405 before 403' 405 '*' PUT "$new" -H "$foreign"
refused '403 before 415' 403 "$forbidden" POST "$new" -d x -H "$foreign" \
	-H 'Content-Type: text/plain'
refused '415 before 400' 415 '*' POST "$new" -d x -H 'Content-Type: text/plain'
printf x >>"$scratch/count"
submit POST "$scratch/count"
is_error '400 before 413 of the count' 400 "$malformed"
truncate -s -1 "$scratch/count"

# ---- 429 of the quota, 503 of the disk

hold_runner
make_contacts a 10 >"$scratch/large"
submit POST "$scratch/large"
first=$job
submit POST "$scratch/large"
second=$job
refused '429 of unfinished jobs' 429 '*unfinished jobs*' POST "$new" -d '[]'
like 'says when to come back' "$(header Retry-After)" '[1-9]*'
submit POST "$scratch/count"
is_error '413 of the count before 429' 413 "$count"
api POST "$new" -u "$eve" -d '[]'
is 'another user has a quota of his own' "$status" 202
restart_instance "${limits[@]}" --set min_free_disk=1024T
refused '429 before 503' 429 '*unfinished jobs*' POST "$new" -d '[]'
api DELETE "$api/job/$second"
is 'a full disk keeps nobody from deleting' "$status" 200
refused '503 of a full disk' 503 '*' POST "$new" -d '[]'
like 'says when to come back' "$(header Retry-After)" '[1-9]*'
is 'nor from asking, and the job waits for room' "$(state_of "$first")" queued
restart_instance "${limits[@]}"
api DELETE "$api/job/$first"
api POST "$new" -d '[]'
is 'and with room all is well' "$status" 202

# ---- anonymous, and nginx's rate

instance --state "$scratch/wrong" --listen "$address" --detach \
	--set anonymous=yes --set admins=chief >"$scratch/error" 2>&1
result=$?
ok 'admins are refused where all are anonymous' test "$result" -ne 0
like 'with a reason' "$(cat "$scratch/error")" '*admins*'
start_instance --set anonymous=yes --set request_rate=50
api POST "$new" -H Authorization: -d '[]'
is 'anonymous: no credentials are needed' "$status" 202
job=$(jq -r .id "$body")
for who in ann:x bob:y; do
	api GET "$api/job/$job" -u "$who"
	is "anonymous: a name counts for nothing, $who" "$status" 200
done
# Many at once, so that the slowest machine goes beyond it; one looks on.
: >"$scratch/flooding"
while [ -e "$scratch/flooding" ]; do
	curl -q -s -Z --parallel-max 20 --noproxy '*' -o /dev/null \
		-w '%{http_code}\n' "$url$unknown?[1-2000]"
done >"$scratch/statuses" &
flood=$!
is_beyond() {
	api GET "$unknown"
	[ "$status" = 429 ]
}
ok 'who comes too often is refused' wait_for is_beyond
rm "$scratch/flooding"
wait "$flood"
is 'beyond the rate: 429' "$(sort -u "$scratch/statuses" | paste -sd' ')" \
	'404 429'
is_error 'beyond the rate' 429 'Too many requests from this address.'
is 'beyond the rate: when to come back' "$(header Retry-After)" 1
done_testing
