#!/bin/bash
# lighttpd in front of workers that spawn-fcgi and multiwatch keep alive, on a
# host without systemd.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"
# shellcheck source=tests/e2e/lib_host.sh
. "${top_srcdir:-.}/tests/e2e/lib_host.sh"
PATH=$PATH:/usr/sbin:/sbin
needs lighttpd spawn-fcgi multiwatch start-stop-daemon

service() {
	host "$home/service" "$@"
}

end() {
	[ ! -x "$home/service" ] || service stop
	finish_hosts
}
trap end EXIT

# The runner is at it.
work() {
	:
}

processes() {
	grep -lzs "^$state/sbin/bulkcontacts-" /proc/[0-9]*/cmdline |
		cut -d/ -f3
}

is_taken() {
	submit POST "$scratch/three"
	[ "$status" = 202 ]
}

logs_again() {
	answers && [ -s "$state/log/bulkcontacts.log" ]
}

# Those that multiwatch $1 has now.
children() {
	local pid
	pid=$(cat "$state/run/$1.pid")
	cat "/proc/$pid/task/$pid/children"
}

count_is() {
	[ "$(children "$1" | wc -w)" -eq "$2" ]
}

# Whose requests the paths that match were.
served() {
	sed -n "s|^[^ ]* \(fcgi\[[0-9]*\]\) .* path=$1 .*|\1|p" \
		"$state/log/bulkcontacts.log" | sort -u
}

write_server_conf() {
	cat <<-END
		server.document-root = "$home/www"
		server.port = ${address##*:}
		server.bind = "127.0.0.1"
		server.errorlog = "$home/lighttpd.log"
		server.upload-dirs = ( "$home/upload" )
		mimetype.assign = ( ".html" => "text/html" )
		include "$home/bulkcontacts.conf"
	END
}

make_home
mkdir "$home/www" "$home/upload"
cp -r "$top_srcdir/dist/lighttpd/errors" "$state/"
address=127.0.0.1:$(free_port)
url=http://$address
sample lighttpd/bulkcontacts.conf | sed 's/= 66000/= 2500/' \
	>"$home/bulkcontacts.conf"
write_server_conf >"$home/lighttpd.conf"
sample spawn-fcgi/bulkcontacts |
	sed "s|^defaults=.*|defaults=$home/defaults|" >"$home/service"
chmod 755 "$home/service"
cat >"$home/defaults" <<END
bin=$state/sbin
sbin=$state/sbin
conf=$state/bulkcontacts.conf
run=$state/run
END
[ ${#become[@]} -eq 0 ] || chown -R nobody "$home"

# ---- the service

is 'it does not run' "$(service status; echo $?)" 'submit does not run
3'

# One of an earlier start that nobody has waited for: bash would have, so its
# child ends only once it is no bash any more.
cp "$(type -P sleep)" "$scratch/multiwatch"
# shellcheck disable=SC2016 # the other shell expands it
bash -c '"$1" infinity & echo $! >"$2"; exec sleep infinity' sh \
	"$scratch/multiwatch" "$scratch/zombie" &
parent=$!
are_started() {
	[ "$(cat "/proc/$parent/comm")" = sleep ] &&
		zombie=$(cat "$scratch/zombie") &&
		[ "$(cat "/proc/$zombie/comm")" = multiwatch ]
}
wait_for are_started || bail_out 'neither started'
kill "$zombie"
is_zombie() {
	grep -qs '^State:.Z' "/proc/$zombie/status"
}
ok 'there is a zombie' wait_for is_zombie
install -m 644 "$scratch/zombie" "$state/run/submit.pid"
is 'a zombie does not run' "$(service status; echo $?)" \
	'submit does not run
3'
kill "$parent"
wait "$parent" 2>/dev/null
rm "$state/run/submit.pid"
ok 'it starts' service start
start_host lighttpd lighttpd -D -f "$home/lighttpd.conf"
wait_for answers || bail_out "it does not serve: $(cat "$home/lighttpd.log")"
ok 'its status is good' wait_for service status
is 'it does not start twice' "$(service start 2>&1; echo $?)" \
	"bulkcontacts: submit runs already, as process $(cat "$state/run/submit.pid")
1"

check_session

# ---- what is lighttpd's alone

for file in "$top_srcdir"/dist/lighttpd/errors/*.html; do
	is "${file##*/}: a page of an error" "$(jq -c '.errors[0].code' "$file")" \
		"$(basename "$file" .html)"
done
for path in /healthz /readyz; do
	api GET "$path" -H Authorization:
	is "$path without a password" "$status $(header Content-Type)" \
		'200 application/json'
done
head -c 3000000 /dev/zero >"$scratch/large"
submit POST "$scratch/large"
is 'a body beyond what lighttpd allows' \
	"$status $(header Content-Type) $(jq '.errors[0].code' "$body")" \
	'413 application/json 413'
api GET /other
is 'other paths are not ours' "$status $(header Content-Type)" \
	'404 text/html'
served "$api/bulk/[a-z]*" >"$scratch/submits"
served "$api/job/.*" >"$scratch/others"
ok 'submits have been served' test -s "$scratch/submits"
ok 'and jobs' test -s "$scratch/others"
is 'by workers of their own' \
	"$(comm -12 "$scratch/submits" "$scratch/others")" ''

# ---- whatever dies is started again

for name in submit job jobrunner; do
	# shellcheck disable=SC2046 # several
	kill -KILL $(children "$name")
	ok "$name: what is killed is started again" wait_for answers
	ok "$name: and takes jobs" wait_for is_taken
	ok "$name: and a job completes" wait_for completed "$job"
done
ok 'there are two workers for submits' wait_for count_is submit 2
ok 'and two for everything else' wait_for count_is job 2
ok 'and one runner' wait_for count_is jobrunner 1

# ---- logs, and the end

mv "$state/log/bulkcontacts.log" "$state/log/old"
ok 'logs are opened anew' service reload
ok 'by all' wait_for logs_again
ok 'nobody dies of it' service status
stop_host lighttpd
ok 'it stops' service stop
is 'nothing runs any more' "$(processes)" ''
is 'nothing is left' "$(ls "$state/run")" 'curlrc
doorbell'
ok 'it stops, whether it runs or not' service stop
printf 'log = stderr\n' >"$scratch/conf"
sed '/^log /d' "$state/bulkcontacts.conf" >>"$scratch/conf"
cp "$scratch/conf" "$state/bulkcontacts.conf"
like 'it does not log to nobody' "$(service start 2>&1; echo $?)" \
	'*nobody here reads stderr*1'
printf 'logs = x\n' >"$state/bulkcontacts.conf"
like 'a wrong configuration is told' "$(service start 2>&1; echo $?)" \
	'*unknown key*1'
is 'and starts nothing' "$(processes)" ''

done_testing
