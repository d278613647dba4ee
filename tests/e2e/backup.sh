#!/bin/bash
# The drill: a backup beside jobs, the store lost, and all of it back.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

out=$scratch/out
err=$scratch/err
gap=1000000

# Leaves $code, $out and $err.
run() {
	code=0
	"$@" >"$out" 2>"$err" || code=$?
}

refuses() {
	local name=$1 pattern=$2
	shift 2
	run "$@"
	is "$name: refused" "$code" 1
	like "$name: says why" "$(tail -n 1 "$err")" "bulkcontacts: $pattern"
}

whole() {
	run cli store verify
	is "verify $1" "$code" 0
	diag "$(cat "$out" "$err")"
}

# send PREFIX COUNT [CURL OPTION...]: queued, as $job.
send() {
	make_contacts "$1" "$2" >"$scratch/request"
	submit POST "$scratch/request" "${@:3}"
	[ "$status" = 202 ] || bail_out 'a job is not accepted'
}

ids_in_state() {
	cli job list --state "$1" --json | jq -r '.jobs[].id' | sort
}

is_healthy() {
	cli health
}

runner_was_seen() {
	cli health --json | jq -e '.runnerUnseen != null'
}

start_instance --set batch_size=20 --set admins=bulk
is 'the first user is the admin' "$user" bulk

# ---- a backup, with jobs that were begun and jobs that wait

finished=()
for n in 1 2 3; do
	send "finished.$n" 300 -H "Idempotency-Key: key-$n"
	finished+=("$job")
	wait_for completed "$job"
	results "$job" >"$scratch/results.$job"
done
unfinished=()
for n in 1 2 3 4 5 6; do
	[ "$n" -ne 6 ] || hold_runner
	send "unfinished.$n" 5000
	unfinished+=("$job")
done
run cli store backup "$state/backup"
is 'a backup beside the service' "$code" 0
like 'says what is in it' "$(cat "$out")" '*/backup: * contacts, *, 9 jobs'
made=$(jq .contacts "$state/backup/manifest")
next=$(jq .nextContact "$state/backup/manifest")
ok 'contacts of jobs that were done are in it' test "$made" -ge 900
is 'it has no findings' "$(jq .findings "$state/backup/manifest")" 0
is 'nobody else can read it' "$(find "$state/backup" -type f ! -perm 600
	find "$state/backup" -type d ! -perm 700)" ''
is 'no shared memory is left in it' "$(find "$state/backup" -name '__db*')" ''
refuses 'a folder that is not empty' '*is not empty*' \
	cli store backup "$state/backup"
refuses 'a folder that cannot be made' '*cannot make *' \
	cli store backup "$state/no/such/folder"
refuses 'a store that is open' '*other programs have the store *' \
	cli store restore "$state/backup" --replace

send after 400
lost=$job
run cli store stats --json
is 'counts: status' "$code" 0
is 'counts jobs' "$(jq '.queued + .inProgress + .completed' "$out")" 10
is 'and counts what lies in tables' \
	"$(jq '.tables[] | select(.name == "job.db") | .records' "$out")" 10

# ---- the store is lost

stop_instance
refuses 'a store that is there' '*--replace*' cli store restore "$state/backup"
rm -rf "$state/store"
(
	cd "$state" || exit
	exec "$top_builddir/cli/bulkcontacts" -c bulkcontacts.conf \
		store restore backup
) >"$out" 2>"$err"
is 'restored, from a relative path' $? 0
diag "$(cat "$out" "$err")"
like 'says from where ids go on' "$(cat "$out")" \
	"*new contacts get ids from $((next + gap)) on*"
whole 'restored'
run cli store verify --json
is 'as many contacts' "$(jq .contacts "$out")" "$made"

# ---- what was unfinished is held

ids_in_state held >"$scratch/held"
ids_in_state completed >"$scratch/completed"
is 'nothing else waits' "$(ids_in_state queued)$(ids_in_state in_progress)" ''
is 'all jobs of then are there' \
	"$(sort "$scratch/held" "$scratch/completed" | paste -sd' ')" \
	"$(printf '%s\n' "${finished[@]}" "${unfinished[@]}" | sort |
		paste -sd' ')"
ok 'some were unfinished' test -s "$scratch/held"
restart_instance --set batch_size=20 --set admins=bulk
for job in "${finished[@]}"; do
	results "$job" >"$scratch/now"
	ok 'a completed job has its results' \
		cmp "$scratch/now" "$scratch/results.$job"
