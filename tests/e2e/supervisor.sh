#!/bin/bash
# The supervisor: restarts, order at the end, orphans, one instance a folder.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

unknown=/api/contacts/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21

# Also right after a kill, when others may restart of their own accord, as
# programs do that shared the store with the dead one.
pids() {
	wait_for test -s "$state/run/$1.pid"
	cat "$state/run/$1.pid"
}

pid_of() {
	pids "$1" | sed -n "${2:-1}p"
}

# "STATE SESSION" of a process, whose name in front may hold blanks.
process() {
	sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f1,4
}

# A zombie is gone, whenever its parent may care to notice.
gone() {
	case $(process "$1") in '' | Z* | X*) ;; *) return 1 ;; esac
}

all_gone() {
	local pid
	for pid in "$@"; do
		gone "$pid" || return 1
	done
}

# All workers run again, and none of them is $1.
restarted() {
	local program=$1 old=$2 count=$3 now
	now=$(cat "$state/run/$program.pid" 2>/dev/null) || return 1
	[ "$(wc -l <<<"$now")" -eq "$count" ] &&
		! grep -qx "$old" <<<"$now" && kill -0 "${now##*$'\n'}"
}

answers() {
	api GET "$unknown"
	[ "$status" = 404 ] && api GET /api/contacts/bulk/new &&
		[ "$status" = 405 ]
}

in_session() {
	local folder
	for folder in /proc/[0-9]*; do
		case $(process "${folder#/proc/}") in
		[ZX]*) ;;
		*" $1") printf '%s\n' "${folder#/proc/}" ;;
		esac
	done
}

none_is_in_session() {
	[ -z "$(in_session "$1")" ]
}

# ---- what is there

start_instance
first=$state first_address=$address
like 'the line that says it is ready' "$(cat "$scratch/start")" \
	"http://$address/api/contacts  user bulk  password in $state/credentials"
is 'two workers a socket' "$(pids fcgi | wc -l)" 4
ok 'both sockets answer' answers
is 'credentials are secret' "$(stat -c %a "$state/credentials")" 600
is 'the folder is secret' "$(stat -c %a "$state")" 700
if [ "$(id -u)" -eq 0 ]; then
	ok 'root is given up' test "$(stat -c %u "/proc/$(pid_of fcgi)")" -ne 0
fi
if [ "$(id -u)" -eq 0 ]; then
	is 'no descriptor is passed on' \
		"$(find "/proc/$(pid_of jobrunner)/fd" -type l \
			-lname 'socket:*' | wc -l)" 0
else
	skip 'no descriptor is passed on' 'confined programs show root alone'
fi

# ---- restarts

# What wakes the runner makes it see that somebody died, and end for it.
for n in 1 2 3 4 1 2 3 4; do
	old=$(pid_of fcgi "$n")
	kill -KILL "$old"
	api POST /api/contacts/bulk/new -H 'Content-Type: application/json' \
		-d '[]'
	ok "worker $n is restarted" wait_for restarted fcgi "$old" 4
	ok 'and serves' wait_for answers
done
is 'nobody waits longer for the death of others' \
	"$(grep ' ended ' "$state/log/supervisor.log" |
		grep -v ' again_ms=20 ')" ''
# Whoever is to be killed at the recovery answers until then.
for program in jobrunner nginx; do
	wait_for all_started
	old=$(pid_of "$program")
	kill -KILL "$old"
	ok "$program is restarted" wait_for restarted "$program" "$old" 1
	wait_for all_started
	ok 'and all answers' wait_for answers
	ok 'nothing of the old one is left' wait_for none_is_in_session "$old"
done

# ---- one instance a folder, many on a machine

ok 'a second start of the folder is refused' \
	sh -c "! '$top_srcdir/supervisor/instance' --build '$top_builddir' \
	--listen $address --state '$state' --detach 2>'$scratch/error'"
like 'with a reason' "$(cat "$scratch/error")" '*runs already*'
ok 'and harms nothing' answers

instances+=("$scratch/taken") # should it start all the same
ok 'a port that is taken is an error' \
	sh -c "! '$top_srcdir/supervisor/instance' --build '$top_builddir' \
	--listen $address --state '$scratch/taken' --detach 2>'$scratch/error'"
like 'that names it' "$(tail -n 1 "$scratch/error")" "*$address is in use"

start_instance --user 'ann:"a\b: c' --set 'base_path = /crm' \
	--set max_body=1M
second=$state second_address=$address
unknown=/crm$unknown
is 'a chosen user' "$user" ann
api GET "$unknown"
is 'another beside it answers, below its base path' "$status" 404
# shellcheck disable=SC2016 # a pattern of dollars
ok 'with a hash that is slow to guess' grep -q '^ann:\$6\$' \
	"$state/run/htpasswd"
