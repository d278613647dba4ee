#!/bin/bash
# The errors that nginx makes itself: they look like the program's
# (doc/api.md section 4).
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

new=$api/bulk/new
unknown=$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21
start_instance --user "bulk:$(random_key)" --set max_body=1M

# ---- of a request by itself

while IFS='|' read -r code text pattern; do
	raw "$text"
	is_error "$code of ${text:0:20}" "$code" "$pattern"
done <<EOT
400|GET\\x20bad\\r\\n\\r\\n|This is not a valid HTTP request.
400|GET $unknown HTTP/1.1\\r\\n\\r\\n|This is not a valid HTTP request.
400|GET / HTTP/1.1\\r\\nHost: x\\r\\nX: $(printf '%040000d' 0)\\r\\n\\r\\n|This is not a valid HTTP request.
414|GET /$(printf '%09000d' 0) HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n|*
404|GET /nowhere HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n|Item was not found.
413|POST $new HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1048577\\r\\n\\r\\n|The request is too large.
505|GET / HTTP/3.0\\r\\nHost: x\\r\\n\\r\\n|This version*
EOT
for path in "$new" "$api/bulk/edit" "$api" "$unknown"; do
	for who in "$user:wrong" nobody: :; do
		refused "401 of $who, $path" 401 'API authorization denied.' \
			GET "$path" -u "$who"
		is "401 of $who, $path: one challenge" \
			"$(header WWW-Authenticate)" 'Basic realm="bulkcontacts"'
	done
done
refused 405 405 '*GET, HEAD, DELETE, POST*' TRACE "$unknown"
is '405: Allow' "$(header Allow)" 'GET, HEAD, DELETE, POST'
api GET //api/contacts/./job/x/../../jobs
is 'a path is normalised' "$status $(cat "$body")" '200 {"jobs":[]}'
api GET "$api/jobs?before=0"
is 'the query is no part of it' "$status $(cat "$body")" '200 {"jobs":[]}'
refused 'an error of the program is left alone' 400 \
	'The request body is empty.' POST "$new"

# ---- of too many at once

sockets=()
for _ in {1..64}; do
	exec {socket}<>"/dev/tcp/${address%:*}/${address##*:}"
	printf 'POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n%s\r\n\r\n[' \
		"$new" "Authorization: Basic $(tr -d '\n' \
			<"$state/credentials" | base64 -w 0)" >&"$socket"
	sockets+=("$socket")
done
is_one_too_many() {
	api POST "$new" -d '[]'
	[ "$status" = 429 ]
}
ok '64 submits that do not end are all there may be' wait_for is_one_too_many
is_error '429 of one more' 429 'Too many requests from this address.'
is '429: when to come back' "$(header Retry-After)" 1
api GET "$unknown"
is 'asking is not counted' "$status" 404
for socket in "${sockets[@]}"; do
	exec {socket}>&-
done
enough() {
	api POST "$new" -d '[]'
	[ "$status" = 202 ]
}
ok 'and without them all is well' wait_for enough

# ---- of programs that do not answer

mv "$state/run/submit.sock" "$state/run/away"
refused '503 without workers' 503 'The service is unavailable; try again.' \
	POST "$new" -d '[]'
is '503: when to come back' "$(header Retry-After)" 1
mv "$state/run/away" "$state/run/submit.sock"
sed -i -e 's/fastcgi_read_timeout .*/fastcgi_read_timeout 1s;/' \
	-e 's/404 "Item was not found."/404 "Reloaded."/' "$state/run/site.conf"
master=$(cat "$state/run/nginx.pid")
read -ra before <"/proc/$master/task/$master/children"
kill -HUP "$master"
# Those of before take connections for a moment beside the new ones.
reloaded() {
	local pid
	for pid in "${before[@]}"; do
		has_ended "$pid" || return 1
	done
	api GET /nowhere
	[ "$(jq -r '.errors[0].message' "$body")" = Reloaded. ]
}
ok 'nginx waits only for a second' wait_for reloaded
mapfile -t workers <"$state/run/fcgi.pid"
kill -STOP "${workers[@]}"
refused '503 of workers that are stuck' 503 \
	'The service is unavailable; try again.' POST "$new" -d '[]'
is '503 of workers that are stuck: when to come back' \
	"$(header Retry-After)" 1
kill -CONT "${workers[@]}"
ok 'and all is well' wait_for answers
done_testing
