#!/bin/bash
# All that is in the store as text, and back: the way to another version.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

out=$scratch/out
err=$scratch/err
dump=$scratch/dump

# Leaves $code, $out and $err.
run() {
	code=0
	"$@" >"$out" 2>"$err" || code=$?
}

load_dump() {
	run cli store load "${@:2}" <"$1"
}

refuses() {
	load_dump "$2" --replace
	is "$1: refused" "$code" 1
	like "$1: says why" "$(tail -n 1 "$err")" "bulkcontacts: *$3*"
}

send() {
	submit POST "$1" "${@:2}"
	[ "$status" = 202 ] || bail_out 'a job is not accepted'
}

counts() {
	run cli store verify --json
	jq -c '[.findings, .contacts, .keys, .jobs]' "$out"
}

# ---- one of everything

start_instance --set batch_size=20
jq -nc '[range(450) as $i | {email: "P\($i)@Example.com", firstname: "P\($i)",
	tags: ["a", "b\($i)"], owner: 7, companies: [1, 2],
	ipAddress: "192.0.2.1", doNotContact: [{channel: "email"}]}]' \
	>"$scratch/first"
send "$scratch/first" -H 'Idempotency-Key: first'
first=$job
wait_for completed "$first"
results "$first" >"$scratch/results"
# A request whose parts are larger than a line may be.
jq -nc '[range(8) | {firstname: "L\(.)", unknown: ("x" * 250000)}]' \
	>"$scratch/large"
send "$scratch/large"
wait_for completed "$job"
make_contacts deleted 5 >"$scratch/contacts"
send "$scratch/contacts" -H 'Idempotency-Key: deleted'
api DELETE "$api/job/$job"
ok 'what was deleted is swept' wait_for grep -q "job-swept job=$job" \
	"$state/log/jobrunner.log"
hold_runner
make_contacts left 3000 >"$scratch/contacts"
for _ in 1 2 3; do
	send "$scratch/contacts"
done
is 'with jobs that wait' "$(cli job list --state queued --json |
	jq '.jobs | length')" 3
stop_instance
run cli store dump
is 'dumped' "$code" 0
cp "$out" "$dump"
is 'nothing is damaged' "$(tail -n 1 "$dump" | jq -c '[.end, .damaged]')" \
	'[true,0]'
ok 'each line is JSON' jq -e . "$dump"
ok 'a line has its bound' test "$(wc -L <"$dump")" -le 2097152
ok 'a large value takes several' grep -q '"at":786432,' "$dump"
run cli store dump
ok 'twice the same' cmp "$dump" "$out"
before=$(counts)
jobs=$(cli job list --json)
export=$(cli contact export)

# ---- into an empty store

load_dump "$dump"
is 'a store that is there stays' "$code" 1
rm -rf "$state/store"
load_dump "$dump"
is 'loaded' "$code" 0
diag "$(cat "$out" "$err")"
is 'with as many records, all in order' "$(counts)" "$before"
run cli store dump
ok 'the same bytes when dumped again' cmp "$dump" "$out"
is 'the same jobs' "$(cli job list --json)" "$jobs"
is 'the same contacts' "$(cli contact export)" "$export"

# ---- what is no dump is refused, and nothing happens

end=$(tail -n 1 "$dump")
lines=$(wc -l <"$dump")
head -n $((lines - 1)) "$dump" >"$scratch/bad"
refuses 'cut at a line' "$scratch/bad" 'cut short behind line'
head -c 200000 "$dump" >"$scratch/bad"
refuses 'cut in a line' "$scratch/bad" 'is none of a dump'
{
	head -n $((lines - 2)) "$dump"
	echo "$end"
} >"$scratch/bad"
refuses 'a line is missing' "$scratch/bad" "line $((lines - 1)) is none"
{
	cat "$dump"
	head -n 40 "$dump" | tail -n 1
} >"$scratch/bad"
refuses 'more behind the end' "$scratch/bad" "line $((lines + 1)) is none"
sed '1s/"version":1/"version":2/' "$dump" >"$scratch/bad"
refuses 'another version' "$scratch/bad" 'of version 2'
sed 1d "$dump" >"$scratch/bad"
refuses 'no header' "$scratch/bad" 'line 1 is none'
grep -v '"at":786432,' "$dump" >"$scratch/bad"
refuses 'a piece is missing' "$scratch/bad" 'is none of a dump'
sed '40s/"value":"AQ/"value":"Aw/' "$dump" >"$scratch/bad"
refuses 'a record of another version' "$scratch/bad" 'is none of a dump'
refuses 'nothing at all' /dev/null 'cut short behind line 0'
refuses 'something else' /bin/sh 'line 1 is none'
refuses 'an endless line' /dev/zero 'is none of a dump'
is 'the store is as it was' "$(counts)" "$before"
is 'nothing is left over' "$(find "$state/store" -name 'incoming*' -o \
	-name '*before*')" ''

# ---- and work goes on

restart_instance --set batch_size=20
ok 'unfinished jobs complete' all_complete
results "$first" >"$scratch/now"
ok 'completed ones have their results' cmp "$scratch/now" "$scratch/results"
send "$scratch/first" -H 'Idempotency-Key: first'
is 'keys are known' "$job" "$first"
cli contact export >"$scratch/export"
is 'each contact once' "$(jq -r '.email // empty' "$scratch/export" | sort |
	uniq -d)" ''
ok 'ids are dense' cmp <(seq "$(wc -l <"$scratch/export")") \
	<(jq -r .id "$scratch/export")

# ---- beside work, which goes on in small steps

restart_instance --set batch_size=5
others=$(cli job list --json | jq '.jobs | length')
start_load beside 500 "$scratch/log.beside"
wait_for acknowledged 1 "$scratch/log.beside"
run cli store dump
is 'dumped beside work' "$code" 0
cp "$out" "$dump"
end_loads
stop_instance
rm -rf "$state/store"
load_dump "$dump"
is 'loaded' "$code" 0
is 'it agrees' "$(counts | jq -c '.[0]')" '[]'
jobs=$(($(cli job list --json | jq '.jobs | length') - others))
ok 'it has work of then' test "$jobs" -gt 0
restart_instance --set batch_size=20
ok 'what was unfinished completes' all_complete
cli contact export >"$scratch/export"
is 'each contact once, again' "$(jq -r '.email // empty' "$scratch/export" |
	sort | uniq -d)" ''
# Contacts were dumped after jobs: some may be of jobs that came meanwhile.
ok 'and all of theirs' test "$(grep -o '"email":"beside[.][0-9]*' \
	"$scratch/export" | uniq -c | grep -c '^ *500 ')" -ge "$jobs"

done_testing
