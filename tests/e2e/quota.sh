#!/bin/bash
# What a user and all together may keep in the service, how it is given back,
# what one address may do at once, and that a user with much to do holds up no
# other.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

new=$api/bulk/new
bytes='Quota exceeded: too many bytes of requests and results.'

as() {
	local name=$1
	shift
	api "$@" -u "$name:${password[$name]}"
}

# USER: a job of $scratch/contacts
send() {
	as "$1" POST "$new" -H 'Content-Type: application/json' \
		--data-binary "@$scratch/contacts"
}

takes() {
	send "$1"
	[ "$status" = 202 ]
}

# USER: until no more is taken; leaves the ids in ${jobs[@]}.
fill() {
	jobs=()
	while takes "$1"; do
		jobs+=("$(jq -r .id "$body")")
		[ "${#jobs[@]}" -lt 100 ] || break
	done
}

# SECONDS: the last answer says to come back then.
returns_after() {
	is "$1: says when to come back" "$(header Retry-After)" "$2"
}

declare -A password
users=()
for name in ann bob zoe; do
	password[$name]=$(random_key)
	users+=(--user "$name:${password[$name]}")
done
make_contacts q 500 >"$scratch/contacts"
size=$(stat -c %s "$scratch/contacts")

# ---- bytes of a user

start_instance "${users[@]}" --set max_bytes_per_user=$((8 * size))
fill ann
is_error 'bytes of a user' 429 "$bytes"
like 'bytes of a user: a file, too' "$(cli job submit - --user ann \
	<"$scratch/contacts" 2>&1)" '*max_bytes_per_user*"bulkcontacts job delete"*'
returns_after 'bytes of a user' 60
ok 'bytes of a user: some were taken before' test "${#jobs[@]}" -ge 2
ok 'bytes of a user: it is his alone' takes bob
ok 'the jobs complete' all_complete
send ann
is 'their results count, and what was sent' "$status" 429
as ann DELETE "$api/job/${jobs[0]}"
as ann DELETE "$api/job/${jobs[1]}"
ok 'what was deleted counts no more' wait_for takes ann

# ---- bytes of all

restart_instance "${users[@]}" --set max_bytes_jobs=$((20 * size))
fill ann
first=("${jobs[@]}")
is_error 'bytes of all' 503 'The storage is full.'
returns_after 'bytes of all' 60
send bob
is_error 'bytes of all: of everybody' 503 'The storage is full.'
as ann GET "$api/job/${first[0]}"
is 'bytes of all: asking goes on' "$status" 200
as ann DELETE "$api/job/${first[0]}"
as ann DELETE "$api/job/${first[1]}"
ok 'bytes of all: given back by one, another may use them' wait_for takes bob

# ---- expiry gives them back

restart_instance "${users[@]}" --set max_bytes_per_user=$((8 * size)) \
	--set retention=1s
hold_runner
fill zoe
is_error 'expiry' 429 "$bytes"
free_runner
ok 'what has expired counts no more' wait_for takes zoe
ok 'the jobs of all complete' all_complete

# ---- unfinished jobs

restart_instance "${users[@]}" --set max_unfinished_jobs_per_user=3 \
	--set batch_size=1
hold_runner
make_contacts u 20 >"$scratch/contacts"
fill ann
is_error 'unfinished jobs' 429 'Quota exceeded: too many unfinished jobs.'
returns_after 'unfinished jobs' 10
ok 'unfinished jobs: it is his alone' takes bob
as ann DELETE "$api/job/${jobs[2]}"
ok 'a deleted one counts no more, at once' takes ann
free_runner
ok 'a completed one counts no more' wait_for takes ann

# ---- many submits of one address at once

printf '[]' >"$scratch/contacts"
sockets=()
for _ in {1..64}; do
	exec {socket}<>"/dev/tcp/${address%:*}/${address##*:}"
	printf 'POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Basic %s\r\n' \
		"$new" "$(printf %s "ann:${password[ann]}" | base64 -w 0)" \
		>&"$socket"
	printf 'Content-Length: 2\r\n\r\n[' >&"$socket"
	sockets+=("$socket")
done
# Until all 64 have come he may be taken, up to what his quota refuses.
refused_by_nginx() {
	send bob
	[ "$status" = 429 ] && grep -q 'from this address' "$body"
}
ok '64 submits that do not end are all there may be' wait_for refused_by_nginx
is_error 'one more' 429 'Too many requests from this address.'
returns_after 'one more' 1
as bob GET "$api/jobs"
is 'but whoever asks is answered' "$status" 200
for socket in "${sockets[@]}"; do
	exec {socket}>&-
done
ok 'and when they are gone all is well' wait_for takes bob

# ---- one user with much to do, others with little

restart_instance "${users[@]}" --set batch_size=1
ok 'what is left completes' all_complete
hold_runner
make_contacts f 20 >"$scratch/contacts"
for _ in {1..250}; do
	printf 'next\nurl = "%s"\nuser = "bob:%s"\nheader = "%s"\n' \
		"$url$new" "${password[bob]}" 'Content-Type: application/json'
	printf 'data-binary = "@%s"\n' "$scratch/contacts"
done | sed 1d >"$scratch/many"
floods=()
for n in 1 2; do
	curl -q -s --noproxy '*' -K "$scratch/many" >"$scratch/ids.$n" &
	floods+=($!)
done
wait "${floods[@]}"
small=()
for name in ann zoe; do
	send "$name"
	is "$name's small job is taken" "$status" 202
	small+=("$(jq -r .id "$body")")
done
done_before=$(wc -l <"$state/log/jobrunner.log")
free_runner
ok 'all complete' all_complete
done_since() {
	tail -n +$((done_before + 1)) "$state/log/jobrunner.log" |
		sed -n 's/.* info job job=\([^ ]*\) .*/\1/p' >"$scratch/order"
}
# The line of a job comes behind its commit.
all_are_told() {
	done_since
	[ "$(wc -l <"$scratch/order")" -ge 502 ]
}
wait_for all_are_told
is 'each once' "$(sort -u "$scratch/order" | wc -l) $(wc -l <"$scratch/order")" \
	'502 502'
for job in "${small[@]}"; do
	# Those of the other two users that may come before it.
	others=$(grep -Fnx "$job" "$scratch/order" | cut -d: -f1)
	ok "number $others of all is one of another user" test "$others" -le 3
done
for n in 1 2; do
	jq -r .id "$scratch/ids.$n" >"$scratch/order.$n"
	ok "those of connection $n in the order of their 202s" cmp \
		"$scratch/order.$n" <(sed -n 's/.* info job job=\([^ ]*\) .*/\1/p' \
			"$state/log/jobrunner.log" |
			grep -Fxf "$scratch/order.$n")
done
stop_instance
ok 'the accounts agree with what is stored' cli store verify
done_testing
