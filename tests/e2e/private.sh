#!/bin/bash
# What is nobody else's business: files and processes of an instance, accounts
# and contacts. Walks all of it, whatever it is called.
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

new=$api/bulk/new
edit=$api/bulk/edit
key=$(random_key)
chosen="correct horse \"battery\" \\staple $RANDOM"
printf '%s\n' "bulk:$key" "ann:$chosen" >"$scratch/users"

# ---- no password in a list of processes

# Names whatever process shows one of the passwords, now, in its arguments or
# its environment; not this one.
printf '%s\n' "$key" "$chosen" >"$scratch/passwords"
showing() {
	grep -laFf "$scratch/passwords" /proc/[0-9]*/cmdline \
		/proc/[0-9]*/environ 2>/dev/null
}
is_shown() {
	showing | grep -q .
}
env "MARK=$key" sleep 600 &
sleeper=$!
ok 'who shows a password would be seen' wait_for is_shown
kill "$sleeper"
wait "$sleeper" 2>/dev/null

# Many processes are gone at once: every program that the start may run, but
# for our own, writes down how it was started.
mkdir "$scratch/bin"
: >"$scratch/started"
chmod 711 "$scratch/bin"
chmod 666 "$scratch/started"
for name in bash cat chmod chown curl cut find flock getent grep head id mkdir \
	mktemp mv od openssl rm sed setpriv setsid sleep stat tail touch tr; do
	# shellcheck disable=SC2016 # the other shell expands it
	printf '#!/bin/sh\n{ echo "$0" "$@"; env; } >>%s\nexec %s "$@"\n' \
		"$scratch/started" "$(command -v "$name")" >"$scratch/bin/$name"
	chmod 755 "$scratch/bin/$name"
done
path=$PATH
PATH=$scratch/bin:$PATH
start_instance --users "$scratch/users" --set log_level=debug \
	--set max_contact_size=1K --set max_unfinished_jobs_per_user=1 \
	--set batch_size=1
PATH=$path
is 'no program of the start was given a password' \
	"$(grep -Ff "$scratch/passwords" "$scratch/started")" ''
ok 'though they were given something' grep -q '/openssl passwd -6' \
	"$scratch/started"
is 'and nothing that runs shows one' "$(showing)" ''
first=$state first_address=$address
# The ones of --user show, in script/server itself; not in what it starts.
start_instance --user "bulk:$key"
is 'nothing that runs shows one' "$(showing)" ''
stop_instance
address=$first_address
use_instance "$first"

# ---- logins, good and bad

unknown=$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21
for who in "bulk:$key" "ann:$chosen" "ann:$key" "nobody:$key" "$key:x"; do
	api GET "$unknown" -u "$who"
	api POST "$new?x=$RANDOM" -u "$who" -d '[]'
	printf '%s' "$who" | base64 -w 0 >>"$scratch/passwords"
	echo >>"$scratch/passwords"
done
sed -n 's/^[a-z]*://p' "$state/run/htpasswd" >>"$scratch/passwords"
# A name is no secret, even one that somebody took for the other field.
sed -i "/^$(printf %s "$key:x" | base64 -w 0)$/d" "$scratch/passwords"
is 'the last login failed' "$status" 401
# One unfinished job is all that a user may have here.
ok 'what the others sent completes' all_complete
ok 'failed ones are told' grep -q 'user "nobody" was not found' \
	"$state/log/nginx.log"
is 'but for those no log has a password' \
	"$(grep -rFf "$scratch/passwords" "$state/log" |
		grep -vF "user \"$key\" was not found")" ''

# ---- contacts in errors of every kind

