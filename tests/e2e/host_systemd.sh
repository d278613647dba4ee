#!/bin/bash
# The units for systemd: that it takes them and finds little to reproach, and
# that what they let a program do is enough. There is no systemd here to run
# them, so their commands are run by hand, with sockets as systemd passes them,
# behind nginx with the site as it is installed.
# shellcheck disable=SC2119,SC2154,SC2317 # ok calls functions, lib.sh has names
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

for program in systemd-analyze systemd-socket-activate strace; do
	command -v "$program" >/dev/null || {
		printf '1..0 # SKIP %s is missing\n' "$program"
		exit 0
	}
done
if [ "$keeps_memory" = yes ]; then
	echo '1..0 # SKIP sanitizers call what programs do not'
	exit 0
fi
PATH=$PATH:/usr/sbin:/sbin

root=$scratch/root
state=$scratch/host
make_install() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$top_builddir" \
		DESTDIR="$root" install
}
make_install >"$scratch/output" 2>&1 || bail_out 'make install fails'
chmod -R go+rX "$root"
confdir=$(dirname "$(find "$root" -name contact-fields.json -path '*/etc/*')")
[ -d "$confdir" ] || bail_out 'where is the configuration?'

# ---- the units, as files

# The programs are not where the units say, but below $root.
units=$scratch/units
mkdir "$units"
for file in "$(dirname "$(find "$root" -name bulkcontacts.target)")"/*; do
	name=${file##*/}
	sed "s|^ExecStart=|&$root|" "$file" >"$units/${name/@./@1.}"
done
mapfile -t names < <(cd "$units" && ls)
is 'how many units there are' "${#names[@]}" 6

verify() {
	(cd "$units" && systemd-analyze verify --man=no "${names[@]}" 2>&1)
}
is 'systemd has nothing to say about them' "$(verify)" ''
sed -i 's/^ProtectSystem=/ProtectSystems=/' "$units/bulkcontacts-job@1.service"
like 'it would' "$(verify)" '*ProtectSystems*'
sed -i 's/^ProtectSystems=/ProtectSystem=/' "$units/bulkcontacts-job@1.service"

