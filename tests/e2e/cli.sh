#!/bin/bash
# The command line beside a running service.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"

nobodys_job=3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21
out=$scratch/out
err=$scratch/err

# Leaves $code, and the files $out and $err.
cli() {
	code=0
	"$top_builddir/cli/bulkcontacts" -c "$state/bulkcontacts.conf" "$@" \
		>"$out" 2>"$err" || code=$?
}

# Passes if it fails with that status, one line on stderr with that word, and
# nothing on stdout.
refused() {
	local name=$1 expected=$2 word=$3
	shift 3
	cli "$@"
	is "$name: status" "$code" "$expected"
	is "$name: one line" "$(wc -l <"$err")" 1
	like "$name: says it" "$(cat "$err")" "bulkcontacts: *$word*"
	is "$name: nothing else" "$(cat "$out")" ''
}

# Queues a file of contacts; $job its id.
submit() {
	api POST /api/contacts/bulk/new -H 'Content-Type: application/json' \
		--data-binary "@$1"
	job=$(jq -r .id "$body")
}

completed() {
	api GET "/api/contacts/job/$1"
	[ "$(jq -r .status "$body")" = completed ]
}

# Not a zombie, which is as good as gone.
lives() {
	grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"
}

ended() {
	! lives "$1"
}

# A recovery of the store ends all who had it open.
workers_live() {
	local pid
	for pid in $workers; do
		lives "$pid" || return 1
	done
}

# A start does not wait until the runner has the store open.
is_healthy() {
	cli health
	[ "$code" -eq 0 ]
}

# ---- without a service

state=$scratch
cli -V
like 'prints its version' "$(cat "$out")" 'bulkcontacts [0-9]*'
cli --help
is 'prints its help' "$code" 0
for command in 'job list' 'job show' 'job delete' 'job release' 'job watch' \
	'job results' 'job retry-failed' 'job submit' 'contact show' \
	'store stats' 'store backup' 'store restore' 'store dump' 'store load' \
	'contact export' 'contact count' drain resume config health; do
	like "the help has $command" "$(cat "$out")" "*  $command*"
done
for command in 'job list' 'job show' 'job submit' 'contact export' drain resume health; do
	# shellcheck disable=SC2086 # words
	"$top_builddir/cli/bulkcontacts" $command --help >"$scratch/help" 2>&1
	is "$command has help" $? 0
	like "$command says its usage" "$(cat "$scratch/help")" "*  $command*"
done
refused 'no configuration' 2 bulkcontacts.conf config
refused 'no command' 2 --help
refused 'unknown command' 2 frobnicate frobnicate
refused 'unknown command of a group' 2 --help job frobnicate
refused 'unknown option' 2 --frobnicate job list --frobnicate
refused 'unknown state' 2 queued job list --state frobnicate
refused 'bad id of a job' 2 frobnicate job show frobnicate
refused 'missing id' 2 missing job delete
refused 'missing file' 2 missing job submit
refused 'too many arguments' 2 extra contact count extra
refused 'drain takes no operand' 2 now drain now
refused 'unknown format' 2 ndjson contact export --format xml
refused 'neither id nor email' 2 frobnicate contact show frobnicate
printf 'log = stderr\ncolour = red\n' >"$state/bulkcontacts.conf"
refused 'bad configuration' 2 'bulkcontacts.conf:2: *colour' config
refused 'checks the configuration' 2 ':2:' -n

# ---- beside one

start_instance --set retention=3h
workers=$(cat "$state/run/fcgi.pid" "$state/run/jobrunner.pid")
cli -n
is 'the configuration is good' "$code" 0
cli config
is 'prints the configuration' "$code" 0
ok 'a value of the file' grep -qx 'retention = 3h' "$out"
ok 'a default' grep -qx 'max_contacts = 10000' "$out"
ok 'healthy' wait_for is_healthy
like 'and says so in one line' "$(cat "$out")" 'ok: *'
cli contact count
is 'no contacts yet' "$(cat "$out")" 0
cli job list --json
is 'no jobs yet' "$(cat "$out")" '{"jobs":[]}'

for _ in once again; do
	cli drain
	is 'drains' "$code $(cat "$out")" '0 draining: submits are refused until "bulkcontacts resume"; all jobs are done'
done
cli health
like 'which is healthy, and told' "$code $(cat "$out")" '0 ok: *draining*'
for _ in once again; do
	cli resume
	is 'resumes' "$code $(cat "$out")" '0 not draining: submits are taken; all jobs are done'
done
cli health
is 'and no longer told' "$code $(grep -c draining "$out")" '0 0'
cli health --complete
like 'completely' "$code $(cat "$out")" \
	'0 ok: *, no job is held, the oldest unfinished one has waited for 0 s'

jq -nc '[range(3000) | {email: "p\(.)@example.com", firstname: "P\(.)",
	lastname: ("x" * 100), tags: ["a"]}]' >"$scratch/contacts.json"
submit "$scratch/contacts.json"
first=$job
ok 'a job completes' wait_for completed "$first"
printf '[{"email":"bad"},{"email":"P1@example.com"}]' >"$scratch/two.json"
submit "$scratch/two.json"
second=$job
ok 'another completes' wait_for completed "$second"

