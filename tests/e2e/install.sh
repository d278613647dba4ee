#!/bin/bash
# make install: what it puts where, that it works from there, that it leaves
# the operator's files alone, and that make uninstall leaves nothing.
# shellcheck disable=SC2016,SC2119,SC2154,SC2317 # make's words, ok calls
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

root=$scratch/root

# The make that runs this test has words of its own for those below it.
make_target() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$top_builddir" \
		DESTDIR="$root" "$1"
}

# A variable of the Makefile, in full.
folder_of() {
	printf 'include Makefile\nshow:\n\t@echo $(%s)\n' "$1" |
		env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s \
			-C "$top_builddir" -f - show
}

bindir=$root$(folder_of bindir)
sbindir=$root$(folder_of sbindir)
confdir=$root$(folder_of confdir)
docdir=$root$(folder_of docdir)
sysconfdir=$root$(folder_of sysconfdir)

ok 'make install' make_target install

# ---- what is there

is 'all may read and none but the owner write' \
	"$(find "$root" -type f ! -perm 644 ! -perm 755)" ''
is 'what may be run' "$(find "$root" -type f -perm 755 | sort)" \
	"$(printf '%s\n' "$bindir/bulkcontacts" "$sbindir/bulkcontacts-fcgi" \
		"$sbindir/bulkcontacts-jobrunner" | sort)"
is 'no word of a template is left' \
	"$(grep -rlE '@[a-z_]+@' "$root" --include='*.conf' \
		--include='*.service' --include='*.socket')" ''
is 'each page is there' \
	"$(cd "$top_srcdir" && find README.md doc -name '*.md' | sort)" \
	"$(cd "$docdir" && find README.md doc -name '*.md' | sort)"

# ---- the sample of the configuration

sample=$confdir/bulkcontacts.conf
"$bindir/bulkcontacts" -c "$sample" config >"$scratch/in_force"
sed -n 's/^#\([a-z_]* =\)/\1/p' "$sample" >"$scratch/taken"
: >"$scratch/empty"
is 'as it comes it says nothing' "$(cat "$scratch/in_force")" \
	"$("$bindir/bulkcontacts" -c "$scratch/empty" config)"
is 'it has each key once, and no other' \
	"$(sed 's/ *=.*//' "$scratch/taken" | sort)" \
	"$(sed 's/ *=.*//' "$scratch/in_force" | sort)"
is 'with the defaults' "$("$bindir/bulkcontacts" -c "$scratch/taken" config)" \
	"$(cat "$scratch/in_force")"
is 'the fields are those beside it' \
	"$root$(sed -n 's/^fields = //p' "$scratch/in_force")" \
	"$confdir/contact-fields.json"

# ---- it works from there

programs=$scratch/programs
mkdir -m 755 "$programs" "$programs"/{cli,fcgi-app,jobrunner,supervisor}
chmod -R go+rX "$root"
ln -s "$bindir/bulkcontacts" "$programs/cli"
ln -s "$sbindir/bulkcontacts-fcgi" "$programs/fcgi-app"
ln -s "$sbindir/bulkcontacts-jobrunner" "$programs/jobrunner"
ln -s "$top_builddir/supervisor/bulkcontacts-supervisor" "$programs/supervisor"
start_instance --build "$programs"
cmp -s "$state/contact-fields.json" "$confdir/contact-fields.json"
is 'the same field catalogue' $? 0
make_contacts installed 3 >"$scratch/contacts.json"
submit POST "$scratch/contacts.json"
is 'a job is taken' "$status" 202
ok 'and completed' wait_for completed "$job"
is 'each contact is made' "$(results "$job" | jq .statusCode | sort | uniq -c |
	tr -d ' ')" 3201
stop_instance

# ---- the operator's files

for file in "$confdir/bulkcontacts.conf" "$confdir/contact-fields.json" \
	"$confdir/nginx/bulkcontacts.conf" \
	"$sysconfdir/logrotate.d/bulkcontacts"; do
	ok "${file##*/} is the operator's" test -s "$file"
	printf '# mine\n' >"$file"
done
ok 'make install again' make_target install
is 'they are as he left them' "$(find "$root" -type f \
	-exec grep -lx '# mine' {} + | wc -l)" 4
ok 'make uninstall' make_target uninstall
is 'they are all that is left' "$(find "$root" -type f \
	-exec grep -Lx '# mine' {} +)" ''
is 'and still there' "$(find "$root" -type f | wc -l)" 4
find "$root" -type f -delete
ok 'make install anew' make_target install
ok 'make uninstall as they came' make_target uninstall
is 'no file is left' "$(find "$root" ! -type d)" ''
is 'no folder of ours is left' "$(find "$root" -name bulkcontacts)" ''

done_testing
