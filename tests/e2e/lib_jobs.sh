# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for who sources this
# What the tests of jobs share, behind lib.sh.
#
#	random_key                  a password that costs nginx little
#	restart_instance [OPTION...]  the current one, stopped, on the same
#	                            folder and port
#	cli ARGUMENT...             the operator's program on this instance
#	make_contacts PREFIX COUNT  a request's list of good contacts, their
#	                            points counting from 0
#	submit METHOD FILE [CURL OPTION...]  leaves $job
#	state_of JOB                what GET says of it; else the status
#	completed JOB               passes once it is
#	results JOB                 all items, one a line, by next-page
#	answers                     passes if both sockets serve
#	load PREFIX COUNT FILE      jobs of that many contacts one after the
#	                            other until killed, "STATUS JOB" a line

api=/api/contacts

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
	api "$method" "$path" -H 'Content-Type: application/json' \
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

# Files of its own, for it runs beside other requests. Every request has
# contacts of its own: one without an answer may have been stored.
load() {
	local prefix=$1 count=$2 file=$3 n
	body=$scratch/$prefix.body
	headers=$scratch/$prefix.headers
	for ((n = 0; ; n++)); do
		make_contacts "$prefix.$n" "$count" >"$scratch/$prefix.json"
		submit POST "$scratch/$prefix.json"
		printf '%s %s\n' "$status" "$job" >>"$file"
	done
}
