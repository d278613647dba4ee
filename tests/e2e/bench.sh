#!/bin/bash
# The benchmark runs, every row of it. Whether goals are met is not asked: that
# depends on the machine, and on who else is on it.
# shellcheck disable=SC2317 # ok calls the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"

bench=$top_builddir/tests/bench/bench
[ -x "$bench" ] || {
	echo '1..0 # SKIP script/bootstrap --bench installs what it needs'
	exit 0
}
export top_srcdir top_builddir TMPDIR=$scratch
chmod 1777 "$scratch"

# Its status: 0 when all goals are met, 1 when one is missed.
run() {
	"$bench" "$@" >"$scratch/table" 2>"$scratch/errors"
	status=$?
	cat "$scratch/errors"
	return $((status > 1))
}

all_rows() {
	sed -n 's/^rows: //p' "$scratch/errors" | tr ' ' '\n' | sort
}

"$bench" nonsense 2>"$scratch/errors"
is 'a row that is none is refused' $? 2
rows=$(all_rows)
"$bench" --contacts 0 2>/dev/null
is 'so are no contacts' $? 2

ok 'all rows run' run --contacts 1000 --rounds 1
is 'each has its lines' "$(sed '1d; $d' "$scratch/table" | cut -d' ' -f1 | sort -u)" \
	"$rows"
missed=$(grep -c ' MISSED$' "$scratch/table")
is 'the last line counts the goals that were missed' \
	"$(sed -n '$s/^goals: \(all\|[0-9]*\) .*/\1/p' "$scratch/table")" \
	"${missed/#0/all}"
ok 'rows run alone, as JSON' run --contacts 1000 --rounds 2 --json patch submit
is 'the document has them in the order of the table' \
	"$(jq -r '.[] | .row' "$scratch/table" | uniq | tr '\n' ' ')" \
	'submit patch '
ok 'each figure has its rounds' jq -e 'all(.[]; .here.rounds == 2 and
	.here.min <= .here.median and .here.median <= .here.max)' "$scratch/table"
ok 'what has a floor has the ratio' jq -e '[.[] | select(.beside == "floor")] |
	length == 3 and all(.[]; .other.rounds == 2 and .ratio.median > 0)' \
	"$scratch/table"
done_testing
