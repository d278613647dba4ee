#!/bin/bash
# The metrics as Prometheus reads them, who gets them, and that what is made of
# them (dist/prometheus, dist/grafana, doc/operating.md) names what there is.
# shellcheck disable=SC2317 # ok and wait_for call the functions
# shellcheck disable=SC2016 # backquotes are those of the manual
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

metrics=$scratch/metrics
promtool=$(command -v promtool || :)

key=$(random_key)
start_instance --user "boss:$key" --user "ann:$key" --set 'admins = boss'

# value NAME{LABELS}: of the last scrape
value() {
	awk -v name="bulkcontacts_$1" 'substr($0, 1, length(name) + 1) == name " " {
		print substr($0, length(name) + 2)
	}' "$metrics"
}

scrape() {
	api GET /metrics -u "boss:$key"
	cp "$body" "$metrics"
}

# check NAME PROMTOOL ARGUMENT...: or skip, where there is none.
check() {
	local name=$1
	shift
	if [ -n "$promtool" ]; then
		ok "$name" "$promtool" "$@"
	else
		skip "$name" 'no promtool'
	fi
}

# ---- who gets them

refused 'nobody' 401 'API authorization denied.' GET /metrics \
	-H Authorization:
refused 'a wrong password' 401 'API authorization denied.' GET /metrics \
	-u boss:wrong
refused 'no admin' 404 'Item was not found.' GET /metrics -u "ann:$key"
refused 'a client that would be a watcher' 404 'Item was not found.' GET \
	/metrics -u "ann:$key" -H 'BULKCONTACTS_WATCHER: yes' \
	-H 'BULKCONTACTS-WATCHER: yes'
scrape
is 'an admin' "$status" 200
is 'as text of that version' "$(header Content-Type) $(header Cache-Control)" \
	'text/plain; version=0.0.4; charset=utf-8 no-store'
refused 'a POST' 405 'Method not allowed: use one of GET, HEAD.' POST \
	/metrics -u "boss:$key"
is 'which says how' "$(header Allow)" 'GET, HEAD'

# ---- what they say

jq -nc '[range(500) | {email: "p\(.)@example.com"}] + [{email: "no"}, 7]' \
	>"$scratch/new.json"
submit POST "$scratch/new.json"
ok 'a job is completed' wait_for completed "$job"
jq -nc '[range(300) | {id: (. + 1), firstname: "x"}]' >"$scratch/edit.json"
submit PATCH "$scratch/edit.json"
ok 'another, too' wait_for completed "$job"
# What was committed is counted a moment later, this one last of all.
batches_are_counted() {
	scrape
	[ "$(value batch_duration_seconds_count)" -ge 5 ]
}
wait_for batches_are_counted
is 'created' "$(value 'contacts_total{result="created"}')" 500
is 'updated' "$(value 'contacts_total{result="updated"}')" 300
is 'failed' "$(value 'contacts_total{result="failed"}')" 2
is 'completed' "$(value 'jobs{state="completed"}')" 2
is 'queued' "$(value 'jobs{state="queued"}')" 0
is 'submits of all workers' "$(value submit_duration_seconds_count)" 2
is 'each transaction of the runner' "$(value batch_duration_seconds_count)" 5
is 'answers by route' "$(value "http_requests_total{route=\"/api/contacts/bulk/new\",method=\"POST\",code=\"202\"}")" 1
is 'those that were refused' "$(value 'http_requests_total{route="/metrics",method="GET",code="404"}')" 2
is 'ready' "$(value ready)" 1
is 'contacts' "$(value contacts)" 500
ok 'free disk' [ "$(value disk_free_bytes)" -gt 0 ]
ok 'a log' [ "$(value log_bytes)" -gt 0 ]
is 'all tables' "$(grep -c '^bulkcontacts_store_bytes{' "$metrics")" \
	"$(find "$state/store/env" -name '*.db' | wc -l)"

# ---- over a death and a restart

accepted=$(value jobs_accepted_total)
recovered=$(value recoveries_total)
kill -9 "$(cat "$state/run/jobrunner.pid")"
recoveries_grew() {
	scrape
	[ "$status" = 200 ] && [ "$(value recoveries_total)" -gt "$recovered" ]
}
ok 'a recovery is counted' wait_for recoveries_grew
is 'and nothing forgotten' "$(value jobs_accepted_total)" "$accepted"
stop_instance
instance --listen "$address" --state "$state" --detach --set 'admins = boss' \
	>"$scratch/start" 2>&1 || bail_out 'it does not start again'
