#!/bin/bash
# Programs killed in the middle of jobs: the service heals by itself, every
# job that was acknowledged completes, and every contact is applied once.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

count=500

# The runner, every other time, or a worker of either socket; one that is just
# being started has no pid yet.
find_victim() {
	case $(($1 % 4)) in
	1) pid=$(sed -n 1p "$state/run/fcgi.pid") ;;
	3) pid=$(sed -n 3p "$state/run/fcgi.pid") ;;
	*) pid=$(cat "$state/run/jobrunner.pid") ;;
	esac 2>/dev/null
	[ -n "$pid" ]
}

start_instance --set batch_size=20
start_load a "$count" "$scratch/log.a"
start_load b "$count" "$scratch/log.b"
for round in {1..24}; do
	# The moment is what varies.
	sleep "0.$(printf %03d $((RANDOM % 250)))"
	wait_for find_victim "$round" || bail_out 'nobody to kill'
	kill -KILL "$pid"
	begun=$(date +%s%3N)
	wait_for answers
	result=$?
	tap_result "$result" "kill $round: it serves again"
	diag "after $(($(date +%s%3N) - begun)) ms"
done
ok 'jobs are acknowledged' wait_for acknowledged 10 "$scratch"/log.?
end_loads

is 'requests get 202 or 503, nothing else' \
	"$(cat "$scratch"/log.? | grep -Ev '^(202|503) ')" ''
diag "refused: $(cat "$scratch"/log.? | grep -c '^503')"
check_load "$count" "$scratch"/log.?
ok 'the store had to be recovered' grep -q ' recovery reason=' \
	"$state/log/jobrunner.log" "$state/log/fcgi.log"

done_testing
