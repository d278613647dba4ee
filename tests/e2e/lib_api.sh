# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of and for who sources this
# What the tests of the API share, behind lib.sh.
#
#	random_key                  a password that costs nginx little
#	restart_instance [OPTION...]  the current one, stopped, on the same
#	                            folder and port
#	cli ARGUMENT...             the operator's program on this instance
#	make_contacts PREFIX COUNT  a request's list of good contacts, their
#	                            points counting from 0
#	submit METHOD FILE [CURL OPTION...]  as $content_type, which is JSON
#	                            unless set; leaves $job
#	state_of JOB                what GET says of it; else the status
#	completed JOB               passes once it is
#	results JOB                 all items, one a line, by next-page
#	answers                     passes if both sockets serve
#	all_started                 passes if all workers and the runner live and
#	                            have the store open; a start waits for one
#	                            worker a socket. Needs lines of level info
#	recovered_times             how many recoveries were over, by the logs
#	is_recovered N              passes once there are more; until then those
#	                            of before answer, and are killed at it
#	is_error NAME CODE PATTERN  the last answer is such an error: status,
#	                            pattern of its message, all else exactly
#	refused NAME CODE PATTERN METHOD PATH [CURL OPTION...]  the same of
#	                            that request
#	raw TEXT                    sends such bytes, by printf's %b; the answer
#	                            is left as by api
#	anonymous_memory            the most that a worker has now, in KiB; 0
#	                            with sanitizers, which keep what is freed
#	memory_is_below KIB         passes if that is not more
#	hold_runner                 the runner ends between two commits, with
#	                            the state of its job as it is, and none is
#	                            started; stopping the instance does no harm
#	free_runner                 the next one has the store open
#	all_complete                passes once no job is unfinished; there is no
#	                            limit to it as long as one after the other
#	                            completes
#	faults                      lines of the supervisor on those who ended,
#	                            but for a runner that was asked to
#	has_done JOB N              passes once so many of its items are done
#	start_load PREFIX COUNT FILE  jobs of that many contacts one after the
#	                            other, in the background, "STATUS JOB" a line
#	submit_is STATUS            a job of $count contacts of its own, written
#	                            down in log.one of the scratch folder whether
#	                            it was taken or not; passes if so answered
#	end_loads                   after the answers that they wait for
#	acknowledged N FILE...      passes if they were given so many jobs
#	check_load COUNT FILE...    nothing of such jobs was lost, repeated or
#	                            changed; of a store with no other contacts

api=/api/contacts
content_type=application/json
keeps_memory=no
! grep -q '"SAN_CFLAGS".*-fsanitize' "$top_builddir/config.status" ||
	keeps_memory=yes

random_key() {
	tr -d - </proc/sys/kernel/random/uuid
}

restart_instance() {
	stop_instance
	instance --listen "$address" --state "$state" --detach "$@" \
		>"$scratch/start" 2>&1 || {
		diag "$(cat "$scratch/start")"
		bail_out 'the instance does not start again'
	}
}

cli() {
	"$top_builddir/cli/bulkcontacts" -c "$state/bulkcontacts.conf" "$@"
}

make_contacts() {
	jq -nc --arg prefix "$1" --argjson count "$2" \
		'[range($count) | {email: "\($prefix).\(.)@example.com",
			points: .}]'
}

submit() {
	local method=$1 file=$2 path=$api/bulk/edit
	shift 2
	[ "$method" != POST ] || path=$api/bulk/new
	api "$method" "$path" -H "Content-Type: $content_type" \
		--data-binary "@$file" "$@"
	job=
	[ "$status" != 202 ] || job=$(jq -r .id "$body")
}

state_of() {
	local text
	api GET "$api/job/$1"
	text=$(cat "$body")
	if [ "$status" = 200 ]; then
		text=${text#'{"status":"'}
		printf %s "${text%'"}'}"
	else
		printf %s "$status"
	fi
}

completed() {
	[ "$(state_of "$1")" = completed ]
}

