#!/bin/bash
# What the log says of a service that works, that it says no more than it may,
# and that it can be rotated.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

key=$(random_key)
odd='o"d=d'
start_instance --user "ann:$key" --user "$odd:$key" \
	--set 'log = log/service.log'
log=$state/log/service.log
time='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z'

# says PROGRAM LEVEL PATTERN: a line of the log is that as a whole.
says() {
	grep -qxE "$time $1\[[0-9]+\] $2 $3" "$log"
}

# ---- what is told

wait_for all_started
programs=$(($(wc -l <"$state/run/fcgi.pid") + 1))
is 'each program tells its start' \
	"$(grep -cE " (fcgi|jobrunner)\[[0-9]+\] info start version=" "$log")" \
	"$programs"

jq -nc '[range(300) | {email: "secret\(.)@example.com",
	firstname: "Secretary"}] + [{email: "secretive"}, 7]' \
	>"$scratch/new.json"
api POST "$api/bulk/new?secret=query" -u "ann:$key" \
	--data-binary "@$scratch/new.json"
job=$(jq -r .id "$body")
ok 'a submit' says fcgi info "request method=POST path=$api/bulk/new \
status=202 bytes=$(stat -c %s "$body") ms=[0-9]+ user=ann job=$job"
finished="job job=$job user=ann op=new contacts=302 created=300 updated=0 \
failed=2 ms=[0-9]+ rate=[0-9]+"
ok 'a job that is finished' wait_for says jobrunner info "$finished"
api GET "$api/job/$job?details=1&page=2" -u "ann:$key"
ok 'a read' says fcgi info "request method=GET path=$api/job/$job \
status=200 bytes=$(stat -c %s "$body") ms=[0-9]+ user=ann job=$job"
api HEAD "$api/job/$job" -u "ann:$key"
ok 'a HEAD has no body' says fcgi info "request method=HEAD \
path=$api/job/$job status=200 bytes=0 ms=[0-9]+ user=ann job=$job"
api GET "$api/job/none" -u "$odd:$key"
ok 'a name with odd bytes' says fcgi info "request method=GET \
path=$api/job/none status=404 bytes=[0-9]+ ms=[0-9]+ \
user=\"o\\\\x22d\\\\x3dd\" job=-"
api GET "$api/job/a%0a%22b%3d%c3%a9" -u "ann:$key"
ok 'a path with odd bytes' says fcgi info "request method=GET \
path=\"$api/job/a\\\\x0a\\\\x22b\\\\x3d\\\\xc3\\\\xa9\" status=404 \
bytes=[0-9]+ ms=[0-9]+ user=ann job=-"
api GET "$api/job/$(printf 'x%.0s' {1..400})" -u "ann:$key"
is 'a long one is cut' "$(sed -n 's/.* path=\([^ ]*xxx\) .*/\1/p' "$log" |
	awk '{ print length }')" 256

api POST "$api/bulk/new" -u "ann:$key" -d '[]'
empty=$(jq -r .id "$body")
ok 'a job of no contacts' wait_for says jobrunner info "job job=$empty \
user=ann op=new contacts=0 created=0 updated=0 failed=0 ms=[0-9]+ rate=0"
api DELETE "$api/job/$job" -u "ann:$key"
ok 'a job that is swept' wait_for says jobrunner info "job-swept job=$job"

# ---- what is not

is 'all is one line an event' \
	"$(grep -cvE "^$time [a-z]+\[[0-9]+\] (error|warn|info) [a-z-]+( |\$)" \
		"$log")" 0
is 'nothing of a contact, and no query' "$(grep -rilE 'secret' "$state/log")" ''
is 'no password' "$(grep -rlF "$key" "$state/log")" ''

# ---- rotation

mv "$log" "$log.1"
api GET "$api/job/before" -u "ann:$key"
ok 'until it is told so a program keeps its file' \
	grep -q 'path=/api/contacts/job/before ' "$log.1"
while read -r pid; do
	kill -USR1 "$pid"
done <"$state/run/fcgi.pid"
kill -USR1 "$(cat "$state/run/jobrunner.pid")"
size=$(stat -c %s "$log.1")
api POST "$api/bulk/new" -u "ann:$key" -d '[{"email":"b@example.com"}]'
job=$(jq -r .id "$body")
ok 'then the runner has the new one' wait_for says jobrunner info \
	"job job=$job .*"
api GET "$api/job/after" -u "ann:$key"
ok 'and the workers' grep -q 'path=/api/contacts/job/after ' "$log"
is 'the old one is left alone' "$(stat -c %s "$log.1")" "$size"
is 'the new one is private' "$(stat -c %a "$log")" 600

# ---- the end

stop_instance
ok 'a checkpoint' says jobrunner info \
	'checkpoint log=[0-9]+ offset=[0-9]+ ms=[0-9]+'
is 'each program tells its end' \
	"$(grep -cE " (fcgi|jobrunner)\[[0-9]+\] info stop status=ok$" "$log")" \
	"$programs"

# ---- a death

instance --listen "$address" --state "$state" --detach \
	--set 'log = log/service.log' >"$scratch/start" 2>&1 ||
	bail_out 'it does not start again'
# Who has not come to the store yet may die without a recovery.
wait_for all_started
kill -9 "$(cat "$state/run/jobrunner.pid")"
recovered() {
	api GET "$api/job/none" -u "ann:$key"
	says '(fcgi|jobrunner)' info 'recovered ms=[0-9]+'
}
ok 'a recovery, and how long it took' wait_for recovered
ok 'and why' says '(fcgi|jobrunner)' info 'recovery reason=died'

done_testing
