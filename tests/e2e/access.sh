#!/bin/bash
# Who is believed to be whom: every way of access that nginx/ has, with a real
# nginx, and clients that lie.
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

denied='API authorization denied.'
key=$(random_key)
lies=(-H 'REMOTE_USER: boss' -H 'REMOTE-USER: boss' -H 'Remote-User: boss'
	-H 'X-Remote-User: boss' -H 'X-Forwarded-User: boss'
	-H 'HTTP_REMOTE_USER: boss' -H 'Proxy: http://127.0.0.1:9'
	-H 'Proxy-Authorization: Basic Ym9zczpib3Nz' -H 'X-Original-URL: /'
	-H 'BULKCONTACTS_SECRET: x' -H 'Cookie: REMOTE_USER=boss')

# ---- what the program was told

random_path() {
	printf '%s/job/%s' "$api" "$(cat /proc/sys/kernel/random/uuid)"
}

# As whom the program served that path; "" if it was not asked at all.
user_of() {
	sed -n "s|.* path=$1 .* user=\([^ ]*\) .*|\1|p" "$state/log/fcgi.log"
}

# No credentials; -u and other headers Authorization are some.
none=(-H Authorization:)

# asks NAME STATUS USER CURL OPTION...: for a job that nobody has.
asks() {
	local name=$1 expected=$2 believed=$3 path
	shift 3
	path=$(random_path)
	api GET "$path" "$@"
	is "$name" "$status $(user_of "$path")" "$expected $believed"
}

# is_shut NAME CURL OPTION...: nobody comes in by any of the locations.
is_shut() {
	local name=$1 method path
	shift
	while read -r method path; do
		refused "$name: $method $path" 401 "$denied" "$method" "$path" \
			"$@"
	done <<-END
		POST $api/bulk/new
		PUT $api/bulk/edit
		GET $api
		GET $api/jobs
		GET $api/1
		GET $(random_path)
		DELETE $(random_path)
		GET $api/healthz
		GET /metrics
	END
}

# health_is_one_word NAME CURL OPTION...: the one way in without an account.
health_is_one_word() {
	local name=$1
	shift
	api GET /readyz "$@" "${lies[@]}"
	is "$name: readiness is one word" "$(cat "$body")" \
		'{"status":"ready"}'
	is "$name: nobody is believed there" \
		"$(user_of /readyz | sort -u)" -
}

# ---- nginx with other files

nginx_workers() {
	local master
	master=$(cat "$state/run/nginx.pid")
	tr ' ' '\n' <"/proc/$master/task/$master/children"
}

none_runs() {
	local pid
	for pid in "$@"; do
		! kill -0 "$pid" 2>/dev/null || return 1
	done
}

reload() {
	local old
	mapfile -t old < <(nginx_workers)
	kill -HUP "$(cat "$state/run/nginx.pid")"
	wait_for none_runs "${old[@]}"
}

# sample NAME SED OPTION...
sample() {
	local name=$1
	shift
	sed "$@" "$top_srcdir/nginx/$name" >"$state/run/$name"
}

certificate() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-days 2 -subj "/CN=$1" -addext "subjectAltName=DNS:$1" \
		-keyout "$state/run/$1.key" -out "$state/run/$1.pem"
}

# ---- accounts of nginx

boss=boss:$(random_key)
start_instance --user "bulk:$key" --user "$boss" --set admins=boss
asks 'basic: an account' 404 bulk -u "bulk:$key"
asks 'basic: an account that lies' 404 bulk -u "bulk:$key" "${lies[@]}"
is_shut 'basic: no password' "${none[@]}" "${lies[@]}"
is_shut 'basic: a wrong password' -u bulk:wrong "${lies[@]}"
hash=$(sed -n 's/^bulk://p' "$state/run/htpasswd")
for who in bulk: "boss:$key" ":$key" "Bulk:$key" "bulk :$key" "bulk:$key " \
	"nobody:$key" "bulk:$hash" "bulk:${key:0:16}"; do
	asks "basic: $who" 401 '' -u "$who"
done
basic=$(printf %s "bulk:$key" | base64)
for header in "Bearer $basic" "Basic" "Basic =$basic" \
	"Negotiate $basic" 'Basic Ym9zcw==' 'Basic !!!!' "Digest username=bulk"; do
	asks "basic: $header" 401 '' -H "Authorization: $header"
done
asks 'basic: two headers' 400 '' -H "Authorization: Basic $basic" \
	-H 'Authorization: Basic Ym9zczpib3Nz'
health_is_one_word basic "${none[@]}"
health_is_one_word basic -H 'Authorization;'
refused 'basic: a password for health is checked' 401 "$denied" GET /readyz \
	-u boss:wrong "${lies[@]}"
refused 'basic: another kind, too' 401 "$denied" GET /readyz \
	-H "Authorization: Bearer $(printf %s "$boss" | base64)"