scrape
is 'nor in a restart' "$(value jobs_accepted_total) $(value 'contacts_total{result="created"}')" \
	"$accepted 500"

# ---- without a place to count together

stop_instance
chmod 400 "$state/store/stats"
instance --listen "$address" --state "$state" --detach --set 'admins = boss' \
	>"$scratch/start" 2>&1 || bail_out 'it does not start without its counts'
scrape
is 'without the file it works' "$status" 200
ok 'and says so' grep -q ' warn stats-alone path=store/stats ' \
	"$state/log/fcgi.log"
chmod 600 "$state/store/stats"

# ---- the door for those who watch

watchers=127.0.0.1:$(free_port) || bail_out 'no free port'
sed -e "s|@watchers_listen@|$watchers|" -e "s|@socket_dir@|run|" \
	-e '/^@secret@/d' -e 's|@fastcgi_params@|fastcgi_params|' \
	"$top_srcdir/nginx/watchers.conf.in" >"$state/run/watchers.conf"
chown --reference="$state/run/site.conf" "$state/run/watchers.conf"
sed -i 's|include site.conf;|& include watchers.conf;|' \
	"$state/run/nginx.conf"
ask_watchers() {
	watched=$(curl -q -sS -m 10 --noproxy '*' -o "$body" -w '%{http_code}' \
		"http://$watchers$1" 2>/dev/null) || :
	[ "$watched" = "$2" ]
}
kill -HUP "$(cat "$state/run/nginx.pid")"
ok 'who watches needs no account' wait_for ask_watchers /metrics 200
ok 'and gets the metrics' grep -q '^bulkcontacts_ready 1$' "$body"
ok 'the health' ask_watchers /readyz 200
ok 'but no jobs' ask_watchers /api/contacts/jobs 404
ok 'nor contacts' ask_watchers /api/contacts/1 404

# ---- what others make of it

check 'Prometheus accepts it' check metrics <"$metrics"
check 'rules are well-formed' check rules \
	"$top_srcdir/dist/prometheus/alerts.yml"
cp "$top_srcdir/dist/prometheus/alerts.yml" \
	"$top_srcdir/tests/data/alerts_test.yml" "$scratch"
check 'each rule wakes when it should, and not else' test rules \
	"$scratch/alerts_test.yml"

# Names as they are queried: those of histograms with an end.
sed -n 's/^# TYPE \(bulkcontacts_[a-z_]*\) .*/\1/p' "$metrics" | sort \
	>"$scratch/families"
sed -n -e 's/^# TYPE \(.*\) histogram$/\1_bucket\n\1_sum\n\1_count/p' \
	-e 's/^# TYPE \(.*\) [a-z]*$/\1/p' "$metrics" | sort >"$scratch/names"
named_in() {
	grep -o 'bulkcontacts_[a-z_]*' "$@" | sort -u
}
is 'no rule names what is not there' "$(comm -23 <(named_in -h \
	"$top_srcdir/dist/prometheus/alerts.yml") "$scratch/names")" ''
jq -r '.panels[].targets[].expr, (.templating.list[].query.query? // empty)' \
	"$top_srcdir/dist/grafana/bulkcontacts.json" >"$scratch/queries"
is 'nor does the dashboard' "$(comm -23 <(named_in "$scratch/queries") \
	"$scratch/names")" ''
ok 'which shows all of them' [ "$(comm -13 <(named_in "$scratch/queries" |
	sed 's/_\(bucket\|sum\|count\)$//' | sort -u) "$scratch/families" |
	grep -vc '^$')" = 0 ]
is 'the manual has all, and no other' "$(diff <(sed -n \
	's/^| `\(bulkcontacts_[a-z_]*\)[{`].*/\1/p' \
	"$top_srcdir/doc/operating.md" | sort -u) "$scratch/families")" ''
is 'the manual has each alert, and no other' "$(diff <(sed -n \
	's/^| `\(Bulkcontacts[A-Za-z]*\)`.*/\1/p' \
	"$top_srcdir/doc/operating.md" | sort) <(sed -n \
	's/^ *- alert: //p' "$top_srcdir/dist/prometheus/alerts.yml" |
	sort))" ''
is 'each alert is tried' "$(grep -o 'Bulkcontacts[A-Za-z]*' \
	"$top_srcdir/tests/data/alerts_test.yml" | sort -u)" \
	"$(sed -n 's/^ *- alert: //p' \
		"$top_srcdir/dist/prometheus/alerts.yml" | sort)"

done_testing
