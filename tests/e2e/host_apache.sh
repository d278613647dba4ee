#!/bin/bash
# A web folder on somebody else's Apache, with mod_fcgid and .htaccess, and the
# job runner from cron: no daemon, no root.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"
# shellcheck source=tests/e2e/lib_host.sh
. "${top_srcdir:-.}/tests/e2e/lib_host.sh"
PATH=$PATH:/usr/sbin
modules=/usr/lib/apache2/modules
needs apache2 "$modules/mod_fcgid.so"

# What belongs to the host. The user of the web folder has no say in it.
write_host_conf() {
	local module
	for module in mpm_event authn_core authn_file authz_core authz_user \
		auth_basic dir headers mime fcgid; do
		printf 'LoadModule %s_module %s/mod_%s.so\n' "$module" \
			"$modules" "$module"
	done
	cat <<-END
		ServerRoot $home/apache
		DefaultRuntimeDir $home/apache
		Mutex file:$home/apache default
		PidFile httpd.pid
		ErrorLog error.log
		ServerName localhost
		Listen $address
		TypesConfig /dev/null
		FcgidIPCDir sock
		FcgidProcessTableFile fcgid_shm
		FcgidMaxRequestLen 4000000
		DocumentRoot $home/public_html
		<Directory $home/public_html>
			AllowOverride AuthConfig FileInfo Indexes Options=ExecCGI
			Require all granted
		</Directory>
		<Files ".ht*">
			Require all denied
		</Files>
	END
}

# As cron runs the lines of a crontab.
minute() {
	local line
	while read -r line; do
		host env -i HOME="$home" LOGNAME=me SHELL=/bin/sh \
			PATH=/usr/bin:/bin sh -c "$line"
	done < <(sed -n 's/^\* \* \* \* \*[[:blank:]]*//p' \
		"$top_srcdir/dist/cron/crontab")
}

work() {
	ok 'cron: a minute' minute
}

two_minutes() {
	minute &
	minute && wait $!
}

workers() {
	grep -lzs "^$state/sbin/bulkcontacts-fcgi" /proc/[0-9]*/cmdline |
		cut -d/ -f3
}

have_ended() {
	local pid
	for pid in $1; do
		has_ended "$pid" || return 1
	done
}

make_home
mkdir -p "$home/public_html" "$home/apache"
cp -r "$top_srcdir/dist/apache/api" "$home/public_html/"
chmod -R u+w "$home/public_html"
sample apache/api/contacts/.htaccess >"$home/public_html/api/contacts/.htaccess"
is 'the sample names no other folder' \
	"$(grep -c /home/USER "$home/public_html/api/contacts/.htaccess")" 0
address=127.0.0.1:$(free_port)
url=http://$address
write_host_conf >"$home/apache/httpd.conf"
[ ${#become[@]} -eq 0 ] || chown -R nobody "$home"
start_host apache apache2 -D FOREGROUND -f "$home/apache/httpd.conf"
wait_for answers ||
	bail_out "it does not serve: $(tail -n 1 "$home/apache/error.log")"

check_session

# ---- what is Apache's alone

for file in "$top_srcdir"/dist/apache/api/errors/*.json; do
	is "${file##*/}: a page of an error" "$(jq -c '.errors[0].code' "$file")" \
		"$(basename "$file" .json)"
done
api GET "$api/.htaccess"
is 'nobody reads .htaccess' "$status" 403
head -c 5000000 /dev/zero >"$scratch/large"
submit POST "$scratch/large"
is_error 'a body beyond what the host allows' 500 '*'
old=$(workers)
# shellcheck disable=SC2086 # several
kill -KILL $old
ok 'a program that is killed is started again' wait_for answers
submit POST "$scratch/three"
is 'and takes jobs' "$status" 202
work
ok 'which complete' wait_for completed "$job"

# ---- cron beside itself

ok 'a runner with nothing to do ends' minute
ok 'and so does a second one' two_minutes
old=$(workers)
stop_host apache
ok 'without Apache there is no program' wait_for have_ended "$old"

done_testing
