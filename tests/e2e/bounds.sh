#!/bin/bash
# The largest contact that there may be, with every set at its bound, is
# applied, read, exported and made again from that.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

largest=$((256 * 1024))

# FILE: its one contact without what the store adds, members in one order.
essence() {
	jq -cS 'del(.id, .dateAdded, .dateModified)' "$1"
}

send() {
	submit POST "$1"
	wait_for completed "$job"
	results "$job" | jq -c '[.statusCode, .errors.message]'
}

jq '.fields += [{alias: "notes", label: "Notes", group: "personal",
	type: "textarea"}]' "$top_srcdir/data/contact-fields.json" \
	>"$scratch/fields.json"
chmod 644 "$scratch/fields.json"

# All members that there may be are in it; notes make up the size.
jq -nc --argjson size "$largest" '
	def padded(width): tostring | "0" * (width - length) + .;
	def contact(notes): {
		email: "bounds@example.com", points: 0, notes: notes,
		tags: [range(500) | padded(191)],
		companies: [range(1000) | 9007199254730000 + .],
		ipAddresses: [range(50) | "2001:db8::ffff:\(1000 + .)"],
		doNotContact: [range(20) | {channel: padded(64),
			reason: (1 + . % 3), comments: ("ä" * 1000)}]};
	($size - (contact("") | tojson | utf8bytelength)) as $left |
	contact("ä" * ($left / 2 | floor) + "n" * ($left % 2))' \
	>"$scratch/contact"
is 'a contact has 256 KiB' "$(wc -c <"$scratch/contact")" $((largest + 1))
{
	printf '['
	cat "$scratch/contact"
	printf ']'
} >"$scratch/request"
{
	printf '[{ '
	tail -c +2 "$scratch/contact"
	printf ']'
} >"$scratch/larger"

start_instance --set "fields=$scratch/fields.json"
is 'one byte more is too large' "$(send "$scratch/larger")" \
	'[400,"This contact is too large."]'
is 'it is applied' "$(send "$scratch/request")" '[201,null]'
cli contact export >"$scratch/export"
ok 'and exported as it was sent' cmp <(jq -cS . "$scratch/contact") \
	<(essence "$scratch/export")
api GET "$api/$(jq .id "$scratch/export")"
ok 'and reads so' cmp <(jq -cS .contact "$body") <(jq -cS . "$scratch/export")
is 'sent again it changes nothing' "$(send "$scratch/request")" '[200,null]'
cli contact export >"$scratch/again"
ok 'nothing at all' cmp "$scratch/export" "$scratch/again"

# One of each set more: those that refuse it write nothing.
for what in 'tags|["one more"]' 'doNotContact|[{"channel":"one more"}]'; do
	printf '[{"email":"bounds@example.com","firstname":"x","%s":%s}]' \
		"${what%%|*}" "${what#*|}" >"$scratch/more"
	like "${what%%|*}: one more is too many" "$(send "$scratch/more")" \
		"[[]400,\"${what%%|*}: This value is too long.*"
done
printf '[{"email":"bounds@example.com","ipAddress":"192.0.2.1"}]' \
	>"$scratch/more"
is 'ipAddress: one more is taken' "$(send "$scratch/more")" '[200,null]'
cli contact export >"$scratch/again"
ok 'and the oldest goes' cmp <(jq -c '.ipAddresses = .ipAddresses[1:] +
		["192.0.2.1"] | del(.dateModified)' "$scratch/export") \
	<(jq -c 'del(.dateModified)' "$scratch/again")

# What the store adds makes it larger than a request's contact may be.
jq -sc . "$scratch/export" >"$scratch/back"
start_instance --set "fields=$scratch/fields.json" --set max_contact_size=512K
is 'what was exported is sent to an empty store' "$(send "$scratch/back")" \
	'[201,null]'
cli contact export >"$scratch/again"
ok 'and is the same' cmp <(essence "$scratch/export") \
	<(essence "$scratch/again")
ok 'the store agrees with itself' cli store verify

done_testing