done
# That there is none would be told first.
ok 'the runner is there' wait_for runner_was_seen
api GET /readyz
is 'not ready' "$status" 503
is 'an admin gets reason and jobs' \
	"$(jq -c '[.status, .reason, (.held | sort)]' "$body")" \
	"[\"not ready\",\"held\",$(jq -Rnc '[inputs]' "$scratch/held")]"
is 'a stranger gets one word' \
	"$(curl -q -sS --noproxy '*' "$url/readyz")" '{"status":"not ready"}'
is 'a wrong password gets nothing' "$(curl -q -sS --noproxy '*' \
	-o "$scratch/none" -w '%{http_code}' -u bulk:wrong "$url/readyz")" 401
run cli health
is 'not healthy' "$code" 1
while read -r job; do
	like 'and says which' "$(cat "$err")" "*$job*"
	is 'to its user it is queued' "$(state_of "$job")" queued
done <"$scratch/held"
refuses 'a job that is not held' "job ${finished[0]} is not held*" \
	cli job release "${finished[0]}"
is 'what came after the backup is lost' "$(state_of "$lost")" 404

# ---- and goes on

if [ "$(wc -l <"$scratch/held")" -gt 1 ]; then
	dropped=$(tail -n 1 "$scratch/held")
	run cli job delete "$dropped"
	is 'one is deleted' "$code" 0
	is 'and gone' "$(state_of "$dropped")" 404
	sed -i '$d' "$scratch/held"
fi
while read -r job; do
	run cli job release "$job"
	is 'one is released' "$code" 0
	ok 'and completes' wait_for completed "$job"
	is 'with all its results' "$(echo "$job" | items_of_all 250 |
		grep -c ' 201$')" 5000
done <"$scratch/held"
ok 'ready again' wait_for is_healthy
send 'finished.1' 300 -H 'Idempotency-Key: key-1'
is 'a key from before is known' "$job" "${finished[0]}"
send later 1
wait_for completed "$job"
later=$(results "$job" | jq -r .id)
ok 'later contacts have ids behind the gap' test "$later" -ge $((next + gap))
cli contact export >"$scratch/export"
is 'each contact once' "$(jq -r .email "$scratch/export" | sort | uniq -d)" ''
is 'no id below the gap that was lost is used again' \
	"$(jq -r .id "$scratch/export" | awk -v a="$next" -v b=$((next + gap)) \
		'$1 >= a && $1 < b')" ''
whole 'at the end'

# ---- what is wrong with a backup is seen

stop_instance
# broken NAME PATTERN COMMAND...: a copy of the backup, changed so.
broken() {
	local name=$1 pattern=$2
	shift 2
	rm -rf "$state/broken"
	cp -a "$state/backup" "$state/broken"
	(cd "$state/broken" && "$@")
	refuses "$name" "$pattern" cli store restore --replace "$state/broken"
}
broken 'no manifest' '*has no manifest*' rm manifest
broken 'no table' '*cannot open *' rm env/contact.db
broken 'a bit' '*is not as the backup had it*' \
	sh -c 'printf X | dd of=env/contact.db bs=1 seek=5000 conv=notrunc 2>&-'
broken 'a short table' '*is not as the backup had it*' \
	truncate -s -1 env/job.db
broken 'half a manifest' '*manifest*is damaged*' truncate -s 200 manifest
broken 'another version' '*of version 9*' \
	sed -i 's/"version": 1/"version": 9/' manifest
broken 'a name outside' '*manifest*is damaged*' \
	sed -i 's|"job.db"|"../job.db"|' manifest
broken 'another table' '*does not name all tables*' \
	sed -i 's|"job.db"|"jobs.db"|' manifest
refuses 'ids that were used' '*had ids*' \
	cli store restore --replace --next-id 5 "$state/backup"
run cli store restore --replace --next-id 5000000 "$state/backup"
is 'another gap' "$code" 0
like 'is said' "$(cat "$out")" '*ids from 5000000 on*'
like 'so is where the store of before is' "$(cat "$out")" \
	'*the store of before is in */env.before-*'
ok 'which is there' test -f "$state"/store/env.before-*/contact.db
whole 'with another gap'
is 'nothing is left over' "$(ls -d "$state"/store/incoming* 2>&-)" ''

# ---- a backup beside work

restart_instance --set batch_size=5
start_load beside 500 "$scratch/log.beside"
wait_for acknowledged 1 "$scratch/log.beside"
run cli store backup "$state/beside"
is 'a backup beside work' "$code" 0
is 'it has no findings, either' "$(jq .findings "$state/beside/manifest")" 0
end_loads
stop_instance
run cli store restore --replace "$state/beside"
is 'it is restored' "$code" 0
whole 'of then'

done_testing
