#!/bin/bash
# Another field catalogue for a store with contacts: nothing is lost.
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

out=$scratch/out
err=$scratch/err

# Leaves $code, $out and $err.
run() {
	code=0
	"$@" >"$out" 2>"$err" || code=$?
}

# change FILTER [ARGUMENT...]: the catalogue's fields, by jq.
change() {
	local file=$state/contact-fields.json
	jq "$@" "$file" >"$scratch/fields.json" && cat "$scratch/fields.json" >"$file"
}

add_field() {
	# shellcheck disable=SC2016 # a variable of jq
	change --argjson unique "$1" '.fields += [{alias: "customer_no",
		label: "Customer number", group: "core", type: "text",
		unique: $unique}]'
}

take_out_field() {
	change 'del(.fields[] | select(.alias == "customer_no"))'
}

# apply PATTERN: stop, reindex, which says this, and start.
apply() {
	stop_instance
	run cli store reindex
	is "reindex: $1" "$code" 0
	like "reindex says $1" "$(cat "$out")" "*$1*"
	restart_instance
	whole "after: $1"
}

whole() {
	run cli store verify
	is "verify, $1" "$code" 0
	like "verify says so, $1" "$(cat "$out")" '0 findings in *'
}

# send JSON: a job of these contacts, done; results "ID CODE" in $results.
send() {
	printf %s "$1" >"$scratch/request"
	submit POST "$scratch/request"
	wait_for completed "$job" || bail_out 'a job does not complete'
	results=$(results "$job" | jq -r '"\(.id) \(.statusCode)"' |
		paste -sd' ')
}

value_of() {
	cli contact show "$1" | jq -r "$2"
}

start_instance
run cli store verify
is 'an empty store is whole' "$(cat "$out")" \
	'0 findings in 0 contacts, 0 unique values and 0 jobs'
run cli store verify --json
is 'and as JSON' "$(cat "$out")" \
	'{"findings":[],"contacts":0,"keys":0,"jobs":0}'
send '[{"email":"a@x.co"},{"email":"b@x.co"}]'
is 'contacts from before' "$results" '1 201 2 201'

# ---- a catalogue that is wrong

cp "$state/contact-fields.json" "$scratch/right.json"
stop_instance
change '.fields += [{alias: "shade", label: "Shade", group: "core", type: "colour"}]'
run cli contact count
is 'a wrong catalogue is refused' "$code" 2
like 'with file, field and reason' "$(cat "$err")" \
	'*contact-fields.json: shade: type: *"colour"*'
run "$top_builddir/jobrunner/bulkcontacts-jobrunner" \
	-c "$state/bulkcontacts.conf" --until-idle
is 'by the runner, too' "$code" 2
like 'with the same' "$(cat "$err")" '*contact-fields.json: shade: type: *'
run "$top_builddir/fcgi-app/bulkcontacts-fcgi" -c "$state/bulkcontacts.conf"
is 'and by a worker' "$code" 2
like 'with the same' "$(cat "$err")" '*contact-fields.json: shade: type: *'
cat "$scratch/right.json" >"$state/contact-fields.json"
restart_instance

# ---- a field more

add_field true
run cli contact count
is 'a changed catalogue is refused' "$code" 2
like 'with the field and the command' "$(cat "$err")" \
	'*contact-fields.json: the field customer_no is new:*store reindex*'
run cli store reindex
is 'not beside a running service' "$code" 1
like 'but says what to do' "$(cat "$err")" '*stop the service*'
stop_instance
run "$top_builddir/jobrunner/bulkcontacts-jobrunner" \
	-c "$state/bulkcontacts.conf"
is 'the runner refuses it' "$code" 2
like 'and says so' "$(cat "$err")" '*customer_no*store reindex*'
# Where the runner is the first to refuse it, they are ended before they say
# so: it is another program here.
programs=$scratch/programs
mkdir -m 755 "$programs" "$programs"/{cli,fcgi-app,jobrunner,supervisor}
for program in cli/bulkcontacts fcgi-app/bulkcontacts-fcgi \
	supervisor/bulkcontacts-supervisor; do
	ln -s "$top_builddir/$program" "$programs/$program"
