#!/bin/bash
# A host whose /proc hides processes from each other: whoever is in the store
# while another recovers it is found by its lock.
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

if [ -z "${PROC_HIDES:-}" ]; then
	hidden='mount -t proc -o hidepid=2 proc /proc'
	if [ "$(id -u)" != 0 ] || ! unshare -m sh -c "$hidden" 2>/dev/null; then
		skip 'kills where /proc hides processes' \
			'only root can mount such a /proc'
		done_testing
	fi
	PROC_HIDES=yes exec unshare -m sh -c "$hidden && exec \"\$0\"" "$0"
fi

is_new() {
	local pid
	pid=$(sed -n "$2p" "$1" 2>/dev/null)
	[ -n "$pid" ] && [ "$pid" != "$3" ]
}

start_instance
make_contacts one 1 >"$scratch/one"
submit POST "$scratch/one"
ok 'a job completes' wait_for completed "$job"
for victim in 'fcgi 1' 'jobrunner 1' 'fcgi 3'; do
	# shellcheck disable=SC2086 # two words
	set -- $victim
	# Who has not come to the store yet may die without a recovery.
	ok "$1 $2: all have the store open" wait_for all_started
	file=$state/run/$1.pid
	pid=$(sed -n "$2p" "$file")
	before=$(recovered_times)
	kill -KILL "$pid"
	ok "$1 $2 killed: the store is recovered" \
		wait_for is_recovered "$before"
	ok "$1 $2 killed: there is another" wait_for is_new "$file" "$2" "$pid"
	ok "$1 $2 killed: it serves again" wait_for answers
	submit POST "$scratch/one"
	ok "$1 $2 killed: a job completes" wait_for completed "$job"
done
ok 'who hid was found' grep -q ' gate-holder-killed .* reason=no-slot' \
	"$state"/log/*.log
is 'nobody was waited for in vain' "$(cat "$state"/log/*.log |
	grep -c 'reason=still-there')" 0
done_testing
