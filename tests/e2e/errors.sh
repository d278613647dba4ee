#!/bin/bash
# Every error of a whole request (doc/api.md section 4), by whom it is made,
# and which of two faults answers.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_jobs.sh
. "${top_srcdir:-.}/tests/e2e/lib_jobs.sh"

new=$api/bulk/new
edit=$api/bulk/edit
unknown=$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21
denied='API authorization denied.'
forbidden='You do not have access to the requested area/action.'
foreign='Sec-Fetch-Site: cross-site'
common_headers='application/json no-store nosniff'

# The last answer is such an error: status, a pattern of its message, all
# else exactly. A HEAD has no body.
is_error() {
	local name=$1 code=$2 pattern=$3 message
	is "$name: status" "$status" "$code"
	is "$name: headers" "$(header Content-Type) $(header Cache-Control) \
$(header X-Content-Type-Options)" "$common_headers"
	message=$(jq -c '.errors[0].message' "$body")
	like "$name: message" "$message" "\"$pattern\""
	is "$name: body" "$(cat "$body")" "{\"errors\":[{\"code\":$code,\
\"message\":$message,\"details\":{},\"type\":null}]}"
}

refused() {
	local name=$1 code=$2 pattern=$3
	shift 3
	api "$@"
	is_error "$name" "$code" "$pattern"
}

# The answer to bytes as they are; nginx would keep the connection for a while.
raw() {
	local socket line
	exec {socket}<>"/dev/tcp/${address%:*}/${address##*:}"
	printf '%b' "$1" >&"$socket"
	: >"$headers"
	while IFS= read -r -t 5 line <&"$socket" && [ "$line" != $'\r' ]; do
		printf '%s\n' "$line" >>"$headers"
	done
	timeout 5 head -c "$(header Content-Length)" <&"$socket" >"$body"
	exec {socket}>&-
	status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$headers")
}

chief=chief:$(random_key)
eve=eve:$(random_key)
limits=(--set max_body=1M --set max_unfinished_jobs_per_user=2
	--set batch_size=1 --set 'admins = chief')
start_instance --user "bulk:$(random_key)" --user "$eve" --user "$chief" \
	"${limits[@]}"

# ---- 400

malformed='The body is not valid JSON: *'
while IFS='|' read -r text pattern; do
	printf '%b' "$text" >"$scratch/text"
	refused "400 of $text" 400 "$pattern" POST "$new" \
		-H 'Content-Type: application/json' \
		--data-binary "@$scratch/text"
