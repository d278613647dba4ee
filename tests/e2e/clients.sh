#!/bin/bash
# The examples of doc/clients.md, all at once, against an instance that makes
# them wait: each has a user of its own, is refused first, then queued.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

examples=$top_srcdir/doc/examples
export no_proxy=127.0.0.1

# ---- which of them can run

knows_requests() {
	command -v "$1" >/dev/null && "$1" -c 'import requests' 2>/dev/null
}

# The command that runs the examples of a suffix; nothing if there is none.
interpreter() {
	case $1 in
	sh) echo bash ;;
	php)
		php -r 'exit(extension_loaded("curl") ? 0 : 1);' 2>/dev/null &&
			echo php
		;;
	py)
		# One of the user's may stand before that of the packages.
		if knows_requests python3; then
			echo python3
		elif knows_requests /usr/bin/python3; then
			echo /usr/bin/python3
		fi
		;;
	mjs)
		node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' \
			2>/dev/null && echo node
		;;
	esac
}

declare -A needs=([php]='php-cli and php-curl' [py]=python3-requests
	[mjs]='nodejs 18')
declare -A run_by=()
users=()
for name in sh php py mjs; do
	run_by[$name]=$(interpreter "$name")
	if [ -z "${run_by[$name]}" ]; then
		skip "bulk.$name" "needs ${needs[$name]}"
		unset "run_by[$name]"
	else
		printf '%s:%s\n' "$name" "$(random_key)" \
			>"$scratch/$name.account"
		users+=(--user "$(cat "$scratch/$name.account")")
	fi
done

# NAME CREDENTIALS LIST: leaves $scratch/NAME.out, .err and, last, .status.
run() {
	local name=$1 status=0
	rm -f "$scratch/$name.status"
	BULKCONTACTS_URL=$url$api BULKCONTACTS_CREDENTIALS=$2 \
		"${run_by[$name]}" "$examples/bulk.$name" "$3" \
		>"$scratch/$name.out" 2>"$scratch/$name.err" || status=$?
	echo "$status" >"$scratch/$name.status"
}

# CREDENTIALS LIST, with % for the name: all at once, until all have ended.
run_all() {
	local name
	for name in "${!run_by[@]}"; do
		run "$name" "${1//%/$name}" "${2//%/$name}" &
	done
	wait
}

# Whether the log has such requests, "method=M status=S", of all users.
logged() {
	local name
	for name in "${!run_by[@]}"; do
		grep -q "method=$1 .*status=$2 .* user=$name " \
			"$state/log/fcgi.log" || return 1
	done
}

# ---- a list of which some fail, while nobody applies anything

api=/crm/api/contacts
start_instance --user "bulk:$(random_key)" "${users[@]}" \
	--set base_path=/crm --set batch_size=3 \
	--set max_unfinished_jobs_per_user=1
for name in "${!run_by[@]}"; do
	sed "s/NAME/$name/" >"$scratch/$name.json" <<-'EOL'
		[{"email": "NAME.1@example.com"},
		 {"email": "NAME 2@example.com", "points": "many"},
		 {"email": "NAME.3@example.com"}, 5,
		 {"email": "NAME.1@example.com", "city": "Z\u00fcrich"},
		 {"email": "NAME.4@example.com"},
		 {"email": "NAME.5@example.com", "website": "a b"}]
	EOL
done
cat >"$scratch/expected" <<-'EOF'
	contact 2: 400 email: A valid email is required., points: This value is not valid.
	contact 4: 400 A contact must be an object.
	contact 7: 400 website: This value is not valid.
EOF

hold_runner
declare -A obstacle=()
for name in "${!run_by[@]}"; do
	account=$(cat "$scratch/$name.account")
	api POST "$api/bulk/new" -H 'Content-Type: application/json' \
		-d '[]' -u "$account"
	obstacle[$name]=$(jq -r .id "$body")
