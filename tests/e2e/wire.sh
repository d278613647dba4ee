#!/bin/bash
# Bytes that no library would send: paths that mean another path, bodies that
# end in two places, requests one behind the other. Nothing is believed to be
# what it is not, and every answer has the headers of all.
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

answers=$scratch/answers
unknown=$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21
key=$(random_key)
start_instance --user "bulk:$key" --set max_body=1M

# What every request has; and what lets nginx close the connection.
host='Host: x\r\n'
auth="${host}Authorization: Basic $(printf %s "bulk:$key" | base64)\r\n"
last='Connection: close\r\n\r\n'

# Sends bytes, with escapes as printf's, and keeps what comes until the end.
send() {
	local socket
	exec {socket}<>"/dev/tcp/${address%:*}/${address##*:}"
	printf '%b' "$1" | cat >&"$socket" # in one piece, if it can be
	timeout 60 cat <&"$socket" | tr -d '\r' |
		sed 's|HTTP/1.1 [1-5]|\n&|g' >"$answers"
	exec {socket}>&-
}

# How often a header stands in the answers.
count() {
	grep -aciE "$1" "$answers"
}

statuses() {
	sed -n 's/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$answers" | paste -sd' '
}

# wire NAME STATUSES BYTES
wire() {
	local total
	send "$3"
	is "$1" "$(statuses)" "$2"
	total=$(count '^HTTP/1\.1 [2-5]')
	is "$1: headers of every answer" "$(count '^Server: nginx$') \
$(count '^Content-Type: application/json$') $(count '^Cache-Control: no-store$') \
$(count '^X-Content-Type-Options: nosniff$')" "$total $total $total $total"
}

jobs() {
	cli job list --json | jq '.jobs | length'
}

# ---- one path is another

# Without an account none of them is anything.
while read -r path with without; do
	wire "$path" "$with $without" "GET $path HTTP/1.1\r\n$auth\r\n\
GET $path HTTP/1.1\r\n$host$last"
done <<END
$api/jobs 200 401
//api///contacts//jobs 200 401
/api/./contacts/bulk/../jobs 200 401
/api/contacts/%2e/jobs 200 401
/api/contacts/bulk/%2e%2e/jobs 200 401
/%61pi/contacts/jobs 200 401
/api%2fcontacts%2Fjobs 200 401
$api/bulk/new%2f..%2f..%2fjobs 200 401
/healthz/../api/contacts/jobs 200 401
/healthz/%2e%2e/api/contacts/jobs 200 401
/healthz%2f..%2fapi/contacts/jobs 200 401
/readyz/..//api/contacts/jobs 200 401
http://other.example$api/jobs 200 401
$api/jobs/ 404 401
$api/jobs; 404 401
$api/jobs;x=1 404 401
$api/jobs%20 404 401
$api/jobs%3f 404 401
$api/jobs%0d%0aX-Injected:%201 404 401
$api/jobs%0a 404 401
$api/jobs/. 404 401
$api/../contacts/%2e%2e/contacts/JOBS 404 401
$api/%252e%252e/jobs 404 401
$api/\\\\jobs 404 401
/API/contacts/jobs 404 404
/.bulkcontacts/error 404 404
/.bulkcontacts/verify 404 404
/etc/passwd 404 404
END
ok 'and no header was injected' sh -c "! grep -qi '^X-Injected' '$answers'"
wire 'health is no way in' '401' "GET /healthz%0a HTTP/1.1\r\n$host$last"
while read -r path code; do
	wire "$path" "$code" "GET $path HTTP/1.1\r\n$auth$last"
done <<END
/.. 400
/api/../../etc/passwd 400
/%2e%2e/etc/passwd 400
$api/%2e%2e/%2e%2e/%2e%2e/jobs 400
$api/jobs%00 400
%00 400
$api/jobs%zz 400
$api/\\001jobs 400
$api/\\0jobs 400
http://bulk:$key@x$api/jobs 400
/$(printf '%09000d' 0) 414
$api/jobs?$(printf '%09000d' 0) 414
END
wire 'a query as long as fits' 200 \
	"GET $api/jobs?$(printf '%07000d' 0) HTTP/1.1\r\n$auth$last"

# ---- request lines and headers

before=$(jobs)
while IFS='|' read -r name code text; do
	wire "$name" "$code" "$text"