results() {
	local next="$api/job/$1?details=1"
	: >"$scratch/pages"
	while [ -n "$next" ]; do
		api GET "$next"
		cat "$body" >>"$scratch/pages"
		[ "$status" = 200 ] || return 1
		next=$(sed -n 's/.*"next-page":"\([^"]*\)".*/\1/p' "$body")
	done
	jq -c '.details.contacts[]' "$scratch/pages"
}

answers() {
	api GET "$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21"
	[ "$status" = 404 ] && api GET "$api/bulk/new" && [ "$status" = 405 ]
}

all_started() {
	local starters pid
	mapfile -t starters < <(cat "$state/run/fcgi.pid" \
		"$state/run/jobrunner.pid" 2>/dev/null)
	[ "${#starters[@]}" -eq 5 ] || return 1
	for pid in "${starters[@]}"; do
		! has_ended "$pid" && grep -qF "[$pid] info start " \
			"$state"/log/*.log || return 1
	done
}

recovered_times() {
	cat "$state"/log/*.log | grep -c ' recovered ms='
}

is_recovered() {
	[ "$(recovered_times)" -gt "$1" ]
}

is_error() {
	local name=$1 code=$2 pattern=$3 message
	is "$name: status" "$status" "$code"
	is "$name: headers" "$(header Content-Type) $(header Cache-Control) \
$(header X-Content-Type-Options)" 'application/json no-store nosniff'
	message=$(jq -c '.errors[0].message' "$body")
	like "$name: message" "$message" "\"$pattern\""
	is "$name: body" "$(cat "$body")" "{\"errors\":[{\"code\":$code,\
\"message\":$message,\"details\":{},\"type\":null}]}"
}

refused() {
	local name=$1 code=$2 pattern=$3
	shift 3
	api "$@"
	is_error "$name" "$code" "$pattern"
}

# nginx would keep the connection for a while.
raw() {
	local socket line
	exec {socket}<>"/dev/tcp/${address%:*}/${address##*:}"
	printf '%b' "$1" >&"$socket"
	: >"$headers"
	while IFS= read -r -t 60 line <&"$socket" && [ "$line" != $'\r' ]; do
		printf '%s\n' "$line" >>"$headers"
	done
	timeout 60 head -c "$(header Content-Length)" <&"$socket" >"$body"
	exec {socket}>&-
	status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$headers")
}

anonymous_memory() {
	local pid
	if [ "$keeps_memory" = yes ]; then
		echo 0
		return
	fi
	while read -r pid; do
		sed -n 's/^RssAnon:[^0-9]*\([0-9]*\).*/\1/p' \
			"/proc/$pid/status" 2>/dev/null
	done <"$state/run/fcgi.pid" | sort -n | tail -n 1
}

memory_is_below() {
	[ "$(anonymous_memory)" -le "$1" ]
}

has_ended() {
	[[ $(cat "/proc/$1/stat" 2>/dev/null) =~ ^$|\)\ [ZX] ]]
}

starts_of_runner() {
	grep -c ' info start ' "$state/log/jobrunner.log"
}

is_started() {
	[ "$(starts_of_runner)" -gt "$1" ]
}

# Its supervisor, which is stopped, would start another one at once. A runner
# that is stopped itself may hold a lock that all others wait for.
hold_runner() {
	local runner
	wait_for is_started 0
	wait_for test -s "$state/run/jobrunner.pid"
	runner=$(cat "$state/run/jobrunner.pid")
	kill -STOP "$(cat "$state/run/supervisor.pid")"
	kill -TERM "$runner"
	wait_for has_ended "$runner"
	runner_starts=$(starts_of_runner)
}

free_runner() {
	kill -CONT "$(cat "$state/run/supervisor.pid")"
	wait_for is_started "$runner_starts"
}

faults() {
	grep ' ended ' "$state/log/supervisor.log" |
		grep -v ' name=jobrunner .* status=0$'
}

has_done() {
	local count
	api GET "$api/job/$1"
	count=$(header Job-Progress | sed -n 's/.* done=\([0-9]*\),.*/\1/p')
	[ "${count:-0}" -ge "$2" ]
}

