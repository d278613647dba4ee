#!/bin/bash
# SIGTERM to everything at any moment: it ends soon, loses nothing, and leaves
# a store that needs no recovery.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

count=500

# A line of the log for every recovery but the first.
recoveries() {
	grep -h ' recovery ' "$state"/log/*.log | grep -v ' reason=new$'
}

ended() {
	local pid
	for pid in $pids; do
		case $(sed 's/^.*) //;s/ .*//' "/proc/$pid/stat" 2>/dev/null) in
		'' | Z | X) ;;
		*) return 1 ;;
		esac
	done
}

# From the supervisor on, or from it last, or without it.
send_term() {
	local own
	own=$(cat "$state/run/supervisor.pid")
	pids=$(cat "$state/run/jobrunner.pid" "$state/run/fcgi.pid" \
		"$state/run/nginx.pid")
	case $(($1 % 3)) in
	0) pids="$own $pids" ;;
	1) pids="$pids $own" ;;
	2) pids=$own ;;
	esac
	# shellcheck disable=SC2086 # one word a pid
	kill -TERM $pids 2>/dev/null
}

start_instance --set batch_size=5
for round in {1..10}; do
	start_load "r$round" "$count" "$scratch/log.$round"
	ok "stop $round: jobs are acknowledged" wait_for acknowledged 1 \
		"$scratch/log.$round"
	# The moment is what varies.
	sleep "0.$(printf %03d $((RANDOM % 500)))"
	begun=$(date +%s%3N)
	send_term "$round"
	ok "stop $round: it ends" wait_for flock -n "$state/run/lock" true
	ok "stop $round: all do" wait_for ended
	diag "ended in $(($(date +%s%3N) - begun)) ms"
	end_loads
	is "stop $round: no pid files are left" \
		"$(find "$state/run" -name '*.pid')" ''
	restart_instance --set batch_size=5
	is "start $round: no recovery" "$(recoveries)" ''
	ok "start $round: it serves" answers
done

check_load "$count" "$scratch"/log.*

# The supervisor hears of the end of all others and of its own at once. Whom
# it waits for it kills in the end, and says so.
supervisor=$(cat "$state/run/supervisor.pid")
kill -STOP "$supervisor"
pids=$(cat "$state/run/jobrunner.pid" "$state/run/fcgi.pid" \
	"$state/run/nginx.pid")
# shellcheck disable=SC2086 # one word a pid
kill -TERM $pids
wait_for ended
kill -TERM "$supervisor"
kill -CONT "$supervisor"
ok 'it ends, too' wait_for flock -n "$state/run/lock" true
is 'it waits for nobody who has ended, and nobody complained' \
	"$(cat "$state"/log/*.log | grep -E ' (error|warn) ')" ''

done_testing
