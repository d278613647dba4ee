#!/bin/bash
# The crash points of the code and the list that the tests go by are the same,
# and none has two places. Prints TAP.
cd -- "${top_srcdir:-.}" || exit 1

in_code=$(grep -rhoE --include='*.c' '\bCRASH_POINT\("[^"]*"\)' \
	lib fcgi-app jobrunner cli | cut -d'"' -f2 | sort)
listed=$(sed '/^#/d;s/ .*//' tests/crash/points | sort)

failed=0
if [ -n "$listed" ] && [ "$in_code" = "$listed" ]; then
	echo 'ok 1 - tests/crash/points lists the points of the code, once each'
else
	failed=1
	echo 'not ok 1 - tests/crash/points lists the points of the code, once each'
	diff <(printf '%s\n' "$listed") <(printf '%s\n' "$in_code") |
		sed -n 's/^</# not in the code:/p;s/^>/# not in the list:/p'
fi
echo 1..1
exit "$failed"