api POST "$api/bulk/new" -d '[]'
job=$(jq -r .id "$body")
restart_instance --set admins=boss --set min_free_disk=1024T
for who in "${none[1]}" "Authorization: Basic $basic" \
	"Authorization: Basic $(printf %s "$boss" | base64)"; do
	api GET /readyz -H "$who" "${lies[@]}"
	printf '%s %s\n' "$status" "$(jq -c .reason "$body")"
done >"$scratch/reasons"
is 'basic: the reason is for admins' "$(paste -sd, "$scratch/reasons")" \
	'503 null,503 null,503 "disk"'
stop_instance

# ---- no accounts

instance --listen "$address" --state "$state" --detach \
	--set anonymous=yes >"$scratch/start" 2>&1 || bail_out 'no start'
asks 'anonymous: nobody' 404 - "${none[@]}"
asks 'anonymous: a name' 404 - -u boss:boss "${lies[@]}"
health_is_one_word anonymous -u boss:wrong
api GET "$api/job/$job" -u "bulk:$key"
is 'anonymous: a job of a user is not his any more' "$status" 404
stop_instance

# ---- accounts of Mautic, and TLS

instance --listen "$address" --state "$state" --detach \
	--set admins=boss >"$scratch/start" 2>&1 || bail_out 'no start'
port=$(free_port)
tls_port=$(free_port)
ok 'a certificate of Mautic' certificate mautic.example.org
ok 'a certificate of ours' certificate api.example.org
chown -R --reference="$state/run/htpasswd" "$state/run"
cp "$state/run/htpasswd" "$state/run/mautic_users"
chmod 644 "$state/run/mautic_users"
printf '{"id":1,"username":"x"}' >"$state/run/self"
chmod 644 "$state/run/self"
code() {
	# shellcheck disable=SC2016 # the variable is nginx's
	printf 'if ($http_authorization = "Basic %s") { return %d; }\n' \
		"$(printf %s "$1" | base64)" "$2"
}
# A Mautic that writes down what it hears.
sed -i '$d' "$state/run/nginx.conf"
cat >>"$state/run/nginx.conf" <<END
log_format heard '\$request|\$http_host|\$http_cookie\$http_remote_user'
	'\$http_x_remote_user\$content_length\$content_type|\$remote_user';
server {
	listen 127.0.0.1:$port ssl;
	server_name mautic.example.org;
	ssl_certificate mautic.example.org.pem;
	ssl_certificate_key mautic.example.org.key;
	location = /api/users/self {
		$(code moved:x 302)
		$(code forbidden:x 403)
		$(code broken:x 500)
		$(code slow:x 503)
		auth_basic "Mautic";
		auth_basic_user_file mautic_users;
		access_log log/mautic.log heard;
		alias run/self;
	}
}
}
END
sample verify_mautic.conf -e "s|https://mautic.example.org|https://127.0.0.1:$port|" \
	-e 's|/etc/ssl/certs/ca-certificates.crt|mautic.example.org.pem|'
sample access_mautic.conf -e ''
sample tls.conf -e "s|443|$tls_port|" -e '/\[::\]/d' \
	-e 's|/etc/ssl/[a-z]*/||' -e "s|listen |&127.0.0.1:|"
sample access_anonymous.conf -e ''
sed -i -e 's|include access.conf|include access_mautic.conf|' \
	-e 's|include health.conf|include access_anonymous.conf|' \
	-e 's|server_tokens off;|& include verify_mautic.conf;|' \
	"$state/run/site.conf"
chown -R --reference="$state/run/htpasswd" "$state/run"
reload

asks 'mautic: an account' 404 bulk -u "bulk:$key"
asks 'mautic: an account that lies' 404 bulk -u "bulk:$key" "${lies[@]}"
is 'mautic: the verifier hears of the credentials alone' \
	"$(tail -n 1 "$state/log/mautic.log")" \
	'GET /api/users/self HTTP/1.1|mautic.example.org|-----|bulk'
api POST "$api/bulk/new?access_token=x" -d '[]' "${lies[@]}"
is 'mautic: a submit' "$status" 202
is 'mautic: nor of the body' "$(tail -n 1 "$state/log/mautic.log")" \
	'GET /api/users/self HTTP/1.1|mautic.example.org|-----|bulk'
is_shut 'mautic: no password' "${none[@]}" "${lies[@]}"
is 'mautic: its challenge is passed on' "$(header WWW-Authenticate)" \
	'Basic realm="Mautic"'
is_shut 'mautic: a wrong password' -u boss:wrong "${lies[@]}"
asks 'mautic: a token, which names nobody' 401 '' \
	-H "Authorization: Bearer $basic"
asks 'mautic: it forbids' 403 '' -u forbidden:x
for who in moved:x broken:x slow:x; do
	asks "mautic: no answer that counts, $who" 503 '' -u "$who"