done <<END
two hosts|400|GET $unknown HTTP/1.1\\r\\n${auth}Host: y\\r\\n$last
a host that is none|400|GET $unknown HTTP/1.1\\r\\nHost: a/b\\r\\n$last
no host|400|GET $unknown HTTP/1.1\\r\\n$last
a host in the line, too|404|GET http://y$unknown HTTP/1.1\\r\\n$auth$last
two accounts|400|GET $unknown HTTP/1.1\\r\\n${auth}Authorization: Basic eDp5\\r\\n$last
a blank before the colon|400|POST $api/bulk/new HTTP/1.1\\r\\n${auth}Content-Length : 2\\r\\n${last}[]
a zero byte in a header|400|GET $unknown HTTP/1.1\\r\\n${auth}X: a\\0b\\r\\n$last
a long header|400|GET $unknown HTTP/1.1\\r\\n${auth}X: $(printf '%09000d' 0)\\r\\n$last
small letters|400|get $unknown HTTP/1.1\\r\\n$auth$last
another protocol|505|GET $unknown HTTP/2.5\\r\\n$auth$last
HTTP/2 without TLS|400|PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n
a proxy|400|CONNECT x:443 HTTP/1.1\\r\\n$auth$last
a star|400|OPTIONS * HTTP/1.1\\r\\n$auth$last
TRACE|405|TRACE $unknown HTTP/1.1\\r\\n$auth$last
an upgrade|404|GET $unknown HTTP/1.1\\r\\n${auth}Upgrade: h2c\\r\\nConnection: close, Upgrade\\r\\n\\r\\n
a range|200|GET $api/jobs HTTP/1.1\\r\\n${auth}Range: bytes=0-1\\r\\n$last
an override with underscores|405|POST $unknown HTTP/1.1\\r\\n${auth}X_HTTP_METHOD_OVERRIDE: DELETE\\r\\n$last
an override|404|POST $unknown HTTP/1.1\\r\\n${auth}X-HTTP-Method-Override: DELETE\\r\\n$last
END
send "GET $unknown\r\n"
is 'HTTP/0.9 has a body alone, and no account' "$(cat "$answers")" \
	"{\"errors\":[{\"code\":401,\"message\":\"API authorization denied.\",\
\"details\":{},\"type\":null}]}"
wire 'HTTP/1.0' 404 "GET $unknown HTTP/1.0\r\n$auth\r\n"

# ---- where a body ends

post="POST $api/bulk/new HTTP/1.1\r\n${auth}"
chunked='Transfer-Encoding: chunked\r\n'
while IFS='|' read -r name code text; do
	wire "$name" "$code" "$post$text"
done <<END
two lengths|400|Content-Length: 2\\r\\nContent-Length: 3\\r\\n${last}[]_
the same length twice|400|Content-Length: 2\\r\\nContent-Length: 2\\r\\n${last}[]
a list of lengths|400|Content-Length: 2, 2\\r\\n${last}[]
a length with a sign|400|Content-Length: +2\\r\\n${last}[]
a negative length|400|Content-Length: -2\\r\\n${last}[]
a length in hex|400|Content-Length: 0x2\\r\\n${last}[]
a length of 64 bits and more|400|Content-Length: 18446744073709551618\\r\\n${last}[]
length and chunks|400|Content-Length: 2\\r\\n$chunked${last}0\\r\\n\\r\\n
chunks twice|400|$chunked$chunked${last}0\\r\\n\\r\\n
chunks of chunks|400|Transfer-Encoding: chunked, chunked\\r\\n${last}0\\r\\n\\r\\n
chunks of gzip|400|Transfer-Encoding: gzip, chunked\\r\\n${last}0\\r\\n\\r\\n
something like chunks|400|Transfer-Encoding: xchunked\\r\\n${last}0\\r\\n\\r\\n
no chunks|400|Transfer-Encoding: identity\\r\\n${last}[]
a chunk without a size|400|$chunked${last}zz\\r\\n[]\\r\\n0\\r\\n\\r\\n
a chunk of 64 bits and more|400|$chunked${last}10000000000000002\\r\\n[]\\r\\n0\\r\\n\\r\\n
a chunk longer than it is|400|$chunked${last}1\\r\\n[]\\r\\n0\\r\\n\\r\\n
END
wire 'HTTP/1.0 knows no chunks' 400 "POST $api/bulk/new HTTP/1.0\r\n\
$auth$chunked${last}2\r\n[]\r\n0\r\n\r\n"
wire 'a body by surprise' 404 \
	"GET $unknown HTTP/1.1\r\n${auth}Content-Length: 2\r\n${last}[]"