done
ln -s "$(type -P false)" "$programs/jobrunner/bulkcontacts-jobrunner"
run instance --build "$programs" --listen "$address" --state "$state" --detach
is 'so do the workers' "$code" 1
like 'and say so' "$(cat "$state"/log/fcgi.log "$err")" \
	'*bulkcontacts-fcgi: *customer_no*store reindex*'
apply 'customer_no: new'
send '[{"email":"a@x.co","customer_no":"K1"},{"customer_no":"k1","city":"Rome"},
	{"customer_no":"K2"}]'
is 'the field is looked up' "$results" '1 200 1 200 3 201'

# ---- taken out, and back

take_out_field
apply 'customer_no: taken out'
is 'its values are out of sight' "$(value_of 1 .customer_no)" null
send '[{"email":"a@x.co","customer_no":"K9","city":"Oslo"}]'
is 'an unknown key is ignored' "$results" '1 200'
add_field true
apply 'customer_no: back'
is 'its values are back' "$(value_of 1 '.customer_no + .city')" k1Oslo
is 'of all contacts' "$(value_of 3 .customer_no)" K2
send '[{"customer_no":"K2","city":"Bonn"}]'
is 'and they are looked up' "$results" '3 200'

# ---- two with one value

take_out_field
add_field false
apply 'customer_no: no longer unique'
send '[{"email":"b@x.co","customer_no":"K1"},{"email":"d@x.co","customer_no":"K2"}]'
take_out_field
add_field true
stop_instance
run cli store reindex
is 'two contacts with one value are refused' "$code" 1
is 'with both ids' "$(grep -c -e 'contacts 1 and 2 ' -e 'contacts 3 and 4 ' \
	"$out")" 2
like 'in one line' "$(cat "$err")" 'bulkcontacts: nothing was changed: 2 *'
take_out_field
add_field false
restart_instance
whole 'when refused'
send '[{"email":"b@x.co","customer_no":"K3"},{"email":"d@x.co","customer_no":"K4"}]'
take_out_field
add_field true
apply 'customer_no: unique'
is 'nothing was lost' "$(cli contact export | jq -r '.customer_no' |
	paste -sd' ')" 'k1 K3 K2 K4'

# ---- beside work

make_contacts busy 4000 >"$scratch/many"
submit POST "$scratch/many"

# One edit of them all after the other, until "$scratch/enough" is there.
work() {
	local n
	body=$scratch/work.body
	headers=$scratch/work.headers
	for ((n = 1; ; n++)); do
		jq -nc --argjson n "$n" '[range(4000) | {id: (. + 5),
			email: "busy.\($n).\(.)@example.com"}]' >"$scratch/many"
		submit PATCH "$scratch/many"
		[ ! -e "$scratch/enough" ] || break
		wait_for completed "$job" || break
	done
	wait_for completed "$job"
}

jobs_completed() {
	cli job list --state completed --json | jq '.jobs | length'
}

work &
findings=0
before=$(jobs_completed)
until [ "$(jobs_completed)" -ge $((before + 3)) ]; do
	kill -0 "$!" || break
	run cli store verify
	[ "$code" -eq 0 ] || {
		findings=$((findings + 1))
		diag "$(cat "$out" "$err")"
	}
done
: >"$scratch/enough"
ok 'work goes on meanwhile' wait "$!"
is 'work is no finding' "$findings" 0
whole 'after it'

# ---- what is wrong is said

stop_instance
rm "$state"/store/env/__db.*
LC_ALL=C sed -i 's/busy\.\([0-9]*\)\.7@/busy.\1.X@/g' "$state/store/env/contact.db"
run cli store verify
is 'a changed byte is found' "$code" 1
like 'in a line' "$(cat "$out")" \
	'a page of a table cannot be read, *: the log names it (page-unreadable)
1 finding in 0 contacts, * unique values and * jobs'
like 'and the log names the page' "$(cat "$err")" \
	'*page-damaged file=contact.db page=*'
run cli store verify --json
is 'and as JSON' "$code $(jq -r '.findings[0].fault' "$out")" \
	'1 page-unreadable'
is 'the other tables were looked at' "$(jq '.jobs > 0' "$out")" true

done_testing