mapfile -t services < <(cd "$units" && ls ./*.service)
for service in "${services[@]}"; do
	ok "${service#./}: exposure is at most 0.7 of 10" \
		env -C "$units" systemd-analyze security --offline=true \
		--no-pager --threshold=7 "$service"
	# Processes of the same user are hidden by it, too, once they have
	# made themselves undumpable, and the store's gate would take them
	# for dead.
	is "${service#./}: services see each other" "$(grep -cE \
		'^(ProtectProc|ProcSubset|PrivatePIDs)=' "$units/$service")" 0
done
while read -r unit; do
	like "the target wants $unit, which there is" " ${names[*]} " \
		"* ${unit/@?/@1} *"
done < <(sed -n 's/^Wants=//p' "$units/bulkcontacts.target" | tr ' ' '\n')
sockets=$(sed -n 's/^ListenStream=//p' "$units"/*.socket | sort)
is 'the sockets are those that nginx looks for' "$sockets" "$(sed -n \
	's/.*unix:\(.*\);/\1/p' "$confdir/nginx/bulkcontacts.conf" | sort -u)"

# ---- the host: everything as one ordinary user

mkdir -m 755 "$state" "$state"/{run,log,nginx}
as_user=()
if [ "$(id -u)" -eq 0 ]; then
	chown nobody "$state"/{run,log}
	as_user=(setpriv --reuid nobody --regid "$(id -g nobody)"
		--clear-groups --)
fi

key=$(random_key)
printf 'alice:%s\n' "$(openssl passwd -6 "$key")" >"$state/htpasswd"
printf 'user = "alice:%s"\n' "$key" >"$state/run/curlrc"
chmod 644 "$state/htpasswd"
sed -e "s|^#\(store_dir =\).*|\1 $state/run/store|" \
	-e "s|^#\(socket_dir =\).*|\1 $state/run|" \
	-e "s|^#\(fields =\).*|\1 $confdir/contact-fields.json|" \
	-e "s|^#\(cache_size =\).*|\1 8M|" "$confdir/bulkcontacts.conf" \
	>"$state/bulkcontacts.conf"
chmod 644 "$state/bulkcontacts.conf"
address=127.0.0.1:$(free_port) || bail_out 'no free port'
url=http://$address
cp "$confdir"/nginx/* "$state/nginx"
sed -i -e "s|127\.0\.0\.1:8080|$address|" \
	-e "s|${confdir#"$root"}/htpasswd|$state/htpasswd|" \
	-e "s|${confdir#"$root"}/nginx|$state/nginx|" \
	-e "s|unix:.*/|unix:$state/run/|" "$state"/nginx/*
sed -e "s|include site.conf|include $state/nginx/bulkcontacts.conf|" \
	"$top_srcdir/nginx/nginx.conf.in" >"$state/nginx/nginx.conf"
chmod 644 "$state"/nginx/*

nginx_command=("${as_user[@]}" nginx -p "$state" -c nginx/nginx.conf
	-e log/nginx.log)
pids=()
end_host() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null
	wait
	finish
}
trap end_host EXIT

# command_of UNIT: its words
command_of() {
	sed -n 's/^ExecStart=//p' "$units/$1"
}

# Whether somebody takes connections at that socket: this flag says so. One of
# before, whose file is gone, may still be listed.
listens() {
	[ -S "$1" ] && grep -q " 00010000 .* $1\$" /proc/net/unix
}

# The program of a unit, its system calls noted, on its socket if it has one;
# strace stays out of the way, so that the process is the one systemd starts.
start_unit() {
	local unit=$1 work=$2 listen=()
	if [ "$work" != runner ]; then
		rm -f "$state/run/$work.sock"
		listen=(systemd-socket-activate -l "$state/run/$work.sock")
	fi
	traces=$((traces + 1))
	# shellcheck disable=SC2046 # words are what is meant
	"${as_user[@]}" "${listen[@]}" strace -D -qq -s 0 \
		-o "$state/log/calls.$traces" $(command_of "$unit") \
		-c "$state/bulkcontacts.conf" >>"$state/log/$work.log" 2>&1 &
	started=$!
	pids+=("$started")
	[ "$work" = runner ] || wait_for listens "$state/run/$work.sock" ||
		bail_out "nobody listens at $work.sock"
}
traces=0

nginx_says() {
	"${nginx_command[@]}" -t 2>&1
}
like 'nginx takes the site' "$(nginx_says)" '*test is successful*'

# changed NAME SED-SCRIPT: nginx takes the site with that change, for this time.
changed() {
	cp "$state/nginx/bulkcontacts.conf" "$scratch/site"
	sed -i "$2" "$state/nginx/bulkcontacts.conf"
	cmp -s "$state/nginx/bulkcontacts.conf" "$scratch/site"
	is "$1 changes the site" $? 1
	like "nginx takes it with $1" "$(nginx_says)" '*test is successful*'
	cat "$scratch/site" >"$state/nginx/bulkcontacts.conf"
}
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch \
	-keyout "$state/log/key.pem" -out "$state/log/cert.pem" \
	>"$scratch/output" 2>&1
chmod 644 "$state"/log/*.pem
sed -i -e "s|/etc/ssl/certs/api.*|$state/log/cert.pem;|" \
	-e "s|/etc/ssl/private/api.*|$state/log/key.pem;|" \
	-e "s|listen 443|listen $address|; /listen \[/d" "$state/nginx/tls.conf"
sed -i -e 's|https://mautic.example.org|https://127.0.0.1|' \
	-e "s|/etc/ssl/certs/ca-.*|$state/log/cert.pem;|" \
	"$state/nginx/verify_mautic.conf"
changed request_rate 's/^#rate#//'
changed frontend_secret_file 's/^#secret#//'
changed 'no accounts' 's/access_basic/access_anonymous/
	s/health_basic/access_anonymous/'
changed "Mautic's accounts" "s/access_basic/access_mautic/
	s/health_basic/access_anonymous/
	s|server_tokens off;|include $state/nginx/verify_mautic.conf;|"
changed TLS "s|listen .*|include $state/nginx/tls.conf;|"
"${nginx_command[@]}" -g 'daemon off;' >>"$state/log/nginx.out" 2>&1 &
pids+=($!)
start_unit bulkcontacts-jobrunner.service runner
start_unit bulkcontacts-submit@1.service submit
start_unit bulkcontacts-job@1.service job
worker=$started

# ---- the service

is_up() {
	api GET /readyz
	[ "$status" = 200 ]
}
ok 'the service answers' wait_for is_up
api GET "$api/jobs" -H Authorization:
is 'nobody without a password' "$status" 401
api GET "$api/jobs"
is 'who has one' "$status" 200
make_contacts host 450 >"$scratch/contacts.json"
submit POST "$scratch/contacts.json"
is 'a job is taken' "$status" 202
ok 'and completed' wait_for completed "$job"
is 'each contact is made' \
	"$(results "$job" | jq .statusCode | sort | uniq -c | tr -d ' ')" 450201

# A worker is killed, and another one finds a store to be recovered.
kill -9 "$worker"
wait "$worker" 2>/dev/null
start_unit bulkcontacts-job@1.service job
ok 'after a death the service answers' wait_for is_up
# Whoever held the store was ended for the recovery: systemd would start it.
for pair in submit:bulkcontacts-submit@1.service \
	runner:bulkcontacts-jobrunner.service; do
	start_unit "${pair#*:}" "${pair%%:*}"
done
ok 'all of it' wait_for is_up
submit PATCH "$scratch/contacts.json"
is 'and takes jobs' "$status" 202
ok 'which complete' wait_for completed "$job"
api DELETE "$api/job/$job"
is 'and are deleted' "$status" 200

# ---- the filter of the units

# members NAME...: the system calls of such lists
members() {
	local name
	for name in "$@"; do
		case $name in
		@*) # shellcheck disable=SC2046 # words
			members $(systemd-analyze syscall-filter "$name" |
				sed '1d; /^ *#/d') ;;
		*) printf '%s\n' "$name" ;;
		esac
	done
}

filters=$(sed -n 's/^SystemCallFilter=//p' "${services[@]/#/$units/}" | sort -u)
# shellcheck disable=SC2046 # words
filter=$(comm -23 \
	<(members @default $(grep -v '^~' <<<"$filters") | sort -u) \
	<(members $(sed -n 's/^~//p' <<<"$filters") | sort -u))
# execve of the program is systemd's own
calls=$(sed -n 's/^\([a-z0-9_]*\)(.*/\1/p' "$state"/log/calls.* |
	sort | uniq -c | sort -rn | sed 's/^ *[0-9]* //')
diag "system calls seen: $(tr '\n' ' ' <<<"$calls")"
like 'they were seen' " $(tr '\n' ' ' <<<"$calls")" '* fdatasync *'
is 'of each program that was started' "$(grep -l '^fdatasync\|^accept' \
	"$state"/log/calls.* | wc -l)" "$traces"
is 'no program calls what the units refuse' \
	"$(comm -23 <(sort <<<"$calls") <(printf '%s\n' "$filter"))" ''
is 'no memory is to be written and run' \
	"$(grep -hE 'PROT_WRITE\|PROT_EXEC' "$state"/log/calls.*)" ''
is 'no socket of another family' \
	"$(grep -hE '^socket\(' "$state"/log/calls.* | grep -v '(AF_UNIX')" ''

done_testing
