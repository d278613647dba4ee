#!/bin/bash
# Malformed FastCGI records on the workers' sockets, while others submit: good
# requests are served all along. What libfcgi does not survive ends its worker
# alone; nobody recovers, and no memory grows.
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

count=50
# As malloc() without sanitizers does.
export ASAN_OPTIONS="allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

# Relative: a socket's address is short.
fuzz() {
	(cd "$state/run" && exec python3 \
		"$top_srcdir/tests/fuzz/fastcgi.py" "$1.sock" "$2" 100)
}

has_seen() {
	[ "$(faults | wc -l)" -ge "$1" ]
}

if ! command -v python3 >/dev/null; then
	skip 'malformed records' 'python3 is missing'
	done_testing
fi

start_instance --set max_body=1M
log=$state/log
for _ in {1..8}; do # whichever worker takes it
	make_contacts warm 1 >"$scratch/warm"
	submit POST "$scratch/warm"
done
ok 'the first jobs complete' all_complete
before=$(anonymous_memory)
recoveries=$(cat "$log"/*.log | grep -c ' recovery reason=')

start_load a "$count" "$scratch/log.a"
seed=0
for socket in submit job submit job; do
	seed=$((seed + 1))
	ok "$socket.sock, seed $seed: good requests are served" \
		fuzz "$socket" "$seed"
	cat "$scratch/output" >>"$scratch/records"
done
diag "$(cat "$scratch/records")"
end_loads

is 'other requests get 202 or 503, nothing else' \
	"$(grep -Ev '^(202|503) ' "$scratch/log.a")" ''
ok 'jobs were acknowledged' grep -q ^202 "$scratch/log.a"
crashes=$(grep -c ' error crash ' "$log/fcgi.log")
ok "libfcgi ended workers ($crashes)" test "$crashes" -ge 5
ok 'which the supervisor saw' wait_for has_seen "$crashes"
is 'only those, and each left the store' \
	"$(faults | sed 's/.*name=\([^ ]*\) .* /\1 /' | sort | uniq -c |
		tr -s ' ')" " $crashes fcgi status=75"
is 'nobody had to recover' "$(cat "$log"/*.log | grep -c ' recovery reason=')" \
	"$recoveries"
if [ "$keeps_memory" = yes ]; then
	skip 'a worker ends before its memory is gigabytes' \
		'the memory of sanitizers cannot be bounded'
else
	is 'a worker ends before its memory is gigabytes' \
		"$(sed -n 's/^endless_params:.* tried, //p' \
			"$scratch/records" | sort -u)" '0 taken, 0 answered'
fi
ok 'and all is well' answers
ok "the workers' memory is where it was, $before KiB" \
	wait_for memory_is_below $((before + 4096))
ok 'all jobs complete' all_complete
stop_instance
ok 'the store agrees with itself' cli store verify
done_testing
