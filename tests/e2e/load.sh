#!/bin/bash
# Five hundred clients of all kinds at once, good and bad (tests/load): no
# answer is a wrong one, no acknowledged job is lost, and no process dies,
# grows or leaks.
#
#	tests/e2e/load.sh [SECONDS [SEED]]
# shellcheck disable=SC2317 # ok calls the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

seconds=${1:-10}
seed=${2:-$RANDOM}

if ! command -v python3 >/dev/null; then
	skip 'load' 'python3 is missing'
	done_testing
fi

# What is freed goes back at once, or an accident of the heap looks like growth.
export MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072
users=()
for name in {a..h}; do
	users+=(--user "$name:$(random_key)")
done
start_instance "${users[@]}" --set max_unfinished_jobs_per_user=10
# What they are and have open is looked at first.
wait_for all_started
python3 -B "$top_srcdir/tests/load/load.py" "$address" "$state" "$seconds" 500 \
	"$seed" >"$scratch/report" 2>&1
diag "seed $seed"
diag "$(cat "$scratch/report")"

# NAME THING: what must hold of it
holds() {
	is "$1" "$(sed -n "s/^$2: //p" "$scratch/report")" 0
}

holds 'every answer is the right one, or 429 or 503 in their shape' wrong
holds 'whoever waits gets an answer' unanswered
holds 'GETs are answered beside bodies of 64 MiB' 'held up'
holds 'no acknowledged job is lost' lost
holds 'each has whole results, in order' results
holds 'no process ended' processes
holds 'none leaks descriptors' descriptors
if [ "$keeps_memory" = yes ]; then
	skip 'none grows' 'sanitizers keep what is freed'
else
	holds 'none grows' memory
fi
stop_instance
ok 'the store agrees with itself' cli store verify
done_testing
