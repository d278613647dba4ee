#!/bin/bash
# How many lines of lib/ the tests have run, from what gcc --coverage left
# behind below the folder given; prints the least covered files and the total.
# Ends with 1 if it is less than the floor: coverage.sh FOLDER [FLOOR]
set -euf -o pipefail
cd -- "$1"
floor=${2:-90}

# Those of the library; what other programs compile again has a '-' in its name.
mapfile -t notes < <(find lib -name '*.gcda' ! -name '*-*' | sort)
[ ${#notes[@]} -gt 0 ] || {
	printf 'coverage: %s has no coverage data\n' "$1" >&2
	exit 1
}
gcov -n "${notes[@]}" 2>/dev/null | awk -v floor="$floor" '
	/^File / { split($0, name, "\047"); file = name[2] }
	/^Lines executed:/ && file ~ /^lib\/.*\.c$/ {
		split($0, part, /[:% ]+/)
		run += part[3] * part[5] / 100
		lines += part[5]
		printf "%6.2f %% of %4d lines: %s\n", part[3], part[5], file
	}
	{ if (!/^File /) file = "" }
	END {
		share = lines > 0 ? 100 * run / lines : 0
		printf "%6.2f %% of %4d lines: all of lib\n", share, lines \
			>"/dev/stderr"
		exit share < floor
	}' | sort -n | head -n 15
