#!/bin/bash
# Backups and restores that are killed on the way: the store is what it was,
# or all of what it was to become, and half a backup is none.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

out=$scratch/out
err=$scratch/err
count=500

# Leaves $code, $out and $err.
run() {
	code=0
	"$@" >"$out" 2>"$err" || code=$?
}

# kill_at MS COMMAND...: killed after so long, if it still runs.
kill_at() {
	local pid
	"$top_builddir/cli/bulkcontacts" -c "$state/bulkcontacts.conf" \
		"${@:2}" >"$scratch/killed" 2>&1 &
	pid=$!
	# The moment is what varies.
	sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
}

contacts() {
	run cli store verify --json
	jq -r '"\(.findings | length) \(.contacts)"' "$out"
}

# How long a command takes, in $took.
measure() {
	local begun
	begun=$(date +%s%3N)
	run "$@"
	took=$(($(date +%s%3N) - begun))
}

# The next kills come earlier, until one cuts it short.
came_late() {
	took=$((took * 3 / 4))
}

# Or later: it had made nothing yet.
came_early() {
	took=$((took * 5 / 4 + 1))
}

# ---- backups

start_instance --set batch_size=20
start_load a "$count" "$scratch/log.a"
wait_for acknowledged 1 "$scratch/log.a"
measure cli store backup "$state/measured"
is 'a backup of so long' "$code" 0
diag "$took ms"
measured=$(grep -c '^202 ' "$scratch/log.a")
good=0
half=0
for ((round = 1; round <= 12 || half == 0; round++)); do
	kill_at $((took * (round % 6 + 1) / 6)) store backup \
		"$state/backup.$round"
	wait_for answers
	tap_result $? "kill $round of a backup: it serves"
	if [ -e "$state/backup.$round/manifest" ]; then
		good=$((good + 1))
		came_late
		continue
	fi
	[ -e "$state/backup.$round" ] || {
		came_early
		continue
	}
	half=$((half + 1))
	run cli store restore --replace "$state/backup.$round"
	is "kill $round: half a backup is none" "$code" 1
	like 'and that is said' "$(tail -n 1 "$err")" \
		'*has no manifest*'
	rm -rf "$state/backup.$round"
done
diag "$good whole, $half half"
wait_for acknowledged $((measured + 3)) "$scratch/log.a"
end_loads
check_load "$count" "$scratch/log.a"
run cli store backup "$state/last"
is 'the next backup is a good one' "$code" 0

# ---- restores: of all, or of the one that was measured

stop_instance
last=$(jq -r '"0 \(.contacts)"' "$state/last/manifest")
first=$(jq -r '"0 \(.contacts)"' "$state/measured/manifest")
ok 'the two can be told apart' test "$last" != "$first"
measure cli store restore --replace "$state/last"
is 'a restore of so long' "$code" 0
diag "$took ms"
torn=0
old=0
for ((round = 1; round <= 12 || old == 0; round++)); do
	kill_at $((took * (round % 6 + 1) / 6)) store restore --replace \
		"$state/measured"
	case $(contacts) in
	"$last") old=$((old + 1)) ;;
	"$first") came_late ;;
	*)
		torn=$((torn + 1))
		diag "$(cat "$out" "$err")"
		;;
	esac
	run cli store restore --replace "$state/last"
	[ "$code" -eq 0 ] || diag "$(cat "$err")"
	is "kill $round of a restore: the next one succeeds" "$code" 0
	rm -rf "$state"/store/env.before-*
done
diag "$old were as before"
is 'the store was never anything else' "$torn" 0
restart_instance --set batch_size=20
is 'it works again' "$(contacts)" "$last"

done_testing
