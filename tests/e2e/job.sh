#!/bin/bash
# Jobs from the request to the last page: every contact in its place.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

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

# Queue the request, and compare all results with the lines expected.
gives() {
	run "$2" <<<"$3" || diag "not completed: $status $(cat "$body")"
	is "$1" "$(results "$job")" "$4"
}

created() {
	printf '{"id":%d,"statusCode":201}' "$1"
}

updated() {
	printf '{"id":%d,"statusCode":200}' "$1"
}

missing() {
	printf '{"id":%s,"statusCode":404,"errors":{"code":404,"message":"Item was not found.","details":{},"type":"api"}}' "$1"
}

# ID CODE FIELD TEXT
wrong() {
	printf '{"id":%s,"statusCode":%d,"errors":{"code":%d,"message":"%s: %s","details":{"%s":["%s"]},"type":null}}' \
		"$1" "$2" "$2" "$3" "$4" "$3" "$4"
}

lines() {
	printf '%s\n' "$@"
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
	elif $i % 1000 == 83 then [$good + {city: ("y" * 262144)},
		plain("This contact is too large.")]
	else [$good, null] end;
EOF
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
note_state() {
	local now
	now=$(state_of "$big")
	[ "${states##* }" = "$now" ] || states="$states $now"
	[ "$now" = completed ]
}
wait_for note_state
like 'states only go forward' "$states" '?( queued)?( in_progress) completed'
count_of() {
	grep -c "\"statusCode\":$1" "$scratch/expected"
}
is 'the account' "$(header Job-Progress)" "total=10000, done=10000, \
created=$(count_of 201), updated=$(count_of 200), failed=$(count_of 400)"
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
	"$(count_of 201)"
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

# ---- edits

next=$(($(wc -l <"$scratch/before") + 1))
gives 'PATCH: what is not there is 404 and repeats the id' PATCH \
	'[{"id":1,"firstname":"Ann"},{"id":999999,"firstname":"x"},
	 {"firstname":"x"},{"id":"01"},{"id":1.0},{"id":true},{"id":0},
	 {"id":"888888"},{"id":"9223372036854775808"},
	 {"id":888888,"email":"bad"}]' \
	"$(lines "$(updated 1)" "$(missing 999999)" "$(missing null)" \
		"$(missing null)" "$(missing null)" "$(missing null)" \
		"$(missing null)" "$(missing 888888)" \
		"$(missing null)" "$(missing 888888)")"
run PATCH <<<'[{"id":9223372036854775807}]'
api GET "$api/job/$job?details=1"
is 'the largest id' "$(cat "$body")" "{\"status\":\"completed\",\
\"details\":{\"contacts\":[$(missing 9223372036854775807)]}}"
gives 'PUT: what is not there becomes a new one' PUT \
	'[{"id":999999,"email":"n1@example.com"},{"email":"n2@example.com"},
	 {"id":null,"firstname":"n3"}]' \
	"$(lines "$(created "$next")" "$(created $((next + 1)))" \
		"$(created $((next + 2)))")"
next=$((next + 3))
for method in PATCH PUT; do
	gives "$method: a failed edit repeats the id that was sent" "$method" \
		'[{"id":2,"email":"x"},{"id":"3","email":" N1@example.com"}]' \
		"$(lines "$(wrong 2 400 email 'A valid email is required.')" \
			"$(wrong 3 422 email 'This field must be unique.')")"
done
gives 'a failed create has no id' POST '[{"id":5,"points":"x"}]' \
	"$(wrong null 400 points 'This value is not valid.')"
gives 'PUT blanks what is absent, so that the email is free' PUT \
	'[{"id":3,"firstname":"Zed"}]' "$(updated 3)"
like 'and the contact has it no more' "$(cli contact show 3 | jq -c .email)" \
	null
gives 'somebody else takes it' POST '[{"email":"p2@example.com"}]' \
	"$(created "$next")"