cli job list --json
is 'lists both, newest first' "$(jq -c '[.jobs[].id]' "$out")" \
	"[\"$second\",\"$first\"]"
is 'with their accounts' \
	"$(jq -c '.jobs[0] | [.status, .user, .total, .done, .created,
		.updated, .failed]' "$out")" \
	"[\"completed\",\"$user\",2,2,0,1,1]"
cli job list
is 'as a table' "$(awk 'NR > 1 { print $1 }' "$out" | paste -sd' ')" \
	"$second $first"
cli job list --state queued --json
is 'none is queued' "$(cat "$out")" '{"jobs":[]}'
cli job list --state completed --user "$user" --json
is 'both are completed' "$(jq '.jobs | length' "$out")" 2
cli job list --user somebody --json
is 'none is of somebody else' "$(cat "$out")" '{"jobs":[]}'
cli job show "$first" --json
is 'shows one' "$(jq -c '[.id, .created]' "$out")" "[\"$first\",3000]"
is 'with exactly these members' "$(jq -c 'keys_unsorted' "$out")" \
	'["id","status","user","dateAdded","dateCompleted","total","done","created","updated","failed"]'
refused 'a job that is not there' 1 "$nobodys_job" job show "$nobodys_job"

cli contact count
is 'counts the contacts' "$(cat "$out")" 3000
cli contact show P7@EXAMPLE.com
is 'finds one by email' "$(jq -r .firstname "$out")" P7
id=$(jq -r .id "$out")
cli contact show "$id"
is 'and by id' "$(jq -r .email "$out")" p7@example.com
refused 'no such email' 1 nobody@example.com contact show nobody@example.com
refused 'no such id' 1 987654321 contact show 987654321
cli contact export
is 'exports all of them' "$(jq -r .id "$out" | sort -n | uniq | wc -l)" 3000
jq -r .id "$out" >"$scratch/ids"
ok 'in the order of their ids' sort -nc "$scratch/ids"
cp "$out" "$scratch/export"

# The way back in: what is exported makes the same contacts.
jq -sc '[.[] | {id, email, firstname, lastname, tags}]' "$scratch/export" \
	>"$scratch/again.json"
submit "$scratch/again.json"
ok 'the export is taken again' wait_for completed "$job"
cli contact export
ok 'and changes nothing' cmp -s "$scratch/export" "$out"

# ---- nothing that ends it takes the service down

"$top_builddir/cli/bulkcontacts" -c "$state/bulkcontacts.conf" contact export \
	2>"$err" | head -n 1 >"$out"
is 'a reader that goes is no failure' "${PIPESTATUS[0]}" 0
is 'and no error' "$(cat "$err")" ''

# One that waits for its reader, who opens the pipe and reads one byte.
mkfifo "$scratch/pipe"
for signal in INT TERM HUP TSTP; do
	# A shell's background jobs ignore SIGINT; env makes it as usual.
	env --default-signal=INT "$top_builddir/cli/bulkcontacts" \
		-c "$state/bulkcontacts.conf" contact export \
		>"$scratch/pipe" 2>"$err" &
	pid=$!
	exec {reader}<"$scratch/pipe"
	read -rn 1 -u "$reader" _
	kill -"$signal" "$pid"
	wait_for ended "$pid" || kill -KILL "$pid"
	code=0
	wait "$pid" || code=$?
	exec {reader}<&-
	number=$(kill -l "${signal/TSTP/INT}")
	is "SIG$signal ends it" "$code" $((128 + number))
	cli contact count
	is "the store is open to others after SIG$signal" "$code" 0
	ok "and the service lives on after SIG$signal" workers_live
done

full() {
	! "$top_builddir/cli/bulkcontacts" \
		-c "$state/bulkcontacts.conf" config >/dev/full
}
ok 'a full disk is a failure' full

# ---- deleting

cli job delete "$second"
is 'deletes a job' "$code" 0
like 'and says what is left' "$(cat "$out")" "*$second*2 of its 2*"
api GET "/api/contacts/job/$second"
is 'it is gone for its user' "$status" 404
refused 'and for the operator' 1 "$second" job delete "$second"
cli contact count
is 'its contacts stay' "$(cat "$out")" 3000

# ---- a service that does not work

stop_instance
printf 'runner_timeout = 1s\n' >>"$state/bulkcontacts.conf"
stale() {
	cli health
	[ "$code" -eq 1 ]
}
ok 'without a runner it is not healthy' wait_for stale
like 'and says why' "$(cat "$err")" '*bulkcontacts-jobrunner*'
sed -i 's/^runner_timeout .*/runner_timeout = 1d\nmin_free_disk = 1024T/' \
	"$state/bulkcontacts.conf"
refused 'a full disk is not healthy' 1 min_free_disk health
sed -i 's/^runner_timeout .*/runner_timeout = 1s/' \
	"$state/bulkcontacts.conf"
refused 'of two troubles the worse is told' 1 min_free_disk health
is 'alone' "$(grep -c bulkcontacts-jobrunner "$err")" 0
refused 'or both' 1 'min_free_disk*; *bulkcontacts-jobrunner' health --complete

done_testing
