#!/bin/bash
# Requests for erasure: contacts go beside a running service, what is stored of
# them goes with them, and no backup brings them back.
# shellcheck disable=SC2119,SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

out=$scratch/out
err=$scratch/err

# Leaves $code, $out and $err.
run() {
	code=0
	cli "$@" >"$out" 2>"$err" || code=$?
}

send() {
	printf '%s' "$1" >"$scratch/request"
	submit POST "$scratch/request"
	wait_for completed "$job"
}

# What a dump has of requests, as text.
requests_have() {
	cli store dump | jq -r 'select(.table == "chunk") | .value' |
		while IFS= read -r value; do
			printf %s "$value" | base64 -d
		done | grep -ac "$1"
}

whole() {
	run store verify
	is "verify $1" "$code" 0
	diag "$(cat "$out" "$err")"
}

run contact delete
is 'nobody named is wrong usage' "$code" 2
run contact delete 'no address'
is 'neither id nor email' "$code" 2
like 'says which' "$(cat "$err")" '*"no address"*'

start_instance
send '[{"email":"ann@example.com","city":"Uruk"},
	{"email":"bob@example.com","city":"Nippur"},
	{"email":"cay@example.com","city":"Larsa"},
	{"email":"dan@example.com","city":"Kish"}]'
first=$job
results "$first" >"$scratch/before"
run store backup "$state/backup"
is 'a backup with all of them' "$code" 0

run contact delete --dry-run Ann@example.com
is 'a dry run' "$code" 0
like 'says what would go' "$(cat "$out")" \
	'would be erased: contacts 1, items of stored requests 1 (jobs 1)'
is 'and takes nothing' "$(cli contact count) $(requests_have Uruk)" '4 1'

run contact delete Ann@example.com 3 eve@example.com 99
is 'who is not there is told' "$code" 1
is 'one line each' "$(wc -l <"$err")" 2
like 'by name' "$(cat "$err")" '*eve@example.com*99*'
like 'the others go' "$(head -n 1 "$out")" \
	'erased: contacts 2, items of stored requests 2 (jobs 1)'
like 'it says until when results have the ids' "$(cat "$out")" \
	"*ids, nothing else, until 20??-??-??T*"
is 'no request has them' "$(requests_have Uruk) $(requests_have Larsa)" '0 0'
is 'those of others are whole' "$(requests_have Nippur)" 1
api GET "$api/1"
is 'the API does not, either' "$status" 404
results "$first" >"$scratch/after"
ok 'results stay, with ids alone' cmp "$scratch/before" "$scratch/after"
send '[{"email":"ann@example.com"}]'
is 'who comes again is somebody new' "$(results "$job")" \
	'{"id":5,"statusCode":201}'
whole 'beside the service'

printf '\n  4 \r\nbob@example.com\n' >"$scratch/list"
began=$(date +%s)
(cd "$scratch" && exec "$top_builddir/cli/bulkcontacts" \
	-c "$state/bulkcontacts.conf" contact delete --file list --json) >"$out"
is 'from a file, as JSON' "$(jq -c 'del(.resultsUntil)' "$out")" \
	'{"contacts":2,"items":2,"jobs":1,"unknown":[],"pending":[]}'
until=$(date -d "$(jq -r .resultsUntil "$out")" +%s)
ok 'results go after retention, which is two days' \
	test "$until" -ge $((began + 172800))
printf '5\n' | cli contact delete --file - >"$out"
is 'from standard input' "$(cli contact count)" 0

# ---- the backup has them all

stop_instance
run store restore --replace "$state/backup"
is 'restored' "$code" 0
like 'they are erased again' "$(cat "$out")" '*contacts erased since*: 4*'
whole 'restored'
is 'none is there' "$(cli contact count)" 0
is 'nor in requests' "$(requests_have example.com)" 0

done_testing
