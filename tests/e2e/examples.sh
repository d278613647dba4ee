#!/bin/bash
# The examples of doc/api.md, byte for byte.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
shopt -s extglob
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

error() {
	printf '{"errors":[{"code":%d,"message":"%s","details":{},"type":null}]}' \
		"$@"
}

# All headers but those of the connection, sorted; a job's id as ID.
all_headers() {
	tr -d '\r' <"$headers" | sed -e 1d -e '/^$/d' -e "s/$job/ID/" |
		grep -Eiv '^(Date|Server|Connection):' | sort
}

# begin_job FILE: as $job, at which the runner is held. One that was done
# before that is followed by the next.
begin_job() {
	while submit POST "$1"; do
		wait_for has_done "$job" 1 || bail_out 'a job does not begin'
		hold_runner
		[ "$(state_of "$job")" != in_progress ] || break
		free_runner
	done
}

# Three items a page, so that four make two pages; and a commit for every
# three, so that a large job lasts.
start_instance --set batch_size=3
common="Cache-Control: no-store
Content-Length: 45
Content-Type: application/json
Job-Progress: total=%d, done=0, created=0, updated=0, failed=0
%sX-Content-Type-Options: nosniff"

# ---- a submit, and the states

make_contacts a 356 >"$scratch/many.json"
submit POST "$scratch/many.json"
is 'create: status' "$status" 202
like 'create: the id is a random UUID, lower case' "$job" \
	'????????-????-4???-[89ab]???-????????????'
like 'create: of hexadecimal digits' "${job//-/}" '+([0-9a-f])'
is 'create: body' "$(cat "$body")" "{\"id\":\"$job\"}"
# shellcheck disable=SC2059 # a format of ours
is 'create: headers' "$(all_headers)" "$(printf "$common" 356 \
	$'Location: /api/contacts/job/ID\nRetry-After: 1\n')"
first=$job
ok 'it completes' wait_for completed "$first"
is 'status: completed' "$(cat "$body")" '{"status":"completed"}'

make_contacts b 9000 >"$scratch/large.json"
begin_job "$scratch/large.json"
large=$job
submit POST "$scratch/many.json"
api GET "$api/job/$job"
is 'status: queued' "$(cat "$body")" '{"status":"queued"}'
like 'status: queued: when to ask again' "$(header Retry-After)" '[1-9]*'
is 'status: queued: progress' "$(header Job-Progress)" \
	'total=356, done=0, created=0, updated=0, failed=0'
api GET "$api/job/$job?details=1"
is 'details change nothing before the end' "$(cat "$body")" \
	'{"status":"queued"}'
queued=$job
job=$large
api GET "$api/job/$job"
is 'status: in progress: body' "$(cat "$body")" '{"status":"in_progress"}'
like 'status: in progress: when to ask again' "$(header Retry-After)" '[1-9]*'
is 'status: in progress: no date of expiry' "$(header Job-Expires)" ''

# ---- deleting

job=$queued
api DELETE "$api/job/$job"
is 'delete: status' "$status" 200
is 'delete: body' "$(cat "$body")" "{\"id\":\"$job\"}"
# shellcheck disable=SC2059 # a format of ours
is 'delete: headers' "$(all_headers)" "$(printf "$common" 356)"
api DELETE "$api/job/$large"
is 'delete: in progress' "$status $(cat "$body")" "200 {\"id\":\"$large\"}"
upper=$(tr a-f A-F <<<"$first")
api GET "$api/job/$upper?details=1&page=2"
like 'an id in upper case, and its paths in lower case' "$(cat "$body")" \
	"{\"status\":\"completed\",\"details\":{\"next-page\":\"$api/job/$first?details=1&page=3\",*"
api DELETE "$api/job/$upper"
is 'delete: completed' "$status $(cat "$body")" "200 {\"id\":\"$first\"}"
not_found=$(error 404 'Item was not found.')
for method in GET DELETE; do
	api "$method" "$api/job/$first"
	is "$method of a job that was deleted" "$status $(cat "$body")" \
		"404 $not_found"
	api "$method" "$api/job/no-such-id"
	is "$method of no id" "$status $(cat "$body")" "404 $not_found"
done

# ---- the page of results

free_runner
next=$(cli contact export | jq -sr 'map(.id) | max + 1')
cat >"$scratch/edit.json" <<-'EOF'
	[{"id":356,"firstname":"Ann"},
	 {"id":123456789,"firstname":"Bob"},
	 {"id":654,"email":"nonsense","points":"many"},
	 {"id":"356","firstname":"Ann"}]
EOF
submit PUT "$scratch/edit.json"
is 'edit: status and body' "$status $(cat "$body")" "202 {\"id\":\"$job\"}"
is 'edit: location' "$(header Location)" "$api/job/$job"
ok 'the edit completes' wait_for completed "$job"
like 'completed: a date of expiry' "$(header Job-Expires)" \
	'[MTWFS]??, [0-3][0-9] [A-Z]?? 20?? ??:??:?? GMT'
is 'completed: not to be asked again' "$(header Retry-After)" ''
is 'completed: progress' "$(header Job-Progress)" \
	'total=4, done=4, created=1, updated=2, failed=1'
api GET "$api/job/$job?details=1"
is 'details' "$(cat "$body")" "{\"status\":\"completed\",\"details\":{\
\"next-page\":\"$api/job/$job?details=1&page=2\",\"contacts\":[\
{\"id\":356,\"statusCode\":200},{\"id\":$next,\"statusCode\":201},\
{\"id\":654,\"statusCode\":400,\"errors\":{\"code\":400,\
\"message\":\"email: A valid email is required., points: This value is not valid.\",\
\"details\":{\"email\":[\"A valid email is required.\"],\
\"points\":[\"This value is not valid.\"]},\"type\":null}}]}}"
api GET "$api/job/$job?details=true&page=2"
is 'the last page' "$(cat "$body")" '{"status":"completed","details":{"contacts":[{"id":356,"statusCode":200}]}}'
api GET "$api/job/$job?details=2"
is 'another value of details counts as absent' "$(cat "$body")" \
	'{"status":"completed"}'
submit PATCH "$scratch/edit.json"
is 'PATCH: status and body' "$status $(cat "$body")" "202 {\"id\":\"$job\"}"

# ---- errors

api GET "$api/job/$job" -H 'Authorization:'
is '401' "$status $(cat "$body")" "401 $(error 401 'API authorization denied.')"
api POST "$api/bulk/new" -H 'Sec-Fetch-Site: cross-site' -d '[]'
is '403' "$status $(cat "$body")" "403 $(error 403 \
	'You do not have access to the requested area/action.')"
api GET "$api/unknown"
is '404' "$status $(cat "$body")" "404 $not_found"
printf '[%s0]' "$(printf '0,%.0s' {1..10000})" >"$scratch/count.json"
submit POST "$scratch/count.json"
is '413' "$status $(cat "$body")" "413 $(error 413 \
	'A max of 10000 entities are supported at a time.')"

done_testing