mark=Qx7Zmark
contact="{\"email\":\"$mark@example.com\",\"firstname\":\"$mark\",\"$mark\":1}"
rm -f "$state"/log/*.log.[0-9]

# kind STATUS METHOD PATH BODY [CURL OPTION...]
kind() {
	local expected=$1 method=$2 path=$3 text=$4
	shift 4
	printf '%b' "$text" >"$scratch/text"
	api "$method" "$path" -H "Content-Type: $content_type" "$@" \
		--data-binary "@$scratch/text"
	is "$expected with a contact, $method ${text:0:20} ${*}" \
		"$status" "$expected"
	[ "$status" != 202 ] || wait_for completed "$(jq -r .id "$body")"
}
kind 202 POST "$new" "[$contact]"
kind 202 POST "$new" "[$contact,{\"email\":\"$mark\"},\"$mark\",[\"$mark\"]]"
kind 202 POST "$new" "[{\"email\":\"$mark\\\\ud800\"},{\"points\":\"$mark\"}]"
kind 202 POST "$new" "[{\"email\":\"$mark\\0377@example.com\"}]"
kind 202 POST "$new" "[{\"$mark\\\\u0000\":\"$mark\"}]"
kind 202 POST "$new" "[$contact]" -H 'Prefer: handling=strict'
kind 202 POST "$new" "[{\"city\":\"$mark$(printf '%02000d' 0)\"}]"
kind 202 POST "$new" "[{\"city\":\"$mark$(printf '%0300d' 0)\"}]"
kind 202 PATCH "$edit" "[{\"id\":1,\"country\":\"$mark\"},{\"id\":\"$mark\"}]"
kind 202 PUT "$edit" "[{\"id\":999,\"email\":\"$mark@example.com\"}]"
kind 202 PUT "$edit" "[{\"id\":1e999,\"firstname\":\"$mark\"}]"
content_type=application/x-www-form-urlencoded
kind 202 POST "$new" "0[email]=$mark&0[tags][]=$mark"
kind 400 POST "$new" "0[email]=$mark%%zz"
content_type=text/csv
kind 415 POST "$new" "[$contact]"
content_type=application/json
kind 400 POST "$new" "[$contact"
kind 400 POST "$new" "[{$mark:1}]"
kind 400 POST "$new" "\"$mark\""
kind 400 POST "$new" "$mark" -H 'Content-Encoding: gzip'
kind 403 POST "$new" "[$contact]" -H 'Origin: http://example.net'
kind 404 POST "$new/x" "[$contact]"
kind 405 PUT "$new" "[$contact]"
kind 401 POST "$new" "[$contact]" -u bulk:wrong
kind 202 POST "$new" "[$contact]" -H "Idempotency-Key: $mark"
kind 422 POST "$new" "[$contact,$contact]" -H "Idempotency-Key: $mark"
api GET "$api/jobs?$mark=$mark"
api GET "$unknown?details=1&page=$mark"
jq -nc --arg mark "$mark" '[range(10001) | {firstname: "\($mark)\(.)"}]' \
	>"$scratch/text"
api POST "$new" --data-binary "@$scratch/text"
is '413 with contacts' "$status" 413
jq -c '.[:3000]' "$scratch/text" >"$scratch/some"
hold_runner
submit POST "$scratch/some"
long=$job
submit POST "$scratch/some"
is '429 with contacts' "$status" 429
mv "$state/run/submit.sock" "$state/run/away"
submit POST "$scratch/some"
is '503 with contacts' "$status" 503
mv "$state/run/away" "$state/run/submit.sock"
free_runner
wait_for all_started
before=$(recovered_times)
kill -KILL "$(cat "$state/run/jobrunner.pid")"
is_told() {
	is_recovered "$before" && grep -q ' recovery reason=died' \
		"$state/log/fcgi.log" "$state/log/jobrunner.log"
}
ok 'a recovery with contacts' wait_for is_told
wait_for answers
api DELETE "$api/job/$long"
is 'a long job is deleted' "$status" 200
restart_instance --set log_level=debug
is 'no log has anything of a contact, a key or a query' \
	"$(grep -rlF "$mark" "$state/log")" ''
ok 'but logs there are' test "$(wc -l <"$state/log/fcgi.log")" -gt 50

# ---- files

ok 'a backup is made' cli store backup "$state/backup"
is 'all files are their owner'"'"'s alone' \
	"$(find "$state" ! -type l -perm /077)" ''
is 'nothing of it runs' "$(find "$state" -type f -perm /111)" ''
is 'and all has one owner' "$(find "$state" -printf '%U\n' | sort -u)" \
	"$(stat -c %u "$state")"
is 'sockets, pid files, logs, store, credentials: it was all there' \
	"$(cd "$state" && stat -c . run/submit.sock run/job.sock run/doorbell \
		run/fcgi.pid run/htpasswd run/site.conf run/access.conf \
		run/curlrc run/children log/fcgi.log log/nginx.log \
		store/gate store/slots store/reserve store/env/job.db \
		store/env/__db.001 backup/env/job.db credentials bulkcontacts.conf 2>&1 |
		sort -u)" .

# ---- processes

# The fields of /proc/PID/status by these names, of our programs.
field() {
	local pid
	while read -r pid; do
		sed -n "s/^$1:[[:blank:]]*//p" "/proc/$pid/status"
	done < <(cat "$state/run/fcgi.pid" "$state/run/jobrunner.pid") |
		sort -u
}
wait_for all_started
owner=$(stat -c %u "$state")
is 'programs run as the owner, who is not root' \
	"$(field Uid | tr '\t' ' ')" "$owner $owner $owner $owner"
