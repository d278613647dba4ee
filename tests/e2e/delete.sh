#!/bin/bash
# Jobs that end before their time: by DELETE at any moment, and by expiry.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

# Whether it has begun, or whether a part of it is done.
begun() {
	if [ "$2" -eq 0 ]; then
		[[ $(state_of "$1") == @(in_progress|completed) ]]
	else
		has_done "$1" 1
	fi
}

later_than() {
	[ "$(date +%s)" -gt "$1" ]
}

expired() {
	[ "$(state_of "$1")" = 404 ]
}

swept() {
	grep -q " job-swept job=$1\$" "$state/log/jobrunner.log"
}

# The one that is there was accepted, did nothing, and is gone.
all_gone() {
	local method
	for method in GET HEAD DELETE; do
		api "$method" "$api/job/$1"
		[ "$status" = 404 ] || return 1
	done
}

progress() {
	printf 'total=%d, done=%d, created=%d, updated=0, failed=0' \
		"$1" "$2" "$2"
}

# A commit for every contact, so that a large job lasts.
start_instance --set batch_size=1
printf '[{"email":"after@example.com"}]' >"$scratch/one.json"

# ---- a queued job

make_contacts large 10000 >"$scratch/large.json"
make_contacts queued 10 >"$scratch/queued.json"
hold_runner
submit POST "$scratch/large.json"
large=$job
submit POST "$scratch/queued.json"
queued=$job
api DELETE "$api/job/$queued"
is 'a queued job is deleted' "$status" 200
is 'and had done nothing' "$(header Job-Progress)" "$(progress 10 0)"
ok 'it is gone' all_gone "$queued"
api DELETE "$api/job/$large"
is 'so is the one before it' "$status" 200
submit POST "$scratch/one.json"
free_runner
ok 'the next one completes' wait_for completed "$job"
is 'and not one contact of the queued one was written' \
	"$(cli contact export | grep -c '"queued')" 0
ok 'what is left of it is swept' wait_for swept "$queued"

# ---- a running job, at any moment

before=$(cli contact count)
for round in {1..20}; do
	make_contacts "r$round" 10000 >"$scratch/large.json"
	printf '[{"email":"after%d@example.com"}]' "$round" >"$scratch/one.json"
	submit POST "$scratch/large.json"
	large=$job
	wait_for begun "$large" $((round % 2)) || diag "round $round: never ran"
	# The moment is what varies.
	sleep "0.$(printf %03d $((round * round)))"
	api DELETE "$api/job/$large"
	count=$(cli contact count)
	is "round $round: deleted" "$status $(cat "$body")" \
		"200 {\"id\":\"$large\"}"
	written=$((count - before))
	is "round $round: the account is what was written" \
		"$(header Job-Progress)" "$(progress 10000 "$written")"
	ok "round $round: gone" all_gone "$large"
	submit POST "$scratch/one.json"
	wait_for completed "$job" || diag 'the next job does not complete'
	before=$(cli contact count)
	is "round $round: nothing was written after the answer" \
		"$before" $((count + 1))
done
ok 'some had been at work' test "$before" -gt 30

# ---- a completed job

api DELETE "$api/job/$job"
is 'a completed job is deleted, with its account' \
	"$status $(header Job-Progress)" "200 $(progress 1 1)"
ok 'it is gone' all_gone "$job"
is 'its contacts stay' "$(cli contact count)" "$before"

# ---- expiry

restart_instance --set retention=1h
now=$(date +%s)
submit POST "$scratch/one.json"
ok 'a job completes' wait_for completed "$job"
expires=$(date -d "$(header Job-Expires)" +%s)
ok 'it expires an hour after that' test "$expires" -ge $((now + 3600)) -a \
	"$expires" -le $(($(date +%s) + 3600))

restart_instance --set retention=1s
hold_runner
make_contacts expiry 1000 >"$scratch/large.json"
submit POST "$scratch/large.json"
wait_for later_than $(($(date +%s) + 1))
is 'a job that waits does not expire' "$(state_of "$job")" queued
free_runner
ok 'once it is done it does' wait_for expired "$job"
ok 'for all methods' all_gone "$job"
ok 'and swept' wait_for swept "$job"
is 'its contacts stay' "$(cli contact count)" $((before + 1000))

done_testing
