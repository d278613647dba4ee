#!/bin/bash
# What a client may ask for beyond the published page: submits that can be
# repeated, strict mode, the list of jobs, failed items only, a contact.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

new=$api/bulk/new
used='This Idempotency-Key was used with another request.'
eve=eve:$(random_key)
chief=chief:$(random_key)
users=(--user "bulk:$(random_key)" --user "$eve" --user "$chief"
	--set 'admins = chief')

keyed() {
	local key=$1 file=$2
	shift 2
	submit POST "$file" -H "Idempotency-Key: $key" "$@"
}

# Names beside those of lib_api.sh's list: all jobs of a user, by next-page.
all_jobs() {
	local next=$api/jobs
	: >"$scratch/jobs"
	while [ -n "$next" ]; do
		api GET "$next" "$@"
		[ "$status" = 200 ] || return 1
		cat "$body" >>"$scratch/jobs"
		next=$(jq -r '."next-page" // empty' "$body")
	done
	jq -r '.jobs[].id' "$scratch/jobs"
}

start_instance "${users[@]}"

# ---- a submit that is repeated

make_contacts a 450 >"$scratch/a.json"
make_contacts b 1 >"$scratch/b.json"
keyed first "$scratch/a.json"
first=$job
is 'a submit with a key' "$status" 202
keyed first "$scratch/a.json"
is 'its repeat' "$status $job $(header Location)" \
	"202 $first $api/job/$first"
keyed first "$scratch/b.json"
is_error 'the key with another body' 422 "$used"
submit PUT "$scratch/a.json" -H 'Idempotency-Key: first'
is_error 'the key with another method' 422 "$used"
submit POST "$scratch/a.json" -H 'Idempotency-Key: first' \
	-H 'Content-Type: application/json; charset=utf-8'
is 'the type is no part of it' "$status $job" "202 $first"
keyed first "$scratch/b.json" -u "$eve"
is 'the key of another user' "$status" 202
longest=$(printf 'k%.0s' {1..255})
keyed "$longest" "$scratch/b.json"
is 'the longest key' "$status" 202
for key in "k$longest" 'a b' "$(printf '\303\244')" 'a, b'; do
	keyed "$key" "$scratch/b.json"
	is_error "400 of ${key:0:5}" 400 'Idempotency-Key must be *'
done
submit POST "$scratch/b.json" -H 'Idempotency-Key;'
is_error '400 of an empty one' 400 'Idempotency-Key must be *'
for key in first second; do
	submit POST "$scratch/a.json" -H 'Idempotency-Key: first' \
		-H "Idempotency-Key: $key"
	is_error "400 of two keys, $key" 400 'Idempotency-Key must be *'
done
printf '0[email]=twice@example.com' >"$scratch/form"
submit POST "$scratch/form" -H 'Content-Type: application/json'
is_error 'of two types the first counts' 400 'The body is not *'
content_type=application/x-www-form-urlencoded submit POST "$scratch/form" \
	-H 'Content-Type: application/json'
is 'also where it is a form' "$status" 202
submit POST "$scratch/b.json" -H 'X-HTTP-Method-Override: PUT' \
	-H 'X-HTTP-Method-Override: PATCH'
is_error 'two methods are none' 405 '*'
submit POST "$scratch/b.json" -H 'Content-Encoding: identity' \
	-H 'Content-Encoding: identity'
is_error 'two encodings' 415 '*'
ok 'the job completes' wait_for completed "$first"
keyed first "$scratch/a.json"
is 'a repeat shows its account' "$status $job $(header Job-Progress)" \
	"202 $first total=450, done=450, created=450, updated=0, failed=0"
like 'and its end' "$(header Job-Expires)" '* GMT'
restart_instance "${users[@]}" --set min_free_disk=1024T
keyed first "$scratch/a.json"
is 'a repeat after a restart, on a full disk' "$status $job" "202 $first"
keyed other "$scratch/a.json"
is 'which takes no other submit' "$status" 503
restart_instance "${users[@]}"

make_contacts d 3000 >"$scratch/d.json"
submit POST "$scratch/d.json"
is 'a job before the draining' "$status" 202
before=$job
like 'drain says what is left' "$(cli drain)" 'draining: *'
restart_instance "${users[@]}"
keyed drained "$scratch/b.json"
is_error 'a submit while draining' 503 '*is being drained.'
is 'which says when to try again' "$(header Retry-After)" 60
keyed first "$scratch/a.json"
is 'a repeat while draining' "$status $job" "202 $first"
keyed first "$scratch/b.json"
is_error 'another request with its key' 422 "$used"
ok 'jobs are still done' wait_for completed "$before"
api GET /readyz
is 'the service is ready' "$status $(cat "$body")" '200 {"status":"draining"}'
is 'resume says so' "$(cli resume)" \
	'not draining: submits are taken; all jobs are done'
keyed drained "$scratch/b.json"
is 'a submit behind it' "$status" 202
ok 'is done' wait_for completed "$job"

api DELETE "$api/job/$first"
keyed first "$scratch/a.json"
is 'a repeat after DELETE' "$status $job" "202 $first"
is 'whose job stays gone' "$(state_of "$first")" 404

# ---- at the same time, and with workers that are killed

post() {
	curl -q -s --noproxy '*' -m 60 -K "$state/run/curlrc" \
		-H 'Content-Type: application/json' -H 'Expect:' \
		-H "Idempotency-Key: $1" --data-binary "@$2" "$url$new"
}

before=$(all_jobs | wc -l)
for n in {1..8}; do
	post twins "$scratch/a.json" >"$scratch/twin.$n" &
	pids[n]=$!
