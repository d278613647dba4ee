#!/bin/bash
# "bulkcontacts job submit --url": the same over HTTP, to a real service behind
# a real nginx.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

out=$scratch/out
err=$scratch/err
file=$scratch/file
account=$scratch/account
port=$(free_port)

# Leaves $code, and the files $out and $err. The catalogue is the instance's.
program() {
	code=0
	"$top_builddir/cli/bulkcontacts" -c "$state/bulkcontacts.conf" "$@" \
		>"$out" 2>"$err" || code=$?
}

submit() {
	program job submit --url "$url" --credentials "$account" --json "$@"
}

# NAME PATTERN OPTION...: with that line, and nothing is queued.
refused() {
	local name=$1 pattern=$2
	shift 2
	program job submit --json "$@" "$file"
	is "$name: status" "$code" 1
	like "$name: says it" "$(cat "$err")" "bulkcontacts: $pattern"
	is "$name: nothing is queued" "$(cli job list --json)" '{"jobs":[]}'
}

# Begins it; leaves $pid.
begin_submit() {
	# a shell's background jobs ignore SIGINT
	env --default-signal=INT,QUIT "$top_builddir/cli/bulkcontacts" \
		-c "$state/bulkcontacts.conf" job submit --url "$url" \
		--credentials "$account" --json "$@" >"$out" 2>"$err" &
	pid=$!
}

end_submit() {
	code=0
	wait "$pid" || code=$?
}

start_instance --user "ann:$(random_key)" --set max_contacts=100
grep '^ann:' "$state/credentials" >"$account"

# ---- what is refused

printf 'email\na@b.co\n' >"$file"
chmod 640 "$account"
refused 'a file that others can read' "others can read $account: chmod 600*" \
	--url "$url" --credentials "$account"
chmod 600 "$account"
printf 'ann\n' >"$scratch/none"
refused 'a file without a password' "*no NAME:PASSWORD*" \
	--url "$url" --credentials "$scratch/none"
printf 'ann:wrong\n' >"$scratch/wrong"
refused 'a wrong password' 'the service says 401*' \
	--url "$url" --credentials "$scratch/wrong"
refused 'no account' 'the service says 401*' --url "$url"
refused 'an account in the URL' '*--credentials FILE' \
	--url "http://ann:secret@$address"
refused 'a password in the clear' '*use https://' \
	--url http://192.0.2.1 --credentials "$account"
refused 'another scheme' '*no http:// or https:// URL' --url "ftp://$address"
refused 'nobody there' 'the service does not answer*' \
	--url "http://127.0.0.1:$port" --credentials "$account"
refused 'not the service' 'the service says 4*' \
	--url "http://$address/elsewhere" --credentials "$account"

# ---- jobs

{
	echo 'email,points'
	for n in {1..250}; do
		case $n in
		7 | 107 | 250) echo "bad,$n" ;;
		*) echo "p$n@example.com,$n" ;;
		esac
	done
} >"$file"
submit --failed "$scratch/failed" "$file"
is 'three jobs' "$(jq -c '[.jobs[] | [.status, .first, .total, .created,
	.failed]]' "$out")" '[["completed",0,100,99,1],["completed",100,100,99,1],["completed",200,50,49,1]]'
is 'failures are a failure' "$code" 1
is 'what failed' "$(cat "$scratch/failed")" 'email,points,error
bad,7,line 8: email: A valid email is required.
bad,107,line 108: email: A valid email is required.
bad,250,line 251: email: A valid email is required.'
is 'each contact once' "$(cli contact count)" 247
jq -c '[.jobs[].id]' "$out" >"$scratch/ids"
url=$url/api/contacts submit "$file"
ok 'the same command sends nothing twice' cmp "$scratch/ids" \
	<(jq -c '[.jobs[].id]' "$out")
program job submit --user ann --json "$file"
ok 'nor does the store itself' cmp "$scratch/ids" \
	<(jq -c '[.jobs[].id]' "$out")
