#!/bin/bash
# --json: every command says in one object what it says to people.
# shellcheck disable=SC2119,SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

out=$scratch/out
err=$scratch/err
date='20??-??-??T??:??:??+00:00'

# Leaves $code, $out and $err.
run() {
	code=0
	cli "$@" >"$out" 2>"$err" || code=$?
}

# says NAME EXPECTED FILTER COMMAND...: exit status 0, one line, and that of it.
says() {
	local name=$1 expected=$2 filter=$3
	shift 3
	run "$@"
	is "$name: status" "$code" 0
	is "$name: one line" "$(wc -l <"$out")" 1
	is "$name: JSON" "$(jq -c "$filter" "$out")" "$expected"
	is "$name: no error" "$(cat "$err")" ''
}

# Fails as it does without --json: one line on stderr, nothing on stdout.
refuses() {
	local name=$1 pattern=$2
	shift 2
	run "$@"
	is "$name: status" "$code" 1
	like "$name: says why" "$(cat "$err")" "bulkcontacts: *$pattern*"
	is "$name: one line" "$(wc -l <"$err")" 1
	is "$name: no JSON" "$(cat "$out")" ''
}

# The help names it for all but those that are JSON in any case.
"$top_builddir/cli/bulkcontacts" --help >"$scratch/help"
is 'no command is without it' "$(awk '/^  [a-z]/ { on = $1 " " $2 }
	/^      [a-z(]/ { on = "" } on != "" { text[on] = text[on] $0 }
	END { for (name in text) if (text[name] !~ /--json/) print name }' \
	<(sed -n '/^Commands:/,$p' "$scratch/help") | sort | paste -sd,)" \
	'contact export,contact show,job results,store dump'

start_instance --set batch_size=20 --set max_body=1536K --set retention=90m \
	--set admins='a "b" c'

# ---- the configuration

says 'config' '[20,1572864,5400,false,"off","half","a \"b\" c","info"]' \
	'[.batch_size, .max_body, .retention, .anonymous, .request_rate,
	.max_bytes_jobs, .admins, .log_level]' config --json
jq -r 'keys_unsorted[]' "$out" >"$scratch/keys"
cli config | sed 's/ =.*//' >"$scratch/names"
ok 'it has all keys' cmp "$scratch/keys" "$scratch/names"

# ---- the service and its jobs

ready() {
	run health --json
	[ "$code" -eq 0 ]
}
wait_for ready
says 'health' '["ready",false,true,0,[],[]]' \
	'[.status, .draining, (.runnerUnseen | type == "number"), .waiting,
	.reasons, .held]' health --json
says 'drain' '{"draining":true,"unfinished":0}' . drain --json
says 'health while draining' '["draining",true]' '[.status, .draining]' \
	health --json
says 'resume' '{"draining":false,"unfinished":0}' . resume --json

says 'no contacts' '{"contacts":0}' . contact count --json
make_contacts first 50 >"$scratch/contacts"
submit POST "$scratch/contacts"
first=$job
wait_for completed "$first"
says 'contacts' '{"contacts":50}' . contact count --json
hold_runner
make_contacts second 30 >"$scratch/contacts"
submit POST "$scratch/contacts"
second=$job
says 'what is left to do' '{"draining":true,"unfinished":1}' . drain --json
says 'resume again' '{"draining":false,"unfinished":1}' . resume --json
cli job show "$first" --json >"$scratch/shown"
run job delete "$first" --json
is 'job delete: status' "$code" 0
ok 'job delete: the job as it was' cmp "$out" "$scratch/shown"
refuses 'job delete, again' "$first" job delete "$first" --json
refuses 'job release, not held' 'not held' job release "$second" --json

# ---- accounts

says 'user add' '{"name":"a \"b\" c"}' . user add 'a "b" c' --json <<<secret-1
says 'user passwd' '["a \"b\" c",32]' '[.name, (.password | length)]' \
	user passwd 'a "b" c' --random --json
says 'user remove' '{"name":"a \"b\" c"}' . user remove 'a "b" c' --json
refuses 'user remove, again' 'no user' user remove 'a "b" c' --json

# ---- copies; what was deleted is there until a runner sweeps it

says 'store backup' "[\"$state/a \\\"backup\\\"\",50,50,2,0]" \
	'[.folder, .contacts, .keys, .jobs, .findings]' \
	store backup "$state/a \"backup\"" --json
like 'store backup: when' "$(jq -r .date "$out")" "$date"
made=$(jq -r .date "$out")
refuses 'store backup, once more' 'not empty' \
	store backup "$state/a \"backup\"" --json
cli store dump >"$scratch/dump"
stop_instance
refuses 'store restore, of what is there' --replace \
	store restore "$state/a \"backup\"" --json
says 'store restore' "[\"$made\",50,50,2,0,1000051,0,1,true]" \
	'[.date, .contacts, .keys, .jobs, .findings, .nextContact, .erased,
	.held, (.aside | type == "string")]' \
	store restore --replace "$state/a \"backup\"" --json
aside=$(jq -r .aside "$out")
ok 'store restore: the store of before is there' \
	test -d "$(cd "$state" && realpath "$aside")"
run health --json
is 'health of one that is held: status' "$code" 1
is 'health of one that is held: nothing on stderr' "$(cat "$err")" ''
is 'health of one that is held' "$(jq -c '[.status, .held,
	(.reasons[] | select(.reason == "held") | .text | contains("release"))]' \
	"$out")" "[\"not ready\",[\"$second\"],true]"
printf 'min_free_disk = 1024T\n' >>"$state/bulkcontacts.conf"
run health --json
is 'all troubles are told' "$code $(jq -c '[.reasons[].reason] -
	["runner", "waiting"]' "$out")" '1 ["disk","held"]'
sed -i '$d' "$state/bulkcontacts.conf"
says 'job release' "[\"$second\",\"queued\",30,0]" \
	'[.id, .status, .total, .done]' job release "$second" --json

says 'store load' '[50,50,1,0,51,0,0,true]' '[.contacts, .keys, .jobs,
	.findings, .nextContact, .erased, .held, (.aside | type == "string")]' \
	store load --replace --json <"$scratch/dump"
rm -rf "$state/store"
says 'store load, of none before' 'null' .aside \
	store load --json <"$scratch/dump"

# ---- another catalogue

says 'store reindex, of nothing' \
	'{"changes":[],"conflicts":[],"conflictCount":0}' . \
	store reindex --json
catalogue=$state/contact-fields.json
cp "$catalogue" "$scratch/catalogue"
jq '.fields += [{alias: "nick", label: "Nick", group: "core", type: "text"}]' \
	"$scratch/catalogue" >"$catalogue"
says 'store reindex' \
	'{"changes":[{"field":"nick","change":"new"}],"conflicts":[],"conflictCount":0}' \
	. store reindex --json
jq '(.fields[] | select(.alias == "nick")).unique = true' "$catalogue" \
	>"$scratch/unique"
restart_instance
printf '[{"nick":"Jo"},{"nick":"jo"}]' >"$scratch/contacts"
submit POST "$scratch/contacts"
wait_for completed "$job"
ids=$(results "$job" | jq -sc 'map(.id)')
stop_instance
cp "$scratch/unique" "$catalogue"
run store reindex --json
is 'store reindex, in conflict: status' "$code" 1
like 'store reindex, in conflict: says so' "$(cat "$err")" \
	'bulkcontacts: nothing was changed: 1 *'
is 'store reindex, in conflict: which' "$(jq -c '[.conflictCount,
	(.conflicts[] | .field, ([.contact, .other] | sort))]' "$out")" \
	"[1,\"nick\",$ids]"

done_testing