next=$((next + 1))
gives 'the same id twice: both, in order' PATCH \
	'[{"id":1,"lastname":"A"},{"id":"1","lastname":"B"}]' \
	"$(lines "$(updated 1)" "$(updated 1)")"
is 'the last one counts' "$(cli contact show 1 | jq -r '.firstname + .lastname')" AnnB

# ---- shapes of a body

gives 'an object of contacts, in the order of its members' POST \
	'{"9":{"email":"o1@example.com"},"a":{"email":"o2@example.com"},"9":{"email":"o3@example.com"}}' \
	"$(lines "$(created "$next")" "$(created $((next + 1)))" \
		"$(created $((next + 2)))")"
next=$((next + 3))
plain='{"id":null,"statusCode":400,"errors":{"code":400,"message":"A contact must be an object.","details":{},"type":null}}'
gives 'one single contact is a job of its members' POST \
	'{"email":"single@example.com","points":1}' "$(lines "$plain" "$plain")"
for empty in '[]' '{}' ' [ ] '; do
	run POST <<<"$empty"
	api GET "$api/job/$job?details=1"
	is "$empty completes" "$(cat "$body") $(header Job-Progress)" \
		'{"status":"completed","details":{"contacts":[]}} total=0, done=0, created=0, updated=0, failed=0'
done
gives 'a byte order mark is skipped, the last of a key counts' POST \
	$'\xef\xbb\xbf[{"email":"bad","email":"bom@example.com"}]' \
	"$(created "$next")"
next=$((next + 1))

# ---- a contact read back

gives 'a contact with everything' POST '[{"points":"7.9","email":" Jane@Example.com ",
	"firstname":"Jäne \u00fc \"q\" \\ \/","lastname":" D\u2028e<b> ","title":1.0,
	"company":true,"mobile":" +49 30 1","attribution":2.675,
	"attribution_date":"2024-02-29T23:59:59+01:00","lastActive":"2024-01-02",
	"website":"example.com/a?b=c","facebook":"","zipcode":"00123",
	"tags":"b, a,,B,-c","owner":"7","stage":2,"companies":[3,"4",3],
	"ipAddress":"2001:DB8::0:1","doNotContact":[{"reason":1,"comments":"no"}],
	"unknown":1,"dateAdded":"2000-01-01"}]' "$(created "$next")"
cli contact show "$next" | sed 's/"\(date[AM][a-z]*\)":"20[0-9-]*[T ][0-9:]*[+Z0-9:]*"/"\1":"D"/g' \
	>"$scratch/shown"
is 'reads back byte for byte' "$(cat "$scratch/shown")" "{\"id\":$next,\
\"dateAdded\":\"D\",\"dateModified\":\"D\",\"title\":\"1\",\
\"firstname\":\"Jäne ü \\\"q\\\" \\\\ /\",\"lastname\":\"D"$'\u2028'"e<b>\",\
\"company\":\"1\",\"email\":\"Jane@Example.com\",\"mobile\":\"+49 30 1\",\
\"points\":7,\"zipcode\":\"00123\",\"last_active\":\"2024-01-02 00:00:00\",\
\"attribution_date\":\"2024-02-29 22:59:59\",\"attribution\":2.68,\
\"website\":\"http://example.com/a?b=c\",\"tags\":[\"b\",\"a\"],\"owner\":7,\
\"stage\":2,\"companies\":[3,4],\"ipAddresses\":[\"2001:db8::1\"],\
\"doNotContact\":[{\"channel\":\"email\",\"reason\":1,\"comments\":\"no\"}]}"
cli contact show "$next" | jq -c '[del(.email, .id)]' >"$scratch/copy.json"
run POST <"$scratch/copy.json"
is 'and makes the same contact again' \
	"$(cli contact show $((next + 1)) | jq -c 'del(.id, .dateAdded, .dateModified)')" \
	"$(cli contact show "$next" | jq -c 'del(.id, .email, .dateAdded, .dateModified)')"

done_testing
