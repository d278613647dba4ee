#!/bin/bash
# Root and a user who turned on it: no link in the state folder makes root
# write or read elsewhere, and a start that is cut short leaves nothing.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
if [ "$(id -u)" -ne 0 ]; then
	echo '1..0 # SKIP only root can be led astray'
	exit 0
fi
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"

as_user() {
	(
		cd "$state" || exit
		exec setpriv --reuid "$(stat -c %u .)" \
			--regid "$(stat -c %g .)" --clear-groups -- "$@"
	)
}

# What only root may write.
treasure=$scratch/treasure
mkdir "$treasure"

# link NAME...: of files in the folder, each to one of root's.
link() {
	local name
	for name in "$@"; do
		printf 'of root\n' >"$treasure/${name//\//_}"
		as_user ln -sfn "$treasure/${name//\//_}" "$name"
	done
}

untouched() {
	# shellcheck disable=SC2016 # the other shell expands it
	ok "$1: files of root are as they were" sh -c '
		for file in "$1"/*; do
			[ "$(cat "$file")" = "of root" ] || exit 1
			[ "$(stat -c %u:%a "$file")" = 0:600 ] || exit 1
		done' sh "$treasure"
	rm -f "$treasure"/*
}

start() {
	instance --listen "$address" --state "$state" --detach \
		>"$scratch/start" 2>&1
}

# start_fails PATTERN: and says so.
start_fails() {
	ok "$1: no start" sh -c '! "$@"' sh "$top_srcdir/supervisor/instance" \
		--build "$top_builddir" --source "$top_srcdir" \
		--listen "$address" --state "$state" --detach
	like "$1: the reason" "$(cat "$scratch/output")" "*$1*"
}

nobody_stands_in() {
	! find /proc -maxdepth 2 -name cwd -lname "$1*" 2>/dev/null | grep -q .
}

# ---- links

# shellcheck disable=SC2119 # no options
start_instance
stop_instance
link bulkcontacts.conf credentials run/config run/curlrc run/htpasswd run/site.conf \
	run/nginx.conf run/fastcgi_params run/children run/children.new \
	run/nginx.bound run/nginx.pid run/supervisor.pid
ok 'links are replaced' start
untouched 'links replaced'
stop_instance
for name in log/supervisor.log run/lock; do
	as_user rm "$name"
	link "$name"
	start_fails "$name"
	untouched "$name"
	as_user rm "$name"
done
as_user ln -s "$treasure/lock" run/lock
ok 'stopping follows no link' stop_instance
ok 'and makes nothing' test ! -e "$treasure/lock"
as_user rm run/lock
as_user mv run run.old
as_user ln -s "$treasure" run
start_fails 'run is a link'
is 'nothing is made there' "$(find "$treasure" -mindepth 1)" ''
as_user rm run
as_user mv run.old run
ok 'without links it starts again' start
stop_instance

folder=$state
state=$scratch/link
ln -s "$treasure" "$state"
start_fails 'is a link'
is 'root keeps what a link leads to' "$(stat -c %u "$treasure")" 0
state=$folder

mkdir -m 700 "$scratch/home"
state=$scratch/home/state
start_fails 'names another folder'
state=$folder

# ---- SIGTERM in the middle

# A start that never finds the instance ready.
mkdir "$scratch/bin"
chmod 711 "$scratch/bin"
printf '#!/bin/sh\nexit 7\n' >"$scratch/bin/curl"
chmod 755 "$scratch/bin/curl"
for event in bulkcontacts.conf run/lock run/supervisor.pid run/nginx.bound; do
	rm -f "$state/$event"
	PATH=$scratch/bin:$PATH "$top_srcdir/supervisor/instance" \
		--build "$top_builddir" --source "$top_srcdir" \
		--listen "$address" --state "$state" --detach \
		>"$scratch/start" 2>&1 &
	starting=$!
	wait_for test -e "$state/$event"
	kill -TERM "$starting"
	wait "$starting"
	is "SIGTERM after $event: status" "$?" 1
	ok 'nothing is left running' nobody_stands_in "$state"
done

done_testing
