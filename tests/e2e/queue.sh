#!/bin/bash
# A long queue before a runner that is held: it is listed whole, and once the
# runner is let go all complete in their order.
#
#	tests/e2e/queue.sh [JOBS]
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

jobs=${1:-1000}

# The queue, newest first: "ID STATE" a line.
list_jobs() {
	local next=$api/jobs
	while [ -n "$next" ]; do
		api GET "$next"
		[ "$status" = 200 ] || return 1
		jq -r '.jobs[] | "\(.id) \(.status)"' "$body"
		next=$(jq -r '."next-page" // ""' "$body")
	done
}

start_instance --user "bulk:$(random_key)" \
	--set max_unfinished_jobs_per_user=20000
hold_runner
for ((n = 0; n < jobs; n++)); do
	[ "$n" -eq 0 ] || echo next
	printf 'url = "%s"\nconfig = "%s"\n' "$url$api/bulk/new" \
		"$state/run/curlrc"
	printf 'header = "Content-Type: application/json"\n'
	printf 'data-binary = "[{\\"email\\":\\"q%d@example.com\\"}]"\n' "$n"
done >"$scratch/many"
curl -q -s --noproxy '*' -K "$scratch/many" |
	jq -r .id >"$scratch/ids"
is 'all are acknowledged' "$(wc -l <"$scratch/ids")" "$jobs"
ok 'and listed' list_jobs
list_jobs >"$scratch/list"
is 'newest first, none twice' "$(cut -d' ' -f1 "$scratch/list" | tac | cksum)" \
	"$(cksum <"$scratch/ids")"
is 'all wait their turn' "$(cut -d' ' -f2 "$scratch/list" | sort -u)" queued
free_runner
ok 'all complete' all_complete
# The line of a job comes behind its commit.
all_are_told() {
	[ "$(grep -c ' info job job=' "$state/log/jobrunner.log")" -ge "$jobs" ]
}
wait_for all_are_told
is 'in the order of their 202s' \
	"$(sed -n 's/.* info job job=\([^ ]*\) .*/\1/p' \
		"$state/log/jobrunner.log" | cksum)" "$(cksum <"$scratch/ids")"
is 'nobody else ended' "$(faults)" ''
stop_instance
ok 'the store agrees with itself' cli store verify
done_testing
