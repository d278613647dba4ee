# shellcheck shell=bash
# shellcheck disable=SC2034 # the variables are for who sources this
# What the end-to-end tests share: TAP, and instances of their own that end
# with the test. Sourced; needs top_srcdir and top_builddir (default ".").
#
#	ok NAME COMMAND...       passes if the command does
#	is NAME GOT EXPECTED     passes if they are equal
#	like NAME GOT PATTERN    passes if GOT matches the shell pattern
#	skip NAME REASON         counts as neither
#	done_testing             the plan, and the exit status; last line
#
#	start_instance [OPTION...]  in a folder and on a port of its own; sets
#	                            $state, $address, $user and $url
#	stop_instance [STATE]       in order
#	api METHOD PATH [CURL OPTION...]  as the instance's first user; leaves
#	                            $status, and the files $body and $headers
#	header NAME                 of the last answer
#	wait_for COMMAND...         until it succeeds, at most 2 min

top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
top_builddir=$(cd "${top_builddir:-.}" && pwd)
umask 077
scratch=$(mktemp -d "${TMPDIR:-/tmp}/bulkcontacts-e2e.XXXXXX")
# Programs that gave up root pass through on the way to their folder.
chmod 711 "$scratch"
body=$scratch/body
headers=$scratch/headers
status=
state=
address=
user=
url=
tap_count=0
tap_failed=0
instances=()

finish() {
	local folder
	for folder in ${instances[@]+"${instances[@]}"}; do
		stop_instance "$folder" || :
	done
	rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

# ---- TAP

tap_result() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' "$tap_count" "$2"
	else
		tap_failed=$((tap_failed + 1))
		printf 'not ok %d - %s\n' "$tap_count" "$2"
	fi
}

diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

ok() {
	local name=$1 result=0
	shift
	"$@" >"$scratch/output" 2>&1 || result=$?
	tap_result "$result" "$name"
	[ "$result" -eq 0 ] || {
		diag "status $result of: $*"
		diag "$(tail -n 20 "$scratch/output")"
	}
}

is() {
	local result=0
	[ "$2" = "$3" ] || result=1
	tap_result "$result" "$1"
	[ "$result" -eq 0 ] || {
		diag "     got: $2"
		diag "expected: $3"
	}
}

like() {
	local result=0
	# shellcheck disable=SC2053 # a pattern is what is meant
	[[ $2 == $3 ]] || result=1
	tap_result "$result" "$1"
	[ "$result" -eq 0 ] || {
		diag "     got: $2"
		diag "expected: $3"
	}
}

skip() {
	tap_result 0 "$1 # SKIP $2"
}

bail_out() {
	printf 'Bail out! %s\n' "$*"
	exit 1
}

done_testing() {
	printf '1..%d\n' "$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}

# ---- instances

instance() {
	"$top_srcdir/supervisor/instance" --build "$top_builddir" \
		--source "$top_srcdir" "$@"
}

# One that nobody listens on and that this test has not had; outside the range
# that the kernel gives away.
free_port() {
	local port
	for _ in {1..50}; do
		port=$((10000 + RANDOM % 20000))
		# shellcheck disable=SC2188 # only whether it opens
		! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || continue
		! grep -qsx "$port" "$scratch/ports" || continue
		printf '%d\n' "$port" | tee -a "$scratch/ports"
		return 0
	done
	return 1
}

# Talk to the one of folder $1 and of $address from now on.
use_instance() {
	state=$1
	user=$(head -n 1 "$state/credentials" | cut -d: -f1)
	url=http://$address
}

# Somebody else may take the port between the question and the answer.
start_instance() {
	local folder
	folder=$(mktemp -d "$scratch/state XXXXXX")
	instances+=("$folder")
	while :; do
		address=127.0.0.1:$(free_port) || bail_out 'no free port'
		! instance --listen "$address" --state "$folder" --detach "$@" \
			>"$scratch/start" 2>&1 || break
		diag "$(cat "$scratch/start")"
		grep -q "$address is in use" "$scratch/start" ||
			bail_out 'the instance does not start'
	done
	use_instance "$folder"
}

stop_instance() {
	instance --state "${1:-$state}" --stop
}

api() {
	local method=$1 path=$2 options=()
	shift 2
	: >"$body"
	: >"$headers"
	if [ "$method" = HEAD ]; then
		options=(--head)
	else
		options=(--request "$method")
	fi
	status=$(curl -q -sS -g -m 60 --noproxy '*' -K "$state/run/curlrc" \
		-H 'Expect:' "${options[@]}" -o "$body" -D "$headers" \
		-w '%{http_code}' "$@" "$url$path" 2>"$scratch/curl") || :
}

header() {
	tr -d '\r' <"$headers" | sed -n "s/^$1: //Ip"
}

wait_for() {
	local until=$((SECONDS + 120))
	until "$@"; do
		[ "$SECONDS" -lt "$until" ] || return 1
		sleep 0.05
	done
}
