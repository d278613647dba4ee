#!/bin/bash
# The file for logrotate: after a rotation all programs write the new log.
# shellcheck disable=SC2119,SC2154,SC2317 # ok calls functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

PATH=$PATH:/usr/sbin
for program in logrotate pkill; do
	command -v "$program" >/dev/null || {
		printf '1..0 # SKIP %s is missing\n' "$program"
		exit 0
	}
done

start_instance --set 'log = log/all.log'
log=$state/log/all.log
submit_one() {
	make_contacts "$1" 1 >"$scratch/$1.json"
	submit POST "$scratch/$1.json"
	wait_for completed "$job"
}
ok 'a job before' submit_one before

# Of all processes of this user only those of this instance.
owner=$(stat -c %U "$state/log")
group=$(stat -c %G "$state/log")
sed -e "s|^[^#].*\*\.log|\"$log\"|" \
	-e "s|pkill|& -P $(cat "$state/run/supervisor.pid")|" \
	-e "s|bulkcontacts bulkcontacts|$owner $group|" \
	-e "s|-u bulkcontacts|-u $owner|" \
	"$top_builddir/dist/logrotate/bulkcontacts" >"$scratch/logrotate.conf"
[ "$(id -u)" -eq 0 ] || sed -i '/^	su /d' "$scratch/logrotate.conf"
chmod 644 "$scratch/logrotate.conf"
rotate() {
	logrotate -v -f -s "$scratch/logrotate.status" "$scratch/logrotate.conf"
}
ok 'it is rotated' rotate
old=$(stat -c %s "$log.1")
ok 'the old log has lines' test "$old" -gt 0

# A signal arrives after its sender has returned.
all_write_anew() {
	submit_one after
	api GET "$api/jobs"
	[ "$(grep -oE ' (fcgi|jobrunner)\[[0-9]+\] ' "$log" | tr -dc 'a-z\n' |
		sort -u | tr '\n' ' ')" = 'fcgi jobrunner ' ]
}
ok 'workers and runner write the new one' wait_for all_write_anew
old=$(stat -c %s "$log.1")
ok 'another job' submit_one last
is 'nobody writes the old one any more' "$(stat -c %s "$log.1")" "$old"
is 'the new one is nobody else'\''s' "$(stat -c '%a %U' "$log")" "600 $owner"

done_testing
