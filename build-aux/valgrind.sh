#!/bin/bash
# The store's tests, and a worker and a runner under a small load, in valgrind:
# no byte is read before it was written, and none is lost. Prints TAP. Run from
# the top of a tree that is built without sanitizers.
set -u
scratch=$(mktemp -d "${TMPDIR:-/tmp}/bulkcontacts-valgrind.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' INT TERM HUP
chmod 711 "$scratch"
mkdir -m 777 "$scratch/said"

# Reachable at the end is what libcheck and the programs keep for ever.
options=(--quiet --vgdb=no --error-exitcode=99 --leak-check=full
	--show-leak-kinds=definite --errors-for-leak-kinds=definite
	--suppressions="$PWD/build-aux/valgrind.supp"
	--log-file="$scratch/said/%p")
sources=(tests/check_apply.c tests/check_reindex.c tests/check_store*.c)
# Nothing is killed for being slow.
export CK_TIMEOUT_MULTIPLIER=50
export top_srcdir=$PWD top_builddir=$PWD
count=0
failed=0

# result NAME STATUS: good if the status is, and valgrind has nothing to say.
result() {
	count=$((count + 1))
	# Between dashes it says what it does not know about the system.
	cat "$scratch"/said/* 2>/dev/null | grep -v '^--[0-9]*-- ' \
		>"$scratch/all"
	rm -f "$scratch"/said/*
	if [ "$2" -eq 0 ] && [ ! -s "$scratch/all" ]; then
		printf 'ok %d - %s\n' "$count" "$1"
		return
	fi
	failed=1
	printf 'not ok %d - %s: status %d\n' "$count" "$1" "$2"
	head -n 200 "$scratch/all" | sed 's/^/# /'
}

# ---- the store's tests

for source in "${sources[@]}"; do
	program=${source%.c}
	valgrind "${options[@]}" "$program" >"$scratch/output" 2>&1
	status=$?
	[ "$status" -eq 0 ] || grep '^not ok' "$scratch/output" | sed 's/^/# /'
	result "$program" "$status"
done

# ---- the programs: a tree that looks like this one, in which they are wrapped

mkdir -m 755 "$scratch/tree" "$scratch/tree/fcgi-app" "$scratch/tree/jobrunner"
for file in "$PWD"/*; do
	ln -s "$file" "$scratch/tree/" 2>/dev/null
done
for program in fcgi-app/bulkcontacts-fcgi jobrunner/bulkcontacts-jobrunner; do
	gcc -DPROGRAM="\"$PWD/$program\"" -o "$scratch/tree/$program" \
		build-aux/in_valgrind.c
	chmod 755 "$scratch/tree/$program"
done
VALGRIND_OPTS="${options[*]}" top_builddir=$scratch/tree \
	bash tests/e2e/roundtrip.sh >"$scratch/output" 2>&1
status=$?
[ "$status" -eq 0 ] || grep -A 5 '^not ok' "$scratch/output" | sed 's/^/# /'
result 'a worker and a runner' "$status"

printf '1..%d\n' "$count"
exit "$failed"
