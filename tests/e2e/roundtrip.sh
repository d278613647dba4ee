#!/bin/bash
# What is exported makes the same contacts in an empty store.
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

export_contacts() {
	cli contact export | jq -cS 'del(.id, .dateAdded, .dateModified)'
}

send() {
	submit POST "$1"
	ok "$2" wait_for completed "$job"
	is "$2: all of them" "$(results "$job" | jq -r .statusCode | sort -u)" \
		201
}

# Beside the fields as shipped, one of each type that is not among them.
jq '.fields += [
	{alias: "size", type: "select", choices: ["S", "M", "L|XL"],
		default: "M"},
	{alias: "colours", type: "multiselect",
		choices: ["red", "green", "b,lue"]},
	{alias: "born", type: "date"},
	{alias: "calls_at", type: "time"},
	{alias: "member", type: "boolean", default: true},
	{alias: "notes", type: "textarea"},
	{alias: "source", type: "lookup"},
	{alias: "ratio", type: "number"}
	] | .fields[] |= {label: .alias, group: "personal"} + .' \
	"$top_srcdir/data/contact-fields.json" >"$scratch/fields.json"
chmod 644 "$scratch/fields.json"

# Every type of field and every parameter, and texts that are hard to carry.
jq -nc '[range(450) | . as $i | {
	email: "P\($i)@Example.com",
	firstname: (["Zoë", "a \"b\" \\ c", "=1+1", "𝄞", "日本", "x\ty", "-x"]
		[$i % 7]),
	lastname: ("l" * (1 + $i % 191)),
	points: ($i - 200),
	attribution: (if $i % 3 == 0 then "\($i).\(10 + $i % 90)"
		else null end),
	attribution_date: (if $i % 6 == 0 then "2024-02-29 12:30:45"
		else null end),
	last_active: (if $i % 2 == 0 then "2025-01-02T03:04:05+02:00"
		else null end),
	website: (if $i % 4 == 0 then "example.com/\($i)?a=b&c=d" else "" end),
	phone: "+49 \($i)",
	country: (["Azerbaijan", "CI", "", "Montenegro"][$i % 4]),
	state: (["BAR", "", "California", "Bar"][$i % 4]),
	preferred_locale: (if $i % 2 == 0 then "pt-br" else null end),
	timezone: (if $i % 3 == 0 then "europe/berlin" else null end),
	size: (["S", "L|XL", null][$i % 3]),
	colours: ([["red", "b,lue"], "green|red", []][$i % 3]),
	born: (if $i % 2 == 0 then "2000-02-29" else null end),
	calls_at: (if $i % 2 == 1 then "23:59" else null end),
	member: ([false, "yes", null][$i % 3]),
	notes: (if $i % 7 == 0 then "\($i)\r\n" + "ä\n" * 20000 + "-"
		else null end),
	source: (if $i % 2 == 0 then "fair | \($i)" else null end),
	ratio: (if $i % 2 == 1 then "-0.\($i)00000000000000007" else 0 end),
	tags: (if $i % 5 == 0 then ["a,b" , "T\($i)", "ä"] else [] end),
	owner: (if $i % 3 == 1 then $i else null end),
	stage: (if $i % 3 == 2 then $i else null end),
	companies: (if $i % 4 == 1 then [3, 1, 9007199254740993] else [] end),
	ipAddresses: (if $i % 4 == 2 then ["192.0.2.1", "2001:DB8::1"]
		else [] end),
	doNotContact: (if $i % 4 == 3 then [{channel: "email"},
		{channel: "sms", reason: 1, comments: "no \"more\""}] else []
		end)}]' >"$scratch/contacts"

start_instance --set "fields=$scratch/fields.json"
send "$scratch/contacts" 'contacts are made'
export_contacts >"$scratch/first"
is 'and exported' "$(wc -l <"$scratch/first")" 450
for member in firstname points attribution attribution_date last_active \
	website country state preferred_locale timezone size colours born \
	calls_at member notes source ratio tags owner stage companies \
	ipAddresses doNotContact; do
	ok "$member is among them" grep -q "\"$member\":" "$scratch/first"
done

is 'a false is one of them' \
	"$(jq -r .member "$scratch/first" | sort | uniq -c | xargs)" \
	'150 false 300 true'
is 'and a size that is the default' \
	"$(jq -r .size "$scratch/first" | sort | uniq -c | xargs)" \
	'150 L|XL 150 M 150 S'

cli contact export | jq -sc . >"$scratch/again"
start_instance --set "fields=$scratch/fields.json"
send "$scratch/again" 'what was exported is sent to an empty store'
export_contacts >"$scratch/second"
ok 'and is the same' cmp "$scratch/first" "$scratch/second"

done_testing
