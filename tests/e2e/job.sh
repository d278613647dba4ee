#!/bin/bash
# Jobs from the request to the last page: every contact in its place.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_jobs.sh
. "${top_srcdir:-.}/tests/e2e/lib_jobs.sh"

eve=eve:$(random_key)
chief=chief:$(random_key)
start_instance --user "bulk:$(random_key)" --user "$eve" --user "$chief" \
	--set 'admins = chief'

# Queue the list on stdin and wait until it is done.
run() {
	local method=$1
	cat >"$scratch/run.json"
	submit "$method" "$scratch/run.json"
	wait_for completed "$job"
}

# Queue it, and compare all results with the lines of a file.
gives() {
	local name=$1 method=$2 expected=$3
	run "$method" || diag "not completed: $status $(cat "$body")"
	results "$job" >"$scratch/results"
	ok "$name" diff "$expected" "$scratch/results"
}

# ---- 10,000 contacts, some of them bad; ids are dense from 1

cat >"$scratch/make.jq" <<'EOF'
def error($field; $text): {code: 400, message: "\($field): \($text)",
	details: {($field): [$text]}, type: null};
def plain($text): {code: 400, message: $text, details: {}, type: null};
def item: . as $i | ($i % 100) as $kind | {email: "p\($i)@example.com"} as $good
	| if $kind == 7 then [{email: "nonsense"},
		error("email"; "A valid email is required.")]
	elif $kind == 13 then [$i, plain("A contact must be an object.")]
	elif $kind == 29 then [$good + {points: "7,9"},
		error("points"; "This value is not valid.")]
	elif $kind == 41 then [$good + {firstname: ("x" * 192)},
		error("firstname"; "This value is too long. It should have 191 characters or less.")]
	elif $kind == 57 then [{email: "P\($i - 1)@EXAMPLE.com"}, null]
	elif $kind == 71 then [$good + {city: "SURROGATE"}, plain("UNREADABLE")]
	elif $kind == 83 then [$good + {city: ("y" * 262144)},
		plain("This contact is too large.")]
	else [$good, null] end;
EOF
# The large ones make 26 MB: every tenth of them is enough.
sed -i 's/elif $kind == 83/elif $i % 1000 == 83/' "$scratch/make.jq"
jq -nc "$(cat "$scratch/make.jq")"' [range(10000) | item[0]]' |
	sed 's/SURROGATE/\\ud800/g' >"$scratch/contacts.json"
jq -nc "$(cat "$scratch/make.jq")"' foreach range(10000) as $i ({next: 1};
	($i | item[1]) as $error
	| if $error then .out = {id: null, statusCode: 400, errors: $error}
	elif $i % 100 == 57 then .out = {id: (.next - 1), statusCode: 200}
	else .out = {id: .next, statusCode: 201} | .next += 1 end; .out)' \
	>"$scratch/expected"
submit POST "$scratch/contacts.json"
is '10,000 contacts are accepted' "$status" 202
is 'Location' "$(header Location)" "$api/job/$job"
big=$job
states=
until [ "${states##* }" = completed ] || [ "$SECONDS" -gt 40 ]; do
	now=$(state_of "$big")
	[ "${states##* }" = "$now" ] || states="$states $now"
done
shopt -s extglob
like 'states only go forward' "$states" '?( queued)?( in_progress) completed'
is 'the account' "$(header Job-Progress)" "$(jq -s -r '"total=10000, done=10000, created=\(map(select(.statusCode == 201)) | length), updated=\(map(select(.statusCode == 200)) | length), failed=\(map(select(.statusCode == 400)) | length)"' "$scratch/expected")"
results "$big" | sed 's/This contact cannot be read: [^"]*/UNREADABLE/' \
	>"$scratch/results"
is '50 pages' "$(grep -o '"status"' "$scratch/pages" | wc -l)" 50
is 'of 200' "$(jq -s 'map(.details.contacts | length) | unique | join(" ")' \
	"$scratch/pages")" '"200"'
ok 'every item in its place, with its id or its error' \
	diff "$scratch/expected" "$scratch/results"
like 'what cannot be read says why' "$(results "$big" |
	sed -n 's/.*\(cannot be read: [^"]*\)".*/\1/p' | sort -u)" \
	'cannot be read: ?*'
for page in 51 1000000 99999999999999999999999999; do
	api GET "$api/job/$big?details=1&page=$page"
	is "page $page is empty" "$status $(cat "$body")" \
		'200 {"status":"completed","details":{"contacts":[]}}'
done
cli contact export >"$scratch/before"
is 'as many contacts as were created' "$(wc -l <"$scratch/before")" \
	"$(grep -c '"statusCode":201' "$scratch/expected")"
sed 's/"statusCode":201/"statusCode":200/' "$scratch/expected" \
	>"$scratch/again"
run POST <"$scratch/contacts.json"
results "$job" | sed 's/This contact cannot be read: [^"]*/UNREADABLE/' \
	>"$scratch/results"
ok 'once more: the same contacts' diff "$scratch/again" "$scratch/results"
# The duplicates' other spelling of the email comes and goes.
cli contact export | jq -c 'del(.dateModified)' >"$scratch/after"
ok 'that stay what they were' diff \
	<(jq -c 'del(.dateModified)' "$scratch/before") "$scratch/after"

# ---- whose job it is

api GET "$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21"
none="$status $(cat "$body") $(grep -v '^Date:' "$headers")"
for method in GET DELETE; do
	api "$method" "$api/job/$big" -u "$eve"
	is "for another user it does not exist, $method" \
		"$status $(cat "$body") $(grep -v '^Date:' "$headers")" "$none"
done
api GET "$api/job/$big" -u "$chief"
is 'an admin sees it' "$status $(cat "$body")" '200 {"status":"completed"}'
api DELETE "$api/job/$big" -u "$chief"
is 'and may delete it' "$status" 200
is 'then it is gone' "$(state_of "$big")" 404

# ---- edits; the next new contact is $next

next=$(($(wc -l <"$scratch/before") + 1))
not_found='{"id":%s,"statusCode":404,"errors":{"code":404,"message":"Item was not found.","details":{},"type":"api"}}\n'
# shellcheck disable=SC2059 # a format of ours
gives 'PATCH: what is not there is 404 and repeats the id' PATCH \
	<({ echo '{"id":1,"statusCode":200}'; printf "$not_found" 999999 null null \
		null null 888888 9223372036854775807; } |
		tee "$scratch/not-found") <<'EOF'
[{"id":1,"firstname":"Ann"},{"id":999999,"firstname":"x"},{"firstname":"x"},
 {"id":"01"},{"id":1.0},{"id":true},{"id":"888888"},{"id":9223372036854775807}]
EOF
gives 'PUT: what is not there becomes a new one' PUT \
	<(for id in "$next" $((next + 1)) $((next + 2)); do
		echo "{\"id\":$id,\"statusCode\":201}"
	done) <<'EOF'
[{"id":999999,"email":"n1@example.com"},{"email":"n2@example.com"},{"id":null}]
EOF
next=$((next + 3))
bad='{"code":400,"message":"email: A valid email is required.","details":{"email":["A valid email is required."]},"type":null}'
taken='{"code":422,"message":"email: This field must be unique.","details":{"email":["This field must be unique."]},"type":null}'
for method in PATCH PUT; do
	gives "$method: failed edits repeat the id that was sent" $method <<-EOF \
		<<<'[{"id":2,"email":"x"},{"id":"3","email":"n1@example.com"}]'
	EOF
done 2>/dev/null || :
