#!/bin/bash
# The manuals say what the programs say: keys with defaults and ranges,
# commands, options, types of fields and what they may have.
# shellcheck disable=SC2317 # ok calls the functions
set -u
if ! command -v mandoc >/dev/null; then
	echo '1..0 # SKIP mandoc is missing'
	exit 0
fi
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"

cli=$top_builddir/cli/bulkcontacts
fcgi=$top_builddir/fcgi-app/bulkcontacts-fcgi
runner=$top_builddir/jobrunner/bulkcontacts-jobrunner

# What a reader sees of a page, each paragraph on one line.
page() {
	mandoc -Tascii -Owidth=1000 "$top_builddir/man/$1" | sed 's/.\x08//g'
}

# section PAGE NAME
section() {
	page "$1" | sed -n "/^$2/,/^[A-Z]/s/^ *//p"
}

for manual in "$top_builddir"/man/*.[1-8]; do
	ok "${manual##*/} is well-formed" mandoc -Tlint -W warning "$manual"
	is "${manual##*/} has no word between at signs" \
		"$(grep -c '@[A-Za-z_]*@' "$manual")" 0
done
is 'there are five of them' "$(printf '%s\n' "$top_builddir"/man/*.[1-8] |
	wc -l)" 5

# ---- bulkcontacts.conf(5): the keys, with what the program says of them

conf=$scratch/bulkcontacts.conf
: >"$conf"
range_of() {
	printf '%s = ?\n' "$1" >"$conf"
	"$cli" -c "$conf" -n 2>&1 | sed -n 's/.* from \(.* to .*\)$/ (\1)/p'
}

"$cli" -c "$conf" config | while read -r line; do
	printf '%s%s\n' "$line" "$(range_of "${line%% =*}")"
done | sort >"$scratch/keys"
: >"$conf"
section bulkcontacts.conf.5 KEYS | sed -n 's/ *$//; /^[a-z_]* =/p' |
	sort >"$scratch/keys.page"
ok 'there are keys' test -s "$scratch/keys"
ok 'bulkcontacts.conf(5) has the keys, defaults and ranges' \
	diff "$scratch/keys" "$scratch/keys.page"

# ---- contact-fields.json(5)

sed -n '/^} members\[\]/,/^};/s/^    {"\([A-Za-z]*\)",.*/\1/p' \
	"$top_srcdir/lib/field_json.c" | sort >"$scratch/members"
ok 'there are members' test -s "$scratch/members"
ok 'contact-fields.json(5) has the members' diff "$scratch/members" \
	<(section contact-fields.json.5 MEMBERS |
		sed -n 's/^\([a-z][A-Za-z]*\)\(  .*\)*$/\1/p' | sort)

sed -n '/^static const struct field_type types/,/^};/s/.*\.name = "\([a-z]*\)".*/\1/p' \
	"$top_srcdir/lib/field_type.c" | sort >"$scratch/types"
# "TYPE MEMBER,MEMBER" of each
section contact-fields.json.5 TYPES |
	sed -En '/^[a-z]+(, [a-z]+)*( \([a-zA-Z, ]+\))?$/p' |
	while read -r line; do
		members=${line#*\(}
		[ "$members" != "$line" ] || members=
		members=${members%\)}
		for type in ${line%%(*}; do
			printf '%s %s\n' "${type%,}" "${members// /}"
		done
	done | sort >"$scratch/types.page"
ok 'there are types' test -s "$scratch/types"
ok 'contact-fields.json(5) has the types' diff "$scratch/types" \
	<(cut -d' ' -f1 "$scratch/types.page")

# takes TYPE MEMBER: whether a field of that type may have it.
declare -A samples=([unique]=true [maxLength]=9 [scale]=2 [choices]='["a"]'
	[required]=true)
takes() {
	local needed=
	case $1 in
	select | multiselect)
		[ "$2" = choices ] || needed=',"choices":["a"]'
		;;
	esac
	printf '{"fields":[{"alias":"x","label":"x","group":"core",%s}]}' \
		"\"type\":\"$1\",\"$2\":${samples[$2]}$needed" \
		>"$scratch/fields.json"
	printf 'fields = fields.json\n' >"$conf"
	"$cli" -c "$conf" -n >/dev/null 2>&1
}

while read -r type _; do
	members=
	for member in unique maxLength scale choices; do
		! takes "$type" "$member" || members+=,$member
	done
	takes "$type" required || members+=',but required'
	printf '%s %s\n' "$type" "${members#,}"
done <"$scratch/types.page" >"$scratch/types.program"
ok 'and what each may have' diff "$scratch/types.program" "$scratch/types.page"
: >"$conf"
section contact-fields.json.5 EXAMPLES | grep '[]{}"[]' >"$scratch/fields.json"
printf 'fields = fields.json\n' >"$conf"
ok 'its example is a good catalogue' "$cli" -c "$conf" -n

# ---- the programs' pages: every option, every command

# options_missing PROGRAM PAGE: those of --help that the page has not.
options_missing() {
	local option
	"$1" --help | sed -n 's/^  *\(-[^ ].*\)/\1/p' |
		sed 's/  .*//' | grep -oE -- '-[-a-zA-Z]+' | sort -u |
		while read -r option; do
			page "$2" | grep -qE -- "(^|[[ ,|])$option([] ,|]|$)" ||
				printf '%s\n' "$option"
		done
}

while read -r program manual; do
	ok "${program##*/} --help has options" grep -qE '^ +-' \
		<("$program" --help)
	is "$manual has the options" "$(options_missing "$program" "$manual")" ''
done <<END
$cli bulkcontacts.1
$fcgi bulkcontacts-fcgi.8
$runner bulkcontacts-jobrunner.8
END

page bulkcontacts.1 | sed 's/^ *//' >"$scratch/page"
# Two blanks and the command, as it is called; more of it may follow in lines
# that begin with six and a bracket.
"$cli" --help | awk '
	/^  [a-z]/ { if (usage != "") print usage; usage = substr($0, 3) }
	/^      \[/ { usage = usage " " substr($0, 7) }
	END { print usage }' >"$scratch/commands"
ok 'there are commands' test -s "$scratch/commands"
is 'bulkcontacts(1) has the commands, with their options' \
	"$(grep -vxFf "$scratch/page" "$scratch/commands")" ''

# ---- the scripts

# Its options in the document, in order.
# shellcheck disable=SC2016 # the backticks are the document's
sed -n '/^`script\/server` takes:/,/^Without/s/^| `\(--[^`]*\)`.*/\1/p' \
	"$top_srcdir/doc/operating.md" >"$scratch/options"
ok 'script/server has options' test -s "$scratch/options"
is 'its help has those of doc/operating.md' \
	"$(bash "$top_srcdir/script/server" --help |
		sed -n 's/^\(--.*[^ ]\)  .*/\1/p')" "$(cat "$scratch/options")"

# ---- what is named must be there

for manual in "$top_builddir"/man/*.[1-8]; do
	sed -n 's/^\.Xr \([^ ]*\) \([1-8]\).*/\1.\2/p' "$manual"
done | grep -E '^(bulkcontacts|contact-fields)' | sort -u |
	while read -r name; do
		[ -e "$top_builddir/man/$name" ] || printf '%s\n' "$name"
	done >"$scratch/dangling"
is 'the pages that pages name are there' "$(cat "$scratch/dangling")" ''

done_testing
