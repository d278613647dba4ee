#!/bin/bash
# A wall clock that is set, either way, under a service that runs: jobs are
# kept for 48 hours of it, none is dropped, none is kept for ever.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

hour=3600
day=86400
CLOCK=$scratch/ahead
ASAN_OPTIONS=verify_asan_link_order=0
export CLOCK ASAN_OPTIONS

# The service's clock goes so many seconds ahead of the machine's.
set_ahead() {
	ahead=$1
	printf '%s\n' "$1" >"$CLOCK.new"
	chmod 644 "$CLOCK.new"
	mv "$CLOCK.new" "$CLOCK"
}

# set_clock SECONDS: to that time of its own.
set_clock() {
	set_ahead $(($1 - $(date +%s)))
}

clock() {
	echo $(($(date +%s) + ahead))
}

expires() {
	date -d "$(header Job-Expires)" +%s
}

send() {
	make_contacts "$1" 20 >"$scratch/contacts"
	submit POST "$scratch/contacts"
	[ "$status" = 202 ]
}

status_is() {
	api GET "$api/job/$1"
	[ "$status" = "$2" ]
}

is_ready() {
	api GET /readyz
	[ "$status" = 200 ]
}

was_swept() {
	grep -q "job-swept job=$1" "$state/log/jobrunner.log"
}

date_of() {
	date -d "$(cli contact show "$1" | jq -r ".$2")" +%s
}

set_ahead 0
export LD_PRELOAD=$top_builddir/tests/fault/clock.so
start_instance --set batch_size=10
unset LD_PRELOAD

# ---- 48 hours

send a
first=$job
ok 'a job is done' wait_for completed "$first"
end=$(expires)
ok 'it expires in 48 hours' test $((end - $(clock))) -le $((48 * hour))
set_clock $((end - hour))
ok 'an hour before they are over it is there' status_is "$first" 200
is 'with its results' "$(results "$first" | wc -l)" 20
ok 'the runner was seen, whatever the clock says' wait_for is_ready
hold_runner
set_clock "$end"
ok 'at their end it is not' status_is "$first" 404
was_swept "$first"
is 'which needs no sweep' $? 1
free_runner
ok 'and it is swept' wait_for was_swept "$first"

# ---- back by a day

send b
second=$job
wait_for completed "$second"
set_ahead $((ahead - day))
ok 'set back by a day: the job is there' status_is "$second" 200
ok 'set back by a day: the runner is' wait_for is_ready
send c
third=$job
ok 'set back by a day: jobs are done' wait_for completed "$third"
printf '[{"email":"b.0@example.com","points":7}]' >"$scratch/edit"
submit POST "$scratch/edit"
wait_for completed "$job"
modified=$(date_of b.0@example.com dateModified)
ok 'what was modified has the date that it is' \
	test $(($(clock) - modified)) -le "$hour" -a "$modified" -le "$(clock)"

# ---- on by a year, with a job that waits

hold_runner
send d
fourth=$job
set_ahead $((ahead + 365 * day))
ok 'on by a year: what waits is there' status_is "$fourth" 200
free_runner
ok 'on by a year: and is done' wait_for completed "$fourth"
ok 'on by a year: its 48 hours begin' \
	test $(($(expires) - $(clock))) -ge $((47 * hour))
is 'on by a year: all its results are there' \
	"$(results "$fourth" | wc -l)" 20
ok 'on by a year: the others have expired' status_is "$third" 404

# ---- and back: it was completed in the future

set_ahead 0
ends_in_48_hours() {
	status_is "$fourth" 200 &&
		[ $(($(expires) - $(clock))) -le $((48 * hour)) ]
}
ok 'back: a job of the future ends in 48 hours' wait_for ends_in_48_hours
end=$(expires)
ok 'back: not earlier' test $((end - $(clock))) -ge $((47 * hour))
set_clock $((end - hour))
ok 'back: it is there until then' status_is "$fourth" 200
set_clock "$end"
ok 'back: and no longer' status_is "$fourth" 404
ok 'back: it is swept' wait_for was_swept "$fourth"

ok 'the store is whole' cli store verify
is 'nobody else had to be started again' "$(faults)" ''

done_testing