is 'none of these became a job' "$(jobs)" "$before"

# good NAME COUNT BYTES [STATUSES]: one job, of so many contacts.
good() {
	wire "$1" "${4:-202}" "$3"
	is "$1: contacts" "$(count "^Job-Progress: total=$2, ")" 1
}
good 'chunks' 3 "$post$chunked${last}\
3;x=y\r\n[{}\r\n7\r\n,{},{}]\r\n0\r\nX: y\r\n\r\n"
good 'chunks, in other letters' 1 "${post}transfer-encoding: CHUNKED\r\n${last}\
4\r\n[{}]\r\n0\r\n\r\n"
good 'HTTP/1.0' 1 "POST $api/bulk/new HTTP/1.0\r\n${auth}\
Content-Length: 4\r\n\r\n[{}]"
good '100-continue' 2 "${post}Content-Length: 7\r\nExpect: 100-continue\r\n\
${last}[{},{}]" '100 202'

# ---- one behind the other

body='[{"email":"a@example.com"}]'
length="Content-Length: ${#body}\r\n\r\n$body"
wire 'a request in the rest of a body has no account of its own' '202 401' \
	"${post}Content-Length: 2\r\n\r\n[]GET $api/jobs HTTP/1.1\r\n$host$last"
wire 'a request in the body is a body' '400' \
	"${post}Content-Length: 26\r\n$last""GET $api/jobs HTTP/1.1\r\n$host$last"
wire 'a request behind chunks, too' '202 401' \
	"$post$chunked\r\n2\r\n[]\r\n0\r\n\r\nGET $api/jobs HTTP/1.1\r\n$host$last"
wire 'a pipeline' '404 202 404 401 202 405 404' \
	"GET $unknown HTTP/1.1\r\n$auth\r\n$post${length}\
HEAD $unknown HTTP/1.1\r\n$auth\r\n${post/Authorization/X-Nothing}$length\
$post${length}GET $api/bulk/new HTTP/1.1\r\n$auth\r\n\
GET /nowhere HTTP/1.1\r\n$auth$last"
is 'each has an answer of its own' \
	"$(grep -ao '"code":[0-9]*\|{"id":' "$answers" | paste -sd' ')" \
	'"code":404 {"id": "code":401 {"id": "code":405 "code":404'
wire 'what comes behind an error is not looked at' 400 \
	"GET\r\n\r\nGET $unknown HTTP/1.1\r\n$auth$last"
is 'nobody ended' "$(grep -c ' ended ' "$state/log/supervisor.log")" 0

# ---- the same headers on all other answers

same() {
	api "$@"
	is "headers of $status, $1 $2" "$(header Content-Type) \
$(header Cache-Control) $(header X-Content-Type-Options) $(header Server)" \
		'application/json no-store nosniff nginx'
	printf '%s\n' "$status" >>"$scratch/seen"
}
body=$scratch/body
new=$api/bulk/new
make_contacts same 250 >"$scratch/contacts"
submit POST "$scratch/contacts"
wait_for completed "$job"
same GET "$api/job/$job"
same HEAD "$api/job/$job"
same GET "$api/job/$job?details=1"
same GET "$api/job/$job?details=1&page=x"
same GET "$api/1"
same GET /healthz
same GET /readyz
same POST "$new" -d '[]' -H 'Idempotency-Key: a'
same POST "$new" -d '[{}]' -H 'Idempotency-Key: a'
same POST "$new" -d x
same POST "$new" -d x -H 'Content-Type: text/plain'
same POST "$new" -d '[]' -H 'Origin: http://x'
same POST "$new" -d '[]' -H 'Content-Length: 99999999'
same OPTIONS "$new"
same GET "$unknown" -u bulk:wrong
same HEAD "$unknown"
same DELETE "$api/job/$job"
cli drain >/dev/null
same POST "$new" -d '[]'
cli resume >/dev/null
restart_instance --set max_unfinished_jobs_per_user=1
hold_runner
make_contacts many 9 >"$scratch/contacts"
submit POST "$scratch/contacts"
same GET "$api/job/$job"
same POST "$new" -d '[]'
mv "$state/run/submit.sock" "$state/run/away"
same POST "$new" -d '[]'
mv "$state/run/away" "$state/run/submit.sock"
is 'every status that there is was seen' \
	"$(sort -u "$scratch/seen" | paste -sd' ')" \
	'200 202 400 401 403 404 405 413 415 422 429 503'

done_testing
