#!/bin/bash
# What compilers find when they follow the paths through the programs, not the
# tests: analyze.sh gcc|clang, from the top of a tree that is built. Ends with
# 1 if there is anything to say.
set -u
mapfile -t files < <(git ls-files lib fcgi-app jobrunner cli supervisor data |
	grep '\.c$')
read -ra icu < <(pkg-config --cflags icu-i18n)
flags=(-std=gnu11 -I. -Iinclude -Ilib -Ifcgi-app -Ijobrunner -Icli -Isupervisor
	-Idata -DSYSCONFDIR='"/etc"' -DLOCALSTATEDIR='"/var"'
	-DRUNSTATEDIR='"/run"'
	${icu[@]+"${icu[@]}"})

case ${1-} in
gcc)
	# It loses sight of what a struct owns: leaks are for valgrind and for
	# LeakSanitizer, which see them as they happen.
	command=(gcc "${flags[@]}" -O1 -fanalyzer -Wno-analyzer-malloc-leak
		-Werror -c -o /dev/null)
	printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P 2 "${command[@]}"
	;;
clang)
	# Where it hears nothing, it still counts what it did not say.
	printf '%s\0' "${files[@]}" | xargs -0 -P 2 -I '{}' \
		clang-tidy --quiet '{}' -- "${flags[@]}" 2>&1 |
		grep -v '^[0-9]* warnings\? .*generated\.$\|^Suppressed ' |
		awk '{ print } END { exit NR > 0 }'
	;;
*)
	printf 'analyze: gcc or clang?\n' >&2
	exit 2
	;;
esac