# Files of its own, for it runs beside other requests. Every request has
# contacts of its own: one without an answer may have been stored.
load() {
	local prefix=$1 count=$2 file=$3 n
	body=$scratch/$prefix.body
	headers=$scratch/$prefix.headers
	for ((n = 0; ; n++)); do
		[ -e "$scratch/$prefix.loads" ] || break
		make_contacts "$prefix.$n" "$count" >"$scratch/$prefix.json"
		submit POST "$scratch/$prefix.json"
		printf '%s %s\n' "$status" "$job" >>"$file"
	done
}

loads=()
start_load() {
	: >"$3"
	: >"$scratch/$1.loads"
	load "$@" &
	loads+=($!)
}

submits=0
submit_is() {
	submits=$((submits + 1))
	make_contacts "one.$submits" "$count" >"$scratch/one"
	submit POST "$scratch/one"
	printf '%s %s\n' "$status" "$job" >>"$scratch/log.one"
	[ "$status" = "$1" ]
}

end_loads() {
	rm -f "$scratch"/*.loads
	wait "${loads[@]}"
	loads=()
}

acknowledged() {
	[ "$(cat "${@:2}" | grep -c '^202 ')" -ge "$1" ]
}

open_jobs() {
	cli job list --json |
		jq '[.jobs[] | select(.status != "completed")] | length'
}

none_is_open() {
	[ "$(open_jobs)" = 0 ]
}

fewer_are_open() {
	local now
	now=$(open_jobs)
	[ -n "$now" ] && [ "$now" -lt "${1:-1000000}" ]
}

# How long that takes is the disk's affair, at a flush a batch.
all_complete() {
	local left
	until left=$(open_jobs) && [ "$left" = 0 ]; do
		wait_for fewer_are_open "$left" || return 1
	done
}

# "ID CODE" of each item of the jobs on stdin, in order; $1 pages each.
items_of_all() {
	sed "s|.*|url = \"$url$api/job/&?details=1\&page=[1-$1]\"|" |
		curl -q -s --noproxy '*' -K "$state/run/curlrc" -K - |
		jq -r '.details.contacts[] | "\(.id) \(.statusCode)"'
}

check_load() {
	local count=$1 total jobs batch
	shift
	ok 'all jobs complete' all_complete
	sed -n 's/^202 //p' "$@" | sort >"$scratch/acknowledged"
	# A request whose answer was lost may have been stored: whole, too.
	cli job list --json | jq -r '.jobs[].id' | sort >"$scratch/stored"
	is 'no acknowledged job is lost' \
		"$(comm -23 "$scratch/acknowledged" "$scratch/stored")" ''
	jobs=$(wc -l <"$scratch/stored")
	total=$((count * jobs))
	diag "$jobs jobs, of which $(wc -l <"$scratch/acknowledged") acknowledged"
	batch=$(cli config | sed -n 's/^batch_size = //p')
	items_of_all $(((count + batch - 1) / batch)) <"$scratch/stored" \
		>"$scratch/items"
	is 'as many results as items' "$(wc -l <"$scratch/items")" "$total"
	is 'no item failed, each made a contact' \
		"$(cut -d' ' -f2 "$scratch/items" | sort -u)" 201
	cli contact export >"$scratch/export"
	ok 'ids are distinct and dense' cmp <(seq "$total") \
		<(jq -r .id "$scratch/export")
	is 'each email once' \
		"$(jq -r .email "$scratch/export" | sort -u | wc -l)" "$total"
	ok 'results are in order' cmp \
		<(awk -v n="$count" '{ print $1, (NR - 1) % n }' \
			"$scratch/items" | sort -n) \
		<(jq -r '"\(.id) \(.points)"' "$scratch/export")
	is 'and points add up' "$(jq -s 'map(.points) | add' "$scratch/export")" \
		$((jobs * (count * (count - 1) / 2)))
	is 'nothing was set aside' "$(grep -c 'contact-not-processed\|damaged' \
		"$state/log/jobrunner.log")" 0
}