done
wait "${pids[@]}"
is 'eight at the same time: one job' \
	"$(jq -r .id "$scratch"/twin.? | sort -u | wc -l)" 1
is 'that all of them know' "$(jq -r .id "$scratch"/twin.? | wc -l)" 8

answered() {
	keyed "$1" "$scratch/a.json"
	[ "$status" = 202 ]
}

rounds=8
for ((n = 1; n <= rounds; n++)); do
	post "kill.$n" "$scratch/a.json" >"$scratch/kill.$n" &
	pid=$!
	sleep "0.0$(printf %02d $((RANDOM % 40)))"
	xargs kill -KILL <<<"$(sed -n 1,2p "$state/run/fcgi.pid")" 2>/dev/null
	wait "$pid"
	wait_for answered "kill.$n" || bail_out 'the service does not recover'
	printf '%s\n' "$job" >>"$scratch/kills"
	told=$(jq -r '.id // empty' "$scratch/kill.$n" 2>/dev/null)
	[ -z "$told" ] || [ "$told" = "$job" ] || diag "$told became $job"
	[ -z "$told" ] || [ "$told" = "$job" ] || printf x >>"$scratch/changed"
done
ok 'what was told before a kill is told behind it' \
	test ! -e "$scratch/changed"
is 'each key one job' "$(sort -u "$scratch/kills" | wc -l)" "$rounds"
is 'and no job beside those' "$(wait_for all_jobs | wc -l)" \
	$((before + 1 + rounds))

# ---- the list

for n in {1..205}; do
	printf 'next\nurl = "%s"\nrequest = POST\ndata = "[]"\n' "$url$new"
	printf 'output = /dev/null\nconfig = "%s"\n' "$state/run/curlrc"
done | sed 1d >"$scratch/many"
curl -q -s --noproxy '*' -K "$scratch/many"
cli job list --user bulk --json | jq -r '.jobs[].id' >"$scratch/expected"
all_jobs >"$scratch/got"
ok 'all jobs, the newest first' diff "$scratch/expected" "$scratch/got"
is 'on pages of 200' "$(jq -s 'map(.jobs | length) | join(" ")' \
	"$scratch/jobs")" "\"200 $(($(wc -l <"$scratch/got") - 200))\""
is 'members' "$(jq -c '.jobs[0] | keys_unsorted' "$body")" \
	'["id","status","dateAdded","dateCompleted","total","done","created","updated","failed"]'
is 'others have their own' "$(all_jobs -u "$eve" | wc -l)" 1
is 'an admin sees all' "$(all_jobs -u "$chief" | wc -l)" \
	$(($(wc -l <"$scratch/got") + 1))
refused 'only GET and HEAD' 405 '*' DELETE "$api/jobs"
is 'which Allow says' "$(header Allow)" 'GET, HEAD'
refused 'not for strangers' 401 '*' GET "$api/jobs" -H Authorization:

# ---- failed items only; strict mode; a contact

jq -nc '[range(1000) | if . % 3 == 0 or . == 500 then
	{email: "no \"}\u007d{ address"} else {points: .} end]' \
	>"$scratch/mixed.json"
submit POST "$scratch/mixed.json"
ok 'a job with bad contacts' wait_for completed "$job"
results "$job" | jq -c '[inputs]' -n |
	jq -c 'to_entries[] | select(.value.statusCode >= 400)
		| {index: .key} + .value' >"$scratch/expected"
next="$api/job/$job?details=1&failed=1"
: >"$scratch/pages"
while [ -n "$next" ]; do
	api GET "$next"
	cat "$body" >>"$scratch/pages"
	next=$(jq -r '.details."next-page" // empty' "$body")
done
jq -c '.details.contacts[]' "$scratch/pages" >"$scratch/got"
ok 'failed items with their positions' diff "$scratch/expected" "$scratch/got"
is 'on full pages' "$(jq -s 'map(.details.contacts | length) | join(" ")' \
	"$scratch/pages")" '"200 135"'
api GET "$api/job/$job?failed=1&details=1&page=3"
is 'past the end' "$status $(cat "$body")" \
	'200 {"status":"completed","details":{"contacts":[]}}'

printf '[{"email":"s@example.com","colour":"red"}]' >"$scratch/unknown.json"
submit POST "$scratch/unknown.json" -H 'Prefer: handling=strict'
is 'strict mode is granted' "$status $(header Preference-Applied)" \
	'202 handling=strict'
wait_for completed "$job"
is 'and told in the item' "$(results "$job" | jq -c .errors)" \
	'{"code":400,"message":"colour: This field does not exist.","details":{"colour":["This field does not exist."]},"type":null}'
strict=$job
submit POST "$scratch/unknown.json" -H 'Prefer: respond-async' \
	-H 'Prefer: handling="strict"'
is 'in the second of two headers, too' "$status $(header Preference-Applied)" \
	'202 handling=strict'
wait_for completed "$job"
is 'with the same result' "$(results "$job")" "$(results "$strict")"
submit POST "$scratch/unknown.json"
is 'else nothing is said' "$status$(header Preference-Applied)" 202
wait_for completed "$job"
is 'and unknown keys are ignored' "$(results "$job" | jq .statusCode)" 201

id=$(results "$job" | jq .id)
api GET "$api/$id"
is 'a contact' "$status $(cat "$body")" \
	"200 {\"contact\":$(cli contact show "$id")}"
api HEAD "$api/$id"
is 'its HEAD' "$status" 200
for path in 0 "0$id" $((id + 1)) 99999999999999999999 x; do
	refused "no contact $path" 404 'Item was not found.' GET "$api/$path"
done
refused 'a contact is read only' 405 '*' PATCH "$api/$id"
refused 'not for strangers either' 401 '*' GET "$api/$id" -H Authorization:

done_testing