done
is 'mautic: says when to come back' "$(header Retry-After)" 1
health_is_one_word mautic -u boss:wrong
health_is_one_word mautic -u "$boss"
cp "$state/run/api.example.org.pem" "$state/run/mautic.example.org.pem"
cp "$state/run/api.example.org.key" "$state/run/mautic.example.org.key"
reload
asks 'mautic: one that is not Mautic is not asked' 503 '' -u "bulk:$key"

# ---- TLS

sed -i 's|listen .*;|include tls.conf;|' "$state/run/site.conf"
sed -i 's|include access_mautic.conf|include access.conf|' \
	"$state/run/site.conf"
reload
plain=$url
secure=(--cacert "$state/run/api.example.org.pem"
	--connect-to "api.example.org:$tls_port:127.0.0.1:$tls_port")
url=https://api.example.org:$tls_port
asks 'TLS: an account' 404 bulk -u "bulk:$key" "${secure[@]}"
like 'TLS: of HTTP/2' "$(head -n 1 "$headers")" 'HTTP/2 404*'
api POST "$api/bulk/new" -d '[]' "${secure[@]}" --http1.1
is 'TLS: a submit' "$status" 202
api POST "$api/bulk/new" -d '[]' "${secure[@]}" --http2
is 'TLS: a submit by HTTP/2' "$status" 202
for version in --http1.1 --http2; do
	api POST "$api/bulk/new" -d '[]' "${secure[@]}" "$version" \
		-H "Origin: $url"
	is "TLS: a page of ours, $version" "$status" 202
	refused "TLS: a page of others, $version" 403 '*' POST "$api/bulk/new" \
		-d '[]' "${secure[@]}" "$version" \
		-H 'Origin: https://example.org'
done
is_shut 'TLS: a wrong password' -u bulk:wrong "${secure[@]}"
api GET / --connect-to "api.example.org:$tls_port:127.0.0.1:$tls_port"
is 'TLS: a certificate that nobody signed is none' "$status" 000
api GET / "${secure[@]}" --tls-max 1.1
is 'TLS: 1.1 is too old' "$status" 000
url=http://127.0.0.1:$tls_port
refused 'TLS: no plain HTTP there' 400 'This is not a valid HTTP request.' \
	GET /
url=$plain
api GET /
is 'TLS: no port without' "$status" 000
stop_instance

# ---- who else reaches the sockets

if ! command -v python3 >/dev/null; then
	skip 'frontend_secret_file' 'python3 is missing'
	done_testing
fi

# The first line of the answer to a GET by boss, with more parameters.
direct() {
	(cd "$state/run" && python3 "$top_srcdir/tests/e2e/ask.py" "$1.sock" \
		REQUEST_METHOD=GET "DOCUMENT_URI=$api/jobs" \
		REMOTE_USER=boss "${@:2}") | tr -d '\r' |
		tee "$scratch/direct" | sed -n 1p
}

secret=$(random_key)
printf '%s\n' "$secret" >"$state/secret"
chown --reference="$state" "$state/secret"
chmod 600 "$state/secret"
instance --listen "$address" --state "$state" --detach \
	--set admins=boss --set frontend_secret_file=secret \
	>"$scratch/start" 2>&1 || bail_out "$(cat "$scratch/start")"
for socket in submit job; do
	is "secret: not shown, $socket" "$(direct "$socket")" \
		'Status: 403 Forbidden'
	like 'and nothing is told' "$(tail -n 1 "$scratch/direct")" \
		'{"errors":\[{"code":403,*'
	for shown in "${secret}x" "${secret:1}" "${secret:0:31}" \
		"$secret$secret" x ''; do
		is "secret: '$shown', $socket" \
			"$(direct "$socket" "BULKCONTACTS_SECRET=$shown")" \
			'Status: 403 Forbidden'
	done
	is "secret: a header of the client, $socket" \
		"$(direct "$socket" "HTTP_BULKCONTACTS_SECRET=$secret")" \
		'Status: 403 Forbidden'
	is "secret: shown, $socket" \
		"$(direct "$socket" "BULKCONTACTS_SECRET=$secret")" \
		'Status: 200 OK'
done
asks 'secret: nginx shows it' 404 bulk -u "bulk:$key" "${lies[@]}"
api POST "$api/bulk/new" -d '[]'
is 'secret: with a submit' "$status" 202
health_is_one_word secret "${none[@]}"
is 'secret: it is in no log' "$(grep -rlF "$secret" "$state/log")" ''
stop_instance
chmod 644 "$state/secret"
instance --listen "$address" --state "$state" --detach \
	--set frontend_secret_file=secret >"$scratch/start" 2>&1
result=$?
ok 'secret: a file that others can read is refused' test "$result" -ne 0
like 'secret: with a reason' "$(cat "$scratch/start")" '*chmod 600*'

done_testing
