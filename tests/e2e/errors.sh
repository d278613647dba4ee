#!/bin/bash
# The errors of a request by itself (doc/api.md section 4); those that depend
# on what else there is are in limits.sh.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

new=$api/bulk/new
edit=$api/bulk/edit
unknown=$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21
denied='API authorization denied.'
forbidden='You do not have access to the requested area/action.'
foreign='Sec-Fetch-Site: cross-site'
start_instance --user "bulk:$(random_key)" --set max_body=1M

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
# These nginx refuses by itself.
not_allowed "$new" POST TRACE
not_allowed "$edit?x=1" 'PUT, PATCH, POST' TRACE
not_allowed "$unknown" 'GET, HEAD, DELETE, POST' TRACE
not_allowed "$api/jobs" 'GET, HEAD' TRACE
not_allowed "$api/1" 'GET, HEAD' TRACE
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

done_testing