done <<EOF
[{"email":"a@b.co"},\\n{"x" 1}]|${malformed}line 2, column 6, contact 2.
[{"email":"a@b.co"},\\n {"a":"ü",}]|${malformed}line 2, column 11, contact 2.
[{"a":1}|${malformed}contact *
[{"a":01}]|${malformed}line 1, column *contact 1.
[{"a":"\\tb"}]|${malformed}line 1, column *contact 1.
{"0":{},1:{}}|${malformed}line 1, column 9, contact 2.
[] x|${malformed}line 1, column 4.
[nul]|${malformed}
5|The body must be a list or an object of contacts.
null|The body must be a list or an object of contacts.
"text"|The body must be a list or an object of contacts.
 \\n|The body is empty*
EOF
refused '400 of no body' 400 '*empty*' POST "$new"
refused '400 of no body, edit' 400 '*empty*' PATCH "$edit"

api POST "$new" -H 'Content-Type: application/json' -d '[]'
job=$(jq -r .id "$body")
ok 'an empty list completes' wait_for completed "$job"
for page in 0 -1 '' abc 1.5 +1 00 '1%20' 0x1; do
	refused "page=$page" 400 'page *' GET "$api/job/$job?details=1&page=$page"
done
refused 'the first page counts' 400 'page *' GET \
	"$api/job/$job?details=1&page=x&page=1"
for query in 'page=x' 'details=0&page=x' 'details=1&page=1&page=x' \
	'details=1&page=99999999999999999999999&x=y'; do
	api GET "$api/job/$job?$query"
	is "200 with $query" "$status" 200
done

# ---- 401

for path in "$new" "$edit" "$unknown" "$api/unknown" "$api"; do
	for method in GET POST PUT PATCH DELETE OPTIONS; do
		refused "401 of $method $path" 401 "$denied" "$method" \
			"$path" -H Authorization:
	done
done
for who in "$user:wrong" "nobody:wrong" ':' "$user:"; do
	refused "401 of $who" 401 "$denied" GET "$unknown" -u "$who"
	is 'one challenge' "$(header WWW-Authenticate)" \
		'Basic realm="bulkcontacts"'
done
refused '401 of a header of the client' 401 "$denied" GET "$unknown" \
	-H Authorization: -H 'REMOTE_USER: bulk' -H 'REMOTE-USER: bulk'

# ---- 403, 404, 405

for site in "$foreign" 'Sec-Fetch-Site: same-site' 'Origin: http://evil.test' \
	'Origin: null'; do
	refused "403 of POST, $site" 403 "$forbidden" POST "$new" -H "$site"
	refused "403 of PUT, $site" 403 "$forbidden" PUT "$edit" -H "$site"
	refused "403 of PATCH, $site" 403 "$forbidden" PATCH "$edit" -H "$site"
	refused "403 of DELETE, $site" 403 "$forbidden" DELETE "$unknown" \
		-H "$site"
	api GET "$api/job/$job" -H "$site"
	is "reading is allowed, $site" "$status" 200
done
for site in 'Sec-Fetch-Site: none' 'Sec-Fetch-Site: same-origin' \
	"Origin: http://$address"; do
	api POST "$new" -H "$site" -d '[]'
	is "202 with $site" "$status" 202
done
for path in / /api /api/contacts/ "$api/x" "$new/" "$unknown/" "$api/job/" \
	"$api/job/x/y" "$api/bulk" /API/contacts/bulk/new; do
	refused "404 of $path" 404 'Item was not found.' GET "$path"
done

# HEAD's body is only measured; curl would wait for it.
not_allowed() {
	local path=$1 allow=$2 method
	shift 2
	for method in "$@"; do
		api "$method" "$path"
		[ "$method" = HEAD ] ||
			is_error "405 of $method $path" 405 "*$allow*"
		is "405 of $method $path: Allow" "$status $(header Allow)" \
			"405 $allow"
	done
}
not_allowed "$new" POST GET HEAD PUT PATCH DELETE OPTIONS FOO
not_allowed "$edit" 'PUT, PATCH, POST' GET HEAD POST DELETE OPTIONS
not_allowed "$unknown" 'GET, HEAD, DELETE, POST' POST PUT PATCH OPTIONS
not_allowed "$api/job/x" 'GET, HEAD, DELETE, POST' PUT
api GET "$api/job/$job"
grep -v '^Date:' "$headers" >"$scratch/get"
api HEAD "$api/job/$job"
is 'HEAD has the headers of GET' "$(grep -v '^Date:' "$headers")" \
	"$(cat "$scratch/get")"

# ---- X-HTTP-Method-Override

while read -r wanted path expected; do
	api POST "$path" -H "X-HTTP-Method-Override: $wanted" -d '[]'
	is "override $wanted of $path" "$status" "$expected"
done <<EOF
PUT $edit 202
patch $edit 202
Delete $unknown 404
PUT $new 405
GET $unknown 405
POST $new 405
x $new 405
DELETE $edit 405
EOF
for method in PUT PATCH GET DELETE; do
	api "$method" "$edit" -H 'X-HTTP-Method-Override: PUT'
	is "override on $method" "$status" 405
done
refused 'an override cannot get around 403' 403 "$forbidden" POST "$unknown" \
	-H 'X-HTTP-Method-Override: DELETE' -H "$foreign"
api POST "$api/job/$job" -H 'X-HTTP-Method-Override: delete'
is 'a job is deleted by override' "$status $(cat "$body")" \
	"200 {\"id\":\"$job\"}"

# ---- 413, 415

printf '[%s0]' "$(printf '0,%.0s' {1..10000})" >"$scratch/count"
count='A max of 10000 entities are supported at a time.'
for method in POST PUT PATCH; do
	submit "$method" "$scratch/count"
	is_error "413 of the count, $method" 413 "$count"
done
head -c 1048577 /dev/zero | tr '\0' ' ' >"$scratch/big"
refused '413 by nginx' 413 'The request is too large.' POST "$new" \
	--data-binary "@$scratch/big"
refused '413 by nginx, length unknown' 413 'The request is too large.' POST \
	"$new" -H 'Transfer-Encoding: chunked' --data-binary "@$scratch/big"
sed -i 's/client_max_body_size .*/client_max_body_size 0;/' \
	"$state/run/site.conf"
kill -HUP "$(cat "$state/run/nginx.pid")"
by_program() {
	api POST "$new" --data-binary "@$scratch/big"
	[ "$(jq -r '.errors[0].message' "$body")" != \
		'The request is too large.' ]
}
ok 'nginx lets all bodies through' wait_for by_program
is_error '413 by the program' 413 '*1048576*'
head -c 1048576 "$scratch/big" >"$scratch/most"
printf '[]' | dd of="$scratch/most" conv=notrunc status=none
submit POST "$scratch/most"
is 'a body of exactly that size is taken' "$status" 202

for type in text/plain multipart/form-data application/ld+json x; do
	refused "415 of $type" 415 '*application/json*' POST "$new" -d '[]' \
		-H "Content-Type: $type"
done
refused '415 of an encoding' 415 '*identity*' PUT "$edit" -d '[]' \
	-H 'Content-Type: application/json' -H 'Content-Encoding: br'
for type in 'Application/JSON; charset=utf-8' application/x-json '' \
	application/x-www-form-urlencoded; do
	api POST "$new" -d ' []' -H "Content-Type: $type"
	is "202 with Content-Type $type" "$status" 202
done

# ---- which of two faults answers

raw "POST $new HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\
Connection: close\r\n\r\n"
is_error 'no account before a body that the program refuses' 401 "$denied"
refused '401 before 404 and 405' 401 "$denied" PUT "$api/x" -H Authorization:
refused '404 before 403' 404 'Item was not found.' DELETE "$api/x" \
	-H "$foreign"
refused '405 before 403' 405 '*' PUT "$new" -H "$foreign"
refused '403 before 415' 403 "$forbidden" POST "$new" -d x -H "$foreign" \
	-H 'Content-Type: text/plain'
refused '415 before 400' 415 '*' POST "$new" -d x -H 'Content-Type: text/plain'
printf x >>"$scratch/count"
submit POST "$scratch/count"
is_error '400 before 413 of the count' 400 "$malformed"
truncate -s -1 "$scratch/count"

# ---- 429 of the quota, 503 of the disk

restart_instance "${limits[@]}"
raw "POST $new HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n"
is_error '413 of the announced length before 401' 413 '*'
make_contacts a 9000 >"$scratch/large"
submit POST "$scratch/large"
first=$job
submit POST "$scratch/large"
second=$job
refused '429 of unfinished jobs' 429 '*unfinished jobs*' POST "$new" -d '[]'
like 'says when to come back' "$(header Retry-After)" '[1-9]*'
submit POST "$scratch/count"
is_error '413 of the count before 429' 413 "$count"
api POST "$new" -u "$eve" -d '[]'
is 'another user has a quota of his own' "$status" 202
restart_instance "${limits[@]}" --set min_free_disk=1024T
refused '429 before 503' 429 '*unfinished jobs*' POST "$new" -d '[]'
api DELETE "$api/job/$second"
is 'a full disk keeps nobody from deleting' "$status" 200
refused '503 of a full disk' 503 '*' POST "$new" -d '[]'
like 'says when to come back' "$(header Retry-After)" '[1-9]*'
is 'nor from asking, and the job waits for room' "$(state_of "$first")" \
	in_progress
restart_instance "${limits[@]}"
api DELETE "$api/job/$first"
api POST "$new" -d '[]'
is 'and with room all is well' "$status" 202

# ---- errors that nginx makes

while IFS='|' read -r code text pattern; do
	raw "$text"
	is_error "nginx: $code of ${text:0:20}" "$code" "$pattern"
done <<EOF
400|GET\\x20bad\\r\\n\\r\\n|This is not a valid HTTP request.
400|GET $unknown HTTP/1.1\\r\\n\\r\\n|This is not a valid HTTP request.
414|GET /$(printf '%09000d' 0) HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n|*
404|GET /nowhere HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n|Item was not found.
505|GET / HTTP/3.0\\r\\nHost: x\\r\\n\\r\\n|This version*
EOF
mv "$state/run/submit.sock" "$state/run/away"
refused 'nginx: 503 without workers' 503 '*' POST "$new" -d '[]'
like 'says when to come back' "$(header Retry-After)" '[1-9]*'
mv "$state/run/away" "$state/run/submit.sock"
api POST "$new" -d '[]'
is 'and with them all is well' "$status" 202

# ---- anonymous, and nginx's rate

ok 'admins are refused where all are anonymous' sh -c "! '$top_srcdir/supervisor/instance' \
	--build '$top_builddir' --state '$scratch/wrong' --listen 127.0.0.1:1 \
	--detach --set anonymous=yes --set admins=chief"
like 'with a reason' "$(cat "$scratch/output")" '*admins*'
start_instance --set anonymous=yes --set request_rate=50
api POST "$new" -H Authorization: -d '[]'
is 'anonymous: no credentials are needed' "$status" 202
job=$(jq -r .id "$body")
for who in ann:x bob:y; do
	api GET "$api/job/$job" -u "$who"
	is "anonymous: a name counts for nothing, $who" "$status" 200
done
curl -q -s --noproxy '*' -D "$headers" -o "$body" -w '%{http_code}\n' \
	"$url$unknown?[1-200]" >"$scratch/statuses"
is 'beyond the rate: 429' "$(sort -u "$scratch/statuses" | paste -sd' ')" \
	'404 429'
awk 'BEGIN { RS = "\r\n\r\n" } NF { last = $0 } END { print last }' \
	"$headers" >"$scratch/last"
mv "$scratch/last" "$headers"
status=$(tail -n 1 "$scratch/statuses")
is_error 'beyond the rate' 429 'Too many requests from this address.'
is 'beyond the rate: when to come back' "$(header Retry-After)" 1
done_testing
