#!/bin/bash
# 200 requests of garbage, the same each time: each gets the 4xx that it
# deserves in the one shape of errors, stores nothing, and leaves no memory
# behind.
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

text=$scratch/text
json=application/json
form=application/x-www-form-urlencoded

# SIZE: bytes that depend on $round alone
noise() {
	openssl enc -aes-128-ctr -K "$(printf %032x "$round")" \
		-iv "$(printf %032d 0)" -in /dev/zero 2>/dev/null |
		head -c "$1"
}

# Somewhere within $1 bytes, but for the first $2.
somewhere() {
	printf %d $(($2 + place % ($1 - $2)))
}

some_json() {
	make_contacts "garbage.$round" $((1 + draw % 50))
}

some_form() {
	seq -s '&' -f '%.0f%%5Bemail%%5D=a%%40b.co' $((1 + draw % 50)) |
		tr -d '\n'
}

pick() {
	shift $((draw % $#))
	printf %s "$1"
}

# Each makes $text and sets $type, $expected and, for curl, $options.

noise_as_json() {
	noise $((1 + draw)) >"$text"
}

noise_in_json() {
	{ printf '[{"city":"'; noise $((300 + draw)); printf '"}]'; } \
		>"$text"
}

noise_as_form() {
	type=$form
	{ noise $((1 + draw)); printf '&%%'; } >"$text"
}

noise_as_gzip() {
	options=(-H 'Content-Encoding: gzip')
	{ printf '\037\213\010\0'; noise $((6 + draw)); } >"$text"
}

short_json() {
	some_json >"$scratch/whole"
	head -c "$(somewhere $(($(stat -c %s "$scratch/whole") - 2)) 0)" \
		"$scratch/whole" >"$text"
}

short_form() {
	type=$form
	some_form >"$scratch/whole"
	head -c "$(somewhere "$(stat -c %s "$scratch/whole")" 0)" \
		"$scratch/whole" >"$text"
	pick '&x[' '&]' '%4' '&x=%' '&=' '&x[y]z' >>"$text"
}

short_gzip() {
	options=(-H 'Content-Encoding: gzip')
	some_json | gzip -n >"$scratch/whole"
	head -c "$(somewhere "$(stat -c %s "$scratch/whole")" 0)" \
		"$scratch/whole" >"$text"
}

damaged_gzip() {
	local at byte
	options=(-H 'Content-Encoding: gzip')
	some_json | gzip -n >"$text"
	at=$(somewhere "$(stat -c %s "$text")" 10)
	byte=$(od -An -tu1 -j "$at" -N 1 "$text")
	printf '%b' "\\0$(printf %o $((byte ^ (1 << draw % 8))))" |
		dd of="$text" bs=1 seek="$at" conv=notrunc status=none
}

other_type() {
	type=$(pick text/plain text/csv application/xml multipart/form-data \
		application/jsonp "$(printf '%05000d' 0)" ,)
	expected=415
	noise 1000 >"$text"
}

other_encoding() {
	options=(-H "Content-Encoding: $(pick br deflate zstd 'gzip,gzip' x \
		'gzip gzip' '*')")
	expected=415
	some_json | gzip >"$text"
}

# Deeper than any stack.
nest() {
	local unit
	unit=$(pick '[' '{"":' '[{"a":[' '[],[')
	yes "$unit" | head -n $((100000 + draw)) | tr -d '\n' >"$text"
}

form_nest() {
	type=$form
	{ printf 0; yes '[a]' | head -n $((171 + draw)) | tr -d '\n'; } \
		>"$text"
}

bomb() {
	options=(-H 'Content-Encoding: gzip')
	expected=413
	head -c $((8000000 + draw * 100)) /dev/zero | tr '\0' "$(pick ' ' '[')" |
		gzip >"$text"
}

long_length() {
	options=(-H "Content-Length: $(pick 99999999999 67108865)")
	expected=413
	some_json >"$text"
}

no_length() {
	options=(-H "Content-Length: $(pick -1 1x 18446744073709551617)")
	some_json >"$text"
}

many() {
	expected=413
	{ printf '['; yes "$(pick 1 '{}' '"x"' null)," | head -n 10000
		printf '0]'; } >"$text"
}

# Only this shell's RANDOM goes by a seed, not that of a subshell.
draw_numbers() {
	draw=$RANDOM
	place=$((RANDOM * 32768 + RANDOM))
}

kinds=(noise_as_json noise_in_json noise_as_form noise_as_gzip short_json
	short_form short_gzip damaged_gzip other_type other_encoding nest
	form_nest bomb long_length no_length many)

is_right() {
	[ "$status" = "$expected" ] &&
		[ "$(header Content-Type)" = application/json ] &&
		jq -e --argjson code "$expected" '
			keys == ["errors"] and (.errors | length) == 1 and
			(.errors[0] | keys_unsorted == ["code", "message",
				"details", "type"] and .code == $code and
				(.message | length) > 10 and
				.details == {} and .type == null)' "$body"
}

start_instance
for path in "POST $api/bulk/new" "PATCH $api/bulk/edit"; do
	for _ in {1..8}; do # whichever worker takes it
		# shellcheck disable=SC2086 # two words
		api $path -H "Content-Type: $json" -d '[]'
	done
done
jobs=$(cli job list --json | jq '.jobs | length')
before=$(anonymous_memory)

RANDOM=20261122
for round in {1..200}; do
	draw_numbers
	kind=${kinds[round % ${#kinds[@]}]}
	type=$json
	expected=400
	options=()
	"$kind"
	method=$(pick POST PUT PATCH)
	path=$api/bulk/edit
	[ "$method" != POST ] || path=$api/bulk/new
	api "$method" "$path" -H "Content-Type: $type" \
		--data-binary "@$text" ${options[@]+"${options[@]}"}
	ok "$round: $kind, $expected" is_right
	[ "$status" = "$expected" ] || diag "$status $(head -c 300 "$body")"
done

ok "the workers' memory is where it was, $before KiB" \
	wait_for memory_is_below $((before + 1024))
is 'nothing was stored' "$(cli job list --json | jq '.jobs | length') \
$(cli contact count)" "$jobs 0"
is 'no worker ended' "$(grep -c ' ended ' "$state/log/supervisor.log")" 0
ok 'and all is well' answers
done_testing
