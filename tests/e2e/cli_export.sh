#!/bin/bash
# Contacts as a table: for spreadsheets, for programs, and on a terminal.
# shellcheck disable=SC2119,SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

if ! command -v python3 >/dev/null; then
	skip 'tables' 'python3 is missing'
	done_testing
fi

out=$scratch/out

# The contact of id $1 in the table, as a JSON object by column.
row() {
	python3 -c '
import csv, json, sys
for row in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")):
    if row["id"] == sys.argv[2]:
        print(json.dumps({k: v for k, v in row.items() if v},
              ensure_ascii=False, separators=(",", ":")))
' "$out" "$1" | jq -c 'del(.id, .dateAdded, .dateModified)'
}

# A command with a terminal for its output.
on_terminal() {
	python3 -c '
import pty, sys
sys.exit(pty.spawn(sys.argv[1:], lambda fd: __import__("os").read(fd, 65536)))
' "$top_builddir/cli/bulkcontacts" -c "$state/bulkcontacts.conf" "$@"
}

start_instance
cat >"$scratch/request" <<'END'
[{"email":"a@example.com","firstname":"=HYPERLINK(\"x\")","phone":"+49 30 1",
"city":"a, \"b\"; c","points":-3},
{"email":"b@example.com","tags":["vip","new"],"companies":[3,4],
"ipAddresses":["192.0.2.1","2001:db8::1"],"owner":7,
"doNotContact":[{"channel":"sms","reason":3,"comments":"no"}]},
{"email":"c@example.com","lastname":"x\u001b[31my\u009bz","tags":["a,b"]}]
END
submit POST "$scratch/request"
wait_for completed "$job"

cli contact export --format csv >"$out"
is 'a spreadsheet does not run what it has' "$(row 1)" \
	'{"firstname":"'"'"'=HYPERLINK(\"x\")","email":"a@example.com","phone":"+49 30 1","points":"-3","city":"a, \"b\"; c"}'
like 'its lines end as RFC 4180 has it' "$(head -n 1 "$out" | od -c)" '*\\r*\\n*'
is 'lists stand in one cell' "$(row 2 | jq -c '[.tags, .companies,
	.ipAddresses, .owner, .doNotContact]')" \
	'["vip,new","3,4","192.0.2.1,2001:db8::1","7","[{\"channel\":\"sms\",\"reason\":3,\"comments\":\"no\"}]"]'
is 'as JSON where a comma is not one' "$(row 3 | jq -r .tags)" '["a,b"]'
is 'all rows have all columns' "$(awk -F, 'NR == 1 { print NF }' "$out")" 37
cli contact export --format csv --raw >"$out"
is 'raw is raw' "$(row 1 | jq -r .firstname)" '=HYPERLINK("x")'
ok '--raw of JSON is refused' test "$(cli contact export --raw 2>&1 >/dev/null;
	echo $?)" != 0

for format in ndjson csv; do
	on_terminal contact export --format "$format" >"$scratch/terminal"
	is "$format on a terminal: no control characters" \
		"$(tr -d '\r\n' <"$scratch/terminal" |
			LC_ALL=C grep -c '[[:cntrl:]]')" 0
	like "$format on a terminal: they are shown" \
		"$(cat "$scratch/terminal")" '*x\\u001b\[31my\\u009bz*'
done
done_testing
