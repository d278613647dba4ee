# shellcheck shell=bash
# What the scripts share; sourced from the top of the checkout.

set -euf
set -o pipefail

# What stands at the head of a script is its help.
case ${1-} in -h | --help)
	sed -n '2,/^[^#]/ { /^# shellcheck/d; s/^#[ \t]\{0,1\}//p; }' \
		"script/${0##*/}"
	exit
	;;
esac

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# Runs a command as the owner of the checkout where root was called in for
# one command, so that root leaves no files behind that its owner cannot
# change. What is built must be readable by the user that runs it.
as_owner() {
	local owner
	owner=$(stat -c %u .)
	(
		umask 022
		if [ "$(id -u)" -ne 0 ] || [ "$owner" -eq 0 ]; then
			exec "$@"
		fi
		exec setpriv --reuid "$owner" --regid "$(stat -c %g .)" \
			--clear-groups -- "$@"
	)
}

configure() {
	as_owner ./configure "$@" 2>&1 |
		as_owner tee configure.out >/dev/null || {
		tail -n 20 configure.out >&2
		die 'configure failed, see configure.out and config.log'
	}
}

# Whether it was configured with these words, from this configure.
is_configured() {
	local word
	[ -e config.status ] && [ ! configure -nt config.status ] || return 1
	for word in "$@"; do
		[[ "$(./config.status --config)" == *"$word"* ]] || return 1
	done
}

# A copy of what belongs to the checkout, to be built in another way than the
# checkout itself. Files keep their times, so that little is built again; those
# that are gone go there, too.
copy_tree() {
	local list=$1/copied.list
	as_owner mkdir -p "$1"
	as_owner git ls-files --cached --others --exclude-standard \
		--deduplicate | while read -r file; do
		[ ! -f "$file" ] || printf '%s\n' "$file"
	done | LC_ALL=C sort | as_owner tee "$list.new" >/dev/null
	if [ -e "$list" ]; then
		LC_ALL=C comm -23 "$list" "$list.new" | (cd -- "$1" &&
			as_owner xargs -r -d '\n' rm -f --)
	fi
	as_owner tar c --files-from "$list.new" | as_owner tar x -C "$1"
	as_owner mv "$list.new" "$list"
}

# Quiet unless something is wrong. The words are configure's.
build() {
	is_configured "$@" || configure "$@"
	as_owner make -s -j2 >&2
}
