#!/bin/bash
# A disk in trouble under a service at work: submits are refused with 503 and
# Retry-After, nothing that was acknowledged is lost or done twice, and when
# the disk is well again all goes on by itself.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

count=100
settings=(--set min_free_disk=0 --set batch_size=10 --set cache_size=8M)

FAULT=$scratch/fault
LD_PRELOAD=$top_builddir/tests/fault/fault.so
ASAN_OPTIONS=verify_asan_link_order=0
export FAULT ASAN_OPTIONS

# The lines are those of tests/fault/fault.c.
begin_trouble() {
	printf '%s\n' "$@" >"$FAULT.new"
	chmod 644 "$FAULT.new"
	mv "$FAULT.new" "$FAULT"
}

end_trouble() {
	rm -f "$FAULT"
}

reads() {
	api GET "$api/job/$first?details=1"
	[ "$status" = 200 ] && cmp -s "$body" "$scratch/first"
}

lines_of_load() {
	wc -l <"$scratch/log.$1"
}

load_goes_on() {
	[ "$(lines_of_load "$1")" -ge $(($2 + 5)) ]
}

# trouble NAME LINE: as long as it lasts submits are refused.
n=0
trouble() {
	n=$((n + 1))
	start_load "l$n" "$count" "$scratch/log.$n"
	wait_for test -s "$scratch/log.$n"
	begin_trouble "$2"
	ok "$1: submits are refused" wait_for submit_is 503
	like "$1: and may be repeated" "$(header Retry-After)" '[1-9]*'
	[ -z "${3:-}" ] || ok "$1: what was stored can be read" wait_for reads
	end_trouble
	ok "$1: it goes on by itself" wait_for submit_is 202
	ok "$1: jobs are done again" wait_for completed "$job"
	ok "$1: and can be read" wait_for reads
	ok "$1: under load" wait_for load_goes_on "$n" "$(lines_of_load "$n")"
	end_loads
	diag "$(sort "$scratch/log.$n" | cut -d' ' -f1 | uniq -c | tr '\n' ' ')"
}

export LD_PRELOAD
start_instance "${settings[@]}"
unset LD_PRELOAD
submit_is 202
first=$job
wait_for completed "$first"
api GET "$api/job/$first?details=1"
cp "$body" "$scratch/first"

trouble 'full disk' 'store/env w ENOSPC' read
trouble 'read-only disk' 'store/ w EROFS'
trouble 'no write' 'store/ w EIO'
trouble 'log without flush' 'env/log. s EIO'

# ---- tables that cannot be flushed: the log has it all

checkpoint_failed() {
	grep -q 'cannot=checkpoint' "$state/log/jobrunner.log"
}

begin_trouble '.db ws EIO'
ok 'tables without flush: submits are taken' wait_for submit_is 202
kill -TERM "$(cat "$state/run/jobrunner.pid")"
ok 'tables without flush: the log says so' wait_for checkpoint_failed
end_trouble
ok 'tables without flush: jobs are done' wait_for completed "$job"

# ---- a disk that cannot be read at some place

kill -KILL "$(sed -n 1p "$state/run/fcgi.pid")"
begin_trouble 'contact.db r EIO'
ok 'contacts that cannot be read: submits are taken' wait_for submit_is 202
end_trouble

# ---- a folder that goes and comes back

# Who is on the way to the store would not find it.
ok 'all have the store open' wait_for all_started
mv "$state/store" "$state/away"
ok 'folder is gone: submits are refused' wait_for submit_is 503
like 'folder is gone: and may be repeated' "$(header Retry-After)" '[1-9]*'
ok 'folder is gone: what was stored can be read' reads
mv "$state/away" "$state/store"
ok 'folder is back: it goes on by itself' wait_for submit_is 202
ok 'folder is back: jobs are done' wait_for completed "$job"

# ---- a file by which the programs know each other is removed

for file in slots gate; do
	rm "$state/store/$file"
	ok "$file is gone: it can be opened" wait_for cli contact count
	ok "$file is gone: submits are taken" wait_for submit_is 202
	ok "$file is gone: jobs are done" wait_for completed "$job"
done

check_load "$count" "$scratch"/log.*
ok 'the store is whole' cli store verify

# ---- another store in its place: all come over to it

reads_nothing() {
	api GET "$api/job/$first"
	[ "$status" = 404 ]
}

mv "$state/store" "$state/away"
kill -KILL "$(cat "$state/run/jobrunner.pid")"
ok 'other store: it is read' wait_for reads_nothing
ok 'other store: submits are taken' wait_for submit_is 202
ok 'other store: jobs are done' wait_for completed "$job"

done_testing