done
run_all "$scratch/%.account" "$scratch/%.json" &
all=$!
ok 'all are refused, for a job is unfinished' wait_for logged POST 429
cut -d: -f2 "$scratch"/*.account >"$scratch/keys"
is 'no list of processes shows a password' \
	"$(grep -laFf "$scratch/keys" /proc/[0-9]*/cmdline 2>/dev/null)" ''
for name in "${!run_by[@]}"; do
	account=$(cat "$scratch/$name.account")
	api DELETE "$api/job/${obstacle[$name]}" -u "$account"
done
ok 'all come again, and ask for their jobs' wait_for logged GET 200
free_runner
wait "$all"

# Requests of a client that came too early: 10 s are to pass after a 429 for a
# full quota, with which it begins, 1 s after a 202 and after the answer, a
# short one, that a job is not completed. The log has an answer before it is
# sent, so that a busy machine makes pauses longer; but two clocks measure them.
hurry() {
	sed -n "/ user=$1 /"'s/^\([^ ]*\) .* method=\([A-Z]*\) .* status=\([0-9]*\) bytes=\([0-9]*\) .*/\1 \2 \3 \4/p' \
		"$state/log/fcgi.log" | sort |
		while read -r time method status bytes; do
			printf '%s %s %s %s\n' "$(date -d "$time" +%s%3N)" \
				"$method" "$status" "$bytes"
		done | awk '$3 == 429 { begun = 1 }
		begun && $2 != "DELETE" {
			if ($1 - time < pause - 200)
				print $1 - time, "ms instead of", pause
			pause = 0
			if ($3 == 202 || ($2 == "GET" && $4 < 40))
				pause = 1000
			if ($3 == 429)
				pause = 10000
			time = $1
		}'
}

for name in "${!run_by[@]}"; do
	is "bulk.$name: the failed ones of all pages" \
		"$(cat "$scratch/$name.out")" "$(cat "$scratch/expected")"
	is "bulk.$name: some failed" "$(cat "$scratch/$name.status")" 1
	is "bulk.$name: it waits as it is told" "$(hurry "$name")" ''
	is "bulk.$name: the contacts" "$(cli contact export |
		jq -r '"\(.email) \(.city)"' | grep "^$name\.")" \
		"$name.1@example.com Zürich
$name.3@example.com null
$name.4@example.com null"
done
is 'no job is left' "$(cli job list --json)" '{"jobs":[]}'

# ---- a list without errors; and requests that are refused for good

make_contacts good 4 >"$scratch/good.json"
run_all "$scratch/%.account" "$scratch/good.json"
for name in "${!run_by[@]}"; do
	is "bulk.$name: none failed" "$(cat "$scratch/$name.status" \
		"$scratch/$name.out")" 0
done

echo 'sh:wrong' >"$scratch/wrong.account"
run_all "$scratch/wrong.account" "$scratch/good.json"
for name in "${!run_by[@]}"; do
	is "bulk.$name: wrong credentials" "$(cat "$scratch/$name.status" \
		"$scratch/$name.out")" 1
	like "bulk.$name: wrong credentials: it says so" \
		"$(cat "$scratch/$name.err")" \
		'*401*API authorization denied.*'
done

echo '[{"email"' >"$scratch/broken.json"
run_all "$scratch/%.account" "$scratch/broken.json"
for name in "${!run_by[@]}"; do
	is "bulk.$name: a broken list" "$(cat "$scratch/$name.status" \
		"$scratch/$name.out")" 1
	like "bulk.$name: a broken list: it says so" \
		"$(cat "$scratch/$name.err")" '*400*The body is not valid*'
	is "bulk.$name: a broken list is not sent again" \
		"$(grep -c " status=400 .* user=$name " "$state/log/fcgi.log")" 1
done

if [ -n "${run_by[php]-}" ]; then
	ok 'bulk-mautic.php parses' php -l "$examples/bulk-mautic.php"
else
	skip 'bulk-mautic.php parses' "needs ${needs[php]}"
fi

done_testing