printf 'id,points\n1,1000\n' >"$file"
submit --edit patch --wait "$file"
is 'an edit' "$code $(cli contact show 1 | jq -c '[.email, .points]')" \
	'0 ["p1@example.com",1000]'
printf '{"email":"%s"}\n' {1..450} >"$file"
submit --failed "$scratch/failed" "$file"
is 'pages of failures' "$(sed 's/.*line \([0-9]*\):.*/\1/' "$scratch/failed" |
	paste -sd' ')" "$(seq 450 | paste -sd' ')"

# ---- a quota that is full, and a service that goes away

again() {
	restart_instance --user "$(cat "$account")" --set max_contacts=10 \
		--set max_unfinished_jobs_per_user=1
}
again
before=$(cli contact count)
{
	echo firstname
	seq 20
} >"$file"
hold_runner
begin_submit "$file"
ok 'a 429 is waited for' wait_for grep -q 'trying again' "$err"
like 'as long as the service says' "$(tail -n 1 "$err")" \
	'*the service says 429: Quota exceeded: too many unfinished jobs.: waiting, trying again every 10 s'
kill -INT "$pid"
end_submit
is 'Ctrl-C ends it' "$code" 130
like 'and it says how far it came' "$(tail -n 1 "$err")" \
	'*10 of 20 contacts are queued: the same command goes on*'
begin_submit --wait "$file"
ok 'it goes on' wait_for grep -q 'trying again' "$err"
free_runner
end_submit
is 'to the end' "$code $(jq -c '[.jobs[].created]' "$out")" '0 [10,10]'
is 'each contact is there once' "$(cli contact count)" $((before + 20))

cli drain >"$scratch/drain"
{
	echo firstname
	seq 3
} >"$file"
begin_submit --wait "$file"
ok 'a 503 is waited for' wait_for grep -q 'says 503' "$err"
kill -KILL "$pid"
end_submit
cli resume >"$scratch/drain"
submit --wait "$file"
is 'and the next run does it' "$code $(jq -c '[.jobs[].created]' "$out")" \
	'0 [3]'

hold_runner
printf 'firstname\nlast\n' >"$file"
begin_submit --wait "$file"
ok 'a job is followed' wait_for grep -q '^queued' "$err"
stop_instance
ok 'and the service goes away' wait_for grep -q 'does not answer' "$err"
again
end_submit
is 'until it is back and done' "$code $(jq -c '[.jobs[].created]' "$out")" \
	'0 [1]'

# ---- TLS

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
	-subj /CN=localhost -addext subjectAltName=DNS:localhost \
	-keyout "$state/run/tls.key" -out "$state/run/tls.pem" 2>"$scratch/tls"
tls="listen 127.0.0.1:$port ssl; ssl_certificate tls.pem;"
sed -i "s|listen .*;|& $tls ssl_certificate_key tls.key;|" \
	"$state/run/site.conf"
chown --reference="$state/run/htpasswd" "$state/run/site.conf" \
	"$state/run/tls.key" "$state/run/tls.pem"
cp "$state/run/tls.pem" "$scratch/ca.pem"
kill -HUP "$(cat "$state/run/nginx.pid")"
listens() {
	# shellcheck disable=SC2188 # only whether it opens
	(: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null
}
ok 'nginx speaks TLS' wait_for listens
printf 'firstname\nTLS\n' >"$file"
secure=https://localhost:$port
cd "$scratch" || exit
program job submit --url "$secure" --credentials account --json file
is 'a certificate that nobody vouches for' "$code" 1
like 'is said' "$(cat "$err")" '*does not answer: *certificate*'
program job submit --url "$secure" --credentials account --cacert ca.pem \
	--wait --json file
is 'one that somebody does' "$code $(jq -c '[.jobs[].created]' "$out")" '0 [1]'
program job submit --url "https://127.0.0.1:$port" --credentials account \
	--cacert ca.pem --json file
like 'for another name' "$code $(cat "$err")" '1 *does not answer: *'

! grep -rqsF "$(cut -d: -f2 "$account")" "$state/log"
is 'the password is in no log' $? 0
done_testing