head -c 1100000 /dev/zero >"$scratch/big"
api POST /crm/api/contacts/bulk/new --data-binary "@$scratch/big"
is 'the size limit is that of the configuration' "$status" 413
api GET /api/contacts/bulk/new
is 'nothing outside the base path' "$status" 404
unknown=${unknown#/crm}

# ---- errors that nginx makes

address=$first_address
use_instance "$first"
shape() {
	is "$1 is JSON" "$(header Content-Type)" application/json
	is "$1 has the one shape" \
		"$(jq -r '.errors[0] | [keys_unsorted[], .code] | join(" ")' \
			"$body")" "code message details type $1"
	is "$1 is not cached" "$(header Cache-Control)" no-store
}
api GET /nowhere
shape 404
api GET "$unknown" -u "$user:wrong"
shape 401
is 'one challenge' "$(header WWW-Authenticate | wc -l)" 1
is 'the text of 401' "$(jq -r '.errors[0].message' "$body")" \
	'API authorization denied.'
api GET "/$(printf '%09000d' 0)"
shape 414
api GET / -H "X: $(printf '%09000d' 0)"
shape 400
for pid in $(pids fcgi); do kill -STOP "$pid"; done
(api GET "$unknown" && printf %s "$status" >"$scratch/answer") &
asking=$!
for pid in $(pids fcgi); do kill -KILL "$pid"; done
wait "$asking"
# In the queue of the socket it waits for the next worker; taken, it is lost.
like 'workers that die give an answer all the same' \
	"$(cat "$scratch/answer")" '@(404|503)'
ok 'and the next ones serve' wait_for answers

# ---- orphans

old=$(pid_of supervisor)
left=$(pids fcgi; pids jobrunner; pids nginx)
kill -KILL "$old"
# shellcheck disable=SC2086 # one word a pid
ok 'children end when the supervisor is killed' wait_for all_gone $left
ok 'the instance starts again' instance --listen "$address" \
	--state "$state" --detach
ok 'and answers' answers

# A child that cannot act on its SIGTERM is what an earlier life leaves.
old=$(pid_of supervisor)
orphan=$(pid_of jobrunner)
worker=$(in_session "$(pid_of nginx)" | grep -vx "$(pid_of nginx)" | head -n 1)
kill -STOP "$orphan"
kill -KILL "$old" "$(pid_of nginx)"
wait_for gone "$old"
ok 'a stopped orphan is left' kill -0 "$orphan"
ok 'and started over, with nginx workers left' instance \
	--listen "$address" --state "$state" --detach
ok 'the orphan is gone' gone "$orphan"
ok 'the nginx worker too' gone "$worker"
ok 'and all answers' answers

# A list that names a stranger must not end it, though it stands in the folder
# and is the same user's: its pid fits, its start time does not.
stop_instance
as_user=()
if [ "$(id -u)" -eq 0 ]; then
	as_user=(setpriv --reuid "$(stat -c %u "$state")" \
		--regid "$(stat -c %g "$state")" --clear-groups)
fi
(cd "$state" && exec setsid ${as_user[@]+"${as_user[@]}"} sleep 600) &
stranger=$!
printf '%d 1 nginx\n' "$stranger" >"$state/run/children"
chown --reference="$state" "$state/run/children"
ok 'start with a pid of a stranger in the list' instance \
	--listen "$address" --state "$state" --detach
ok 'the stranger lives' test -n "$(process "$stranger")"
kill "$stranger"

# ---- the end

left=$(pids fcgi; pids jobrunner; pids nginx; pids supervisor)
own=$(pid_of supervisor)
begun=$(date +%s%3N)
ok 'stop' stop_instance
diag "$(($(date +%s%3N) - begun)) ms"
is 'nobody had to be killed for it' \
	"$(grep -c ' warn kill ' "$state/log/supervisor.log")" 0
# It lets go of the folder in the course of its end, behind that of all others.
wait_for gone "$own"
# shellcheck disable=SC2086 # one word a pid
ok 'nothing is left running' all_gone $left
is 'no pid files or sockets are left' \
	"$(find "$state/run" -name '*.pid' -o -name '*.sock')" ''
ok 'stop where none runs' stop_instance
ok 'stop where nothing ever was' instance --state "$scratch/never" --stop
address=$second_address
use_instance "$second"
api GET "/crm$unknown"
is 'the other one did not notice' "$status" 404

# ---- in the foreground

"$top_srcdir/supervisor/instance" --build "$top_builddir" \
	--source "$top_srcdir" --listen "$first_address" --state "$first" \
	>"$scratch/foreground" 2>"$scratch/error" &
foreground=$!
address=$first_address
use_instance "$first"
ok 'in the foreground: ready' wait_for grep -q '^http' "$scratch/foreground"
kill -TERM "$foreground"
wait "$foreground"
is 'SIGTERM ends it with status 0' "$?" 0
ok 'and nothing holds the folder' flock -n "$state/run/lock" true

# ---- wrong use

for wrong in '--listen nowhere' '--listen 127.0.0.1:99999' '--user nobody' \
	'--user :x' '--set word' '--no-such-option' '--users /no/such/file' \
	'--state'; do
	# shellcheck disable=SC2086 # option and value
	instance $wrong --state "$scratch/wrong" 2>"$scratch/error" >&2
	is "status of $wrong" "$?" 2
	is 'and one line' "$(wc -l <"$scratch/error")" 1
done

done_testing
