#!/bin/bash
# A long queue behind a job that lasts: it is listed whole, the service answers
# as before, and once the runner is let go all complete in their order.
#
#	tests/e2e/queue.sh [JOBS]
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

jobs=${1:-1000}

runs() {
	[ "$(state_of "$1")" = in_progress ]
}

# The queue, newest first: "ID STATE" a line.
list_jobs() {
	local next=$api/jobs
	while [ -n "$next" ]; do
		api GET "$next" -u "$ann"
		[ "$status" = 200 ] || return 1
		jq -r '.jobs[] | "\(.id) \(.status)"' "$body"
		next=$(jq -r '."next-page" // ""' "$body")
	done
}

# A commit for every contact, so that the first job lasts.
ann=ann:$(random_key)
start_instance --user "bulk:$(random_key)" --user "$ann" --set batch_size=1 \
	--set max_contacts=100000 --set max_unfinished_jobs_per_user=20000
make_contacts lasting 100000 >"$scratch/lasting"
submit POST "$scratch/lasting"
lasting=$job
ok 'the first job runs' wait_for runs "$lasting"

for ((n = 0; n < jobs; n++)); do
	[ "$n" -eq 0 ] || echo next
	printf 'url = "%s"\nuser = "%s"\n' "$url$api/bulk/new" "$ann"
	printf 'header = "Content-Type: application/json"\n'
	printf 'data-binary = "[{\\"email\\":\\"q%d@example.com\\"}]"\n' "$n"
done >"$scratch/many"
curl -q -s --noproxy '*' -K "$scratch/many" |
	jq -r .id >"$scratch/ids"
is 'all others are acknowledged' "$(wc -l <"$scratch/ids")" "$jobs"
ok 'and listed' list_jobs
list_jobs >"$scratch/list"
diag "$(grep -c ' queued$' "$scratch/list") are queued then"
is 'newest first, none twice' "$(cut -d' ' -f1 "$scratch/list" | tac | cksum)" \
	"$(cksum <"$scratch/ids")"
is 'the first is still at work' "$(state_of "$lasting")" in_progress
is 'and all others wait their turn, or had it' \
	"$(cut -d' ' -f2 "$scratch/list" | uniq | grep -vc 'queued\|completed')" 0

api DELETE "$api/job/$lasting"
is 'the first is deleted' "$status" 200
ok 'all others complete' wait_for none_is_open
is 'in the order of their 202s' \
	"$(sed -n 's/.* info job job=\([^ ]*\) .*/\1/p' \
		"$state/log/jobrunner.log" | cksum)" "$(cksum <"$scratch/ids")"
is 'no process ended' "$(grep -c ' ended ' "$state/log/supervisor.log")" 0
stop_instance
ok 'the store agrees with itself' cli store verify
done_testing
