#!/bin/bash
# A file system that is really full, under a service at work: a small tmpfs in
# a namespace of our own. Nobody dies of a page without a block, a recovery
# has its reserve, and when there is room again all goes on by itself.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u

# ---- once more from inside, as nobody in particular

if [ -z "${FULL_DISK:-}" ]; then
	drop=()
	[ "$(id -u)" -ne 0 ] ||
		drop=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	"${drop[@]}" unshare -rm true 2>/dev/null || {
		echo '1..0 # SKIP no namespaces for users here'
		exit 0
	}
	FULL_DISK=$("${drop[@]}" mktemp -d "${TMPDIR:-/tmp}/full.XXXXXX")
	export FULL_DISK
	trap 'rm -rf "$FULL_DISK"' EXIT
	# shellcheck disable=SC2016 # the other shell expands it
	"${drop[@]}" unshare -rm bash -c '
		mount -t tmpfs -o size=640m tmpfs "$FULL_DISK" &&
		exec unshare --map-user=65534 --map-group=65534 bash "$0"' "$0"
	exit
fi

# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

count=200

has_reserve() {
	[ -s "$FULL_DISK/store/reserve" ]
}

reads() {
	api GET "$api/job/$first?details=1"
	[ "$status" = 200 ] && cmp -s "$body" "$scratch/first"
}

log_has() {
	cat "$state"/log/*.log | grep -q "$1"
}

start_instance --set "store_dir=$FULL_DISK/store" --set min_free_disk=1M \
	--set cache_size=32M
ok 'space is set aside' wait_for has_reserve
make_contacts first "$count" >"$scratch/one"
submit POST "$scratch/one"
first=$job
printf '202 %s\n' "$first" >"$scratch/log.first"
wait_for completed "$first"
api GET "$api/job/$first?details=1"
cp "$body" "$scratch/first"

start_load a "$count" "$scratch/log.a"
wait_for test -s "$scratch/log.a"
cat /dev/zero >"$FULL_DISK/filler" 2>/dev/null
ok 'full: submits are refused' wait_for submit_is 503
like 'full: and may be repeated' "$(header Retry-After)" '[1-9]*'
ok 'full: what was stored can be read' wait_for reads
# A cache of which little is in use: more of it is touched than before.
ok 'full: all can be read' cli contact export
ok 'full: and checked' cli store verify

# shellcheck disable=SC2046 # one word a pid
kill -KILL $(cat "$state/run/jobrunner.pid" "$state/run/fcgi.pid")
ok 'full: a recovery finds room' wait_for reads
ok 'full: in the reserve' log_has reserve-released
ok 'full: submits are still refused' wait_for submit_is 503

rm "$FULL_DISK/filler"
ok 'room: it goes on by itself' wait_for submit_is 202
ok 'room: space is set aside again' wait_for has_reserve
end_loads
is 'nobody died of a page without a block' \
	"$(grep -c 'signal=7' "$state/log/supervisor.log")" 0
check_load "$count" "$scratch"/log.*

done_testing