ok 'which is not root' test "$owner" -ne 0
is 'they have no rights beside' "$(field CapEff) $(field CapPrm)" \
	'0000000000000000 0000000000000000'
is 'and gain none' "$(field NoNewPrivs)" 1
is 'what they make is their own' "$(field Umask)" 0077
if [ "$keeps_memory" = yes ] || ! grep -q '^#define HAVE_SECCOMP' \
	"$top_builddir/config.h"; then
	skip 'they are confined' 'built without seccomp'
else
	is 'they are confined' "$(field Seccomp)" 2
fi
is 'nothing was lacking for that' \
	"$(grep -h ' unconfined ' "$state"/log/*.log)" ''

# ---- started as root

if [ "$(id -u)" -ne 0 ]; then
	skip 'root gives itself up' 'only root can'
	done_testing
fi
is 'root'"'"'s groups are given up' "$(field Groups)" ''
mkdir "$scratch/root"
for account in '' root 0 bulkcontacts-nobody; do
	printf '%s\n' "store_dir = $scratch/root/store" \
		"socket_dir = $scratch/root" "user = $account" \
		"fields = $top_srcdir/data/contact-fields.json" \
		>"$scratch/root.conf"
	for program in fcgi-app/bulkcontacts-fcgi 'cli/bulkcontacts' \
		'jobrunner/bulkcontacts-jobrunner'; do
		options=()
		[ "$program" != cli/bulkcontacts ] || options=(contact count)
		"$top_builddir/$program" -c "$scratch/root.conf" \
			${options[@]+"${options[@]}"} >"$scratch/refusal" 2>&1
		is "user = $account is refused by ${program#*/}" "$?" 2
		like 'with a reason' "$(cat "$scratch/refusal")" '*user *'
	done
done
is 'and nothing was made' "$(find "$scratch/root" -mindepth 1)" ''
"$top_builddir/supervisor/bulkcontacts-supervisor" --dir "$scratch/root" \
	--bin "$top_builddir" >"$scratch/refusal" 2>&1
is 'the supervisor refuses, too' "$?" 1

# ---- another pid namespace

inside() {
	unshare --pid --fork --mount-proc setpriv \
		--reuid "$owner" --regid "$(stat -c %g "$state")" \
		--clear-groups -- "$top_builddir/cli/bulkcontacts" \
		-c "$state/bulkcontacts.conf" contact count
}
if ! unshare --pid --fork --mount-proc true 2>/dev/null; then
	skip 'a store of another pid namespace' 'there can be none'
	done_testing
fi
inside >"$scratch/refusal" 2>&1
is 'a store that others use in another pid namespace is refused' "$?" 1
like 'with a reason' "$(cat "$scratch/refusal")" \
	'*reason=another-pid-namespace*'
ok 'and they go on' answers
is 'without a recovery' "$(grep -c 'reason=namespace' \
	"$state/log/fcgi.log")" 0
stop_instance
ok 'when nobody uses it any more it can be used there' inside

done_testing
