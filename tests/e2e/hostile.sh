#!/bin/bash
# Bodies made to hurt: answered at once, in hardly more memory than they are.
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

mib=$((1024 * 1024))
large=$scratch/large.json
too_large='{"code":400,"message":"This contact is too large.","details":{},"type":null}'
no_object='{"code":400,"message":"A contact must be an object.","details":{},"type":null}'

# SIZE HEAD UNIT TAIL: units as many as fit; blanks make up the size.
make_body() {
	local room=$(($1 - ${#2} - ${#4}))
	printf %s "$2"
	yes "$3" | tr -d '\n' | head -c $((room - room % ${#3}))
	printf '%s%*s' "$4" $((room % ${#3})) ''
}

# SIZE OPEN CLOSE: brackets nested as deep as fits.
make_nest() {
	head -c $(($1 / 2)) /dev/zero | tr '\0' "$2"
	head -c $(($1 / 2)) /dev/zero | tr '\0' "$3"
}

watch_memory() {
	while :; do
		anonymous_memory >>"$scratch/memory"
	done
}

# Submit $large; passes if the worker got along with the body, $more MiB
# and 8.
more=0
send() {
	local name=$1 watch most allowed begun
	shift
	: >"$scratch/memory"
	watch_memory &
	watch=$!
	wait_for test -s "$scratch/memory"
	begun=$(date +%s%3N)
	submit POST "$large" "$@"
	diag "$name: $status after $(($(date +%s%3N) - begun)) ms"
	kill "$watch"
	wait "$watch" 2>/dev/null
	most=$(sort -n "$scratch/memory" | tail -n 1)
	allowed=$((before + ($(stat -c %s "$large") + (8 + more) * mib) / 1024))
	ok "$name: memory of the worker (+$(((most - before) / 1024)) MiB)" \
		test "$most" -le "$allowed"
	ok "$name: and gives it back" \
		wait_for memory_is_below $((before + 8 * 1024))
}

# JOB ID ERROR: all that became of it
has_failed() {
	wait_for completed "$1"
	api GET "$api/job/$1?details=1"
	printf %s "{\"status\":\"completed\",\"details\":{\"contacts\":[\
{\"id\":$2,\"statusCode\":400,\"errors\":$3}]}}" >"$scratch/expected"
	diff "$scratch/expected" "$body"
}

start_instance
before=$(anonymous_memory)
api POST "$api/bulk/new" -d '[]'

make_body $((64 * mib)) '[{"id":7,' '"k":1,' '"z":0}]' >"$large"
send 'one contact of 64 MiB'
is 'one contact of 64 MiB: is accepted' "$status" 202
ok 'one contact of 64 MiB: is too large' has_failed "$job" null "$too_large"
submit PATCH "$large"
ok 'an edit repeats its id' has_failed "$job" 7 "$too_large"

make_body $((64 * mib)) '{' '"k":1,' '"z":0}' >"$large"
send 'millions of contacts'
is 'millions of contacts: status' "$status" 413
is 'millions of contacts: message' "$(jq -r '.errors[0].message' "$body")" \
	'A max of 10000 entities are supported at a time.'

make_body $((64 * mib)) '[{"tags":[' '"k",' '"z"]}]' >"$large"
send 'one long list'
ok 'one long list: is too large' has_failed "$job" null "$too_large"

make_body $((64 * mib)) '[{"email":"' 'a' '"}]' >"$large"
send 'one long string'
ok 'one long string: is too large' has_failed "$job" null "$too_large"

head -c $((60 * mib)) /dev/zero | tr '\0' '[' >"$large"
send '60 MiB of ['
is '60 MiB of [: status' "$status" 400
like '60 MiB of [: message' "$(jq -r '.errors[0].message' "$body")" \
	'The body is not valid JSON: *'

make_nest $((60 * mib)) '[' ']' >"$large"
send '30 million lists'
ok '30 million lists: no object' has_failed "$job" null "$no_object"

{
	printf '[{"id":7,"k":'
	make_nest $((60 * mib)) '[' ']'
	printf '}]'
} >"$large"
send 'lists in a contact'
ok 'lists in a contact: too large' has_failed "$job" null "$too_large"

make_body $((60 * mib)) '' '{"":' '' >"$large"
send 'objects without an end'
is 'objects without an end: status' "$status" 400

make_body $((64 * mib)) '' ' ' '[]' >"$large"
send 'blanks'
is 'blanks: status' "$status" 202

# ---- forms: their JSON as well, and eight bytes a variable while the array
# ---- that has them doubles

content_type=application/x-www-form-urlencoded

more=136
make_body $((64 * mib)) '0[email]=' '%61' '&0[id]=7' >"$large"
send 'form: one long value'
ok 'form: one long value: is too large' has_failed "$job" null "$too_large"

make_body $((64 * mib)) '' '0[a]=b&' '' >"$large"
send 'form: millions of variables'
is 'form: millions of variables: status' "$status" 400

seq -f '%.0f[email]=x' -s '&' 3500000 >"$large"
send 'form: millions of contacts'
is 'form: millions of contacts: status' "$status" 413

# All contacts and variables that there may be, the one as mixed as possible.
for i in {0..999}; do
	seq -f "%.0f[k$i]" -s '&' 1000 3700
done | tr '\n' '&' >"$large"
send 'form: as many variables as possible'
is 'form: as many variables as possible: status' "$status" 202

for i in {1..9000}; do
	printf '%d[e]=' "$i"
	printf '%7000s&' ''
done | tr ' ' '\001' >"$large"
send 'form: control characters'
is 'form: control characters: status' "$status" 400

make_body $((64 * mib)) '' '[' '' >"$large"
printf 0 | dd of="$large" conv=notrunc status=none
send 'form: an endless name'
is 'form: an endless name: status' "$status" 400

# ---- gzip

content_type=application/json
more=70
make_body $((64 * mib)) '[' '{},' '{}]' | gzip -1 >"$large"
send 'gzip: a bomb' -H 'Content-Encoding: gzip'
is 'gzip: a bomb: status' "$status" 413
head -c $((64 * mib)) /dev/zero | gzip >"$large"
for _ in {1..10}; do
	cat "$large"
done >"$scratch/bombs"
mv "$scratch/bombs" "$large"
send 'gzip: ten bombs' -H 'Content-Encoding: gzip'
is 'gzip: ten bombs: status' "$status" 413

for depth in 32 33; do
	# The body's list and the contact are two of them.
	inner=$((depth - 2))
	printf '[{"email":"d%d@example.com","k":%s%s}]' "$depth" \
		"$(printf '[%.0s' $(seq $inner))" \
		"$(printf ']%.0s' $(seq $inner))" >"$large"
	submit POST "$large"
	wait_for completed "$job"
	is "depth $depth" "$(header Job-Progress)" "total=1, done=1, \
created=$((33 - depth)), updated=0, failed=$((depth - 32))"
done
ok 'and all is well' answers
is 'no worker ended' "$(grep -c ' ended ' "$state/log/supervisor.log")" 0

done_testing
