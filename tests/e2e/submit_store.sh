#!/bin/bash
# "bulkcontacts job submit" straight on a store that no service has open, and
# the commands that follow a job. The runner works when it is told to.
# shellcheck disable=SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"

out=$scratch/out
err=$scratch/err
file=$scratch/file

# Leaves $code, and the files $out and $err.
cli() {
	code=0
	"$top_builddir/cli/bulkcontacts" -c "$state/bulkcontacts.conf" "$@" \
		>"$out" 2>"$err" || code=$?
}

submit() {
	cli job submit --user ann --json "$@"
}

work() {
	"$top_builddir/jobrunner/bulkcontacts-jobrunner" \
		-c "$state/bulkcontacts.conf" --until-idle 2>"$scratch/runner"
}

set_conf() {
	sed -i "/^${1%% *} /d" "$state/bulkcontacts.conf"
	printf '%s\n' "$1" >>"$state/bulkcontacts.conf"
}

# An empty one, without a service.
start_instance --set retention=3h
stop_instance
fresh() {
	rm -rf "${state:?}/store"
}

# Members of the only contact.
contact() {
	cli contact export
	jq -c "$1" "$out"
}

# NAME PATTERN [OPTION...]: $file is refused with that line, and nothing of it
# is queued.
refused() {
	local name=$1 pattern=$2
	shift 2
	submit "$@" "$file"
	is "$name: status" "$code" 1
	like "$name: says it" "$(cat "$err")" "bulkcontacts: $pattern"
	is "$name: in one line" "$(wc -l <"$err")" 1
	cli job list --json
	is "$name: nothing is queued" "$(cat "$out")" '{"jobs":[]}'
}

# ---- 25,000 lines

{
	echo 'Email,First Name,Points'
	seq 0 24999 | sed 's/.*/p&@example.com,P&,&/'
} >"$file"
submit "$file"
is 'takes a file' "$code" 0
is 'in three jobs' "$(jq -c '[.jobs[] | [.first, .total]]' "$out")" \
	'[[0,10000],[10000,10000],[20000,5000]]'
is 'that are queued' "$(jq -r '.jobs[].status' "$out" | sort -u)" queued
is 'a line for each' "$(sed 's/ [^ ]*:/ ID:/' "$err")" \
	'queued ID: contacts 1 to 10000 of 25000
queued ID: contacts 10001 to 20000 of 25000
queued ID: contacts 20001 to 25000 of 25000'
cp "$out" "$scratch/first"
submit "$file"
ok 'the same command sends nothing twice' cmp "$scratch/first" "$out"
ok 'the runner does them' work
cli contact count
is 'each contact once' "$(cat "$out")" 25000
cli contact export
ok 'in the order of the file' cmp \
	<(jq -r '"\(.email),\(.firstname),\(.points)"' "$out") \
	<(tail -n +2 "$file")
submit --wait "$file"
is 'what is done is not done again' \
	"$(jq -c '[.jobs[] | .created, .failed]' "$out")" \
	'[10000,0,10000,0,5000,0]'
submit --again "$file"
ok 'unless that is wanted' test "$(jq -r '.jobs[0].id' "$out")" != \
	"$(jq -r '.jobs[0].id' "$scratch/first")"
submit --edit patch "$file"
ok 'an edit is another request' test "$(jq -r '.jobs[0].id' "$out")" != \
	"$(jq -r '.jobs[0].id' "$scratch/first")"

# ---- what a file may be

# NAME EXPECTED [OPTION...]: a fresh store gets this contact of stdin.
becomes() {
	local name=$1 expected=$2
	shift 2
	fresh
	submit "$@" -
	work
	is "$name" "$(contact '[.email, .firstname, .points, .tags]')" \
		"$expected"
}

full='["a@b.co","Ann",5,["x","y"]]'
part='["a@b.co","Ann",0,null]'
becomes 'a list' "$full" <<<'[{"email":"a@b.co","firstname":"Ann","points":5,
	"tags":["x","y"]}]'
becomes 'an object of contacts' "$part" <<<'{"0":
	{"email":"a@b.co","firstname":"Ann"}}'
becomes 'a contact a line' "$full" \
	<<<'{"email":"a@b.co","firstname":"Ann","points":5,"tags":"x,y"}'
becomes 'commas' "$full" <<<'email,FIRSTNAME,points,tags
a@b.co,Ann,5,"x,y"'
printf '\xef\xbb\xbfEmail;First name;Points;Tags\r\n"a@b.co";Ann;5;x,y\r\n' \
	>"$file"
becomes 'semicolons, a byte order mark, labels' "$full" <"$file"
becomes 'tabs' "$part" <<<$'email\tfirstname\na@b.co\tAnn'
becomes 'a map' "$part" --map 'E-Mail=email,name=First Name,junk=' \
	<<<'e-mail,Name,junk
a@b.co,Ann,xyz'
printf 'E-Mail, please = email\n\nName=firstname\n' >"$scratch/map"
becomes 'a file of one' "$part" --map "$scratch/map" \
	<<<'"E-Mail, please",Name
a@b.co,Ann'
becomes 'a guard against spreadsheets' '["a@b.co","=1+1",0,null]' \
	<<<"email,firstname
a@b.co,'=1+1"
# shellcheck disable=SC2016 # for jq
becomes 'what is mended' "$part" <<<'email,firstname,error
a@b.co,Ann,"line 2: email: A valid email is required."'
printf 'id,firstname\n1,Eve\n' >"$file"
submit --edit patch "$file"
work
is 'PATCH' "$(contact '[.id, .email, .firstname]')" '[1,"a@b.co","Eve"]'
submit --edit put "$file"
work
is 'PUT' "$(contact '[.id, .email, .firstname]')" '[1,null,"Eve"]'
fresh
printf '[]' >"$file"
submit "$file"
is 'no contacts are no job' "$code $(jq -c . "$out")" \
	'0 {"total":0,"queued":0,"jobs":[]}'

# ---- what it may not be

fresh
printf 'email,points\na@b.co,1\n\nb@b.co\n' >"$file"
refused 'a cell too few' "$file:4: this row has 1 cells where the header has 2"
printf 'email,colour\na@b.co,red\n' >"$file"
refused 'no field' "$file:1: column 2, \"colour\", is no field*--map*"
refused 'no column' "$file:1: there is no column \"size\"*" --map size=points
refused 'no map' '*which is no COLUMN=FIELD' --map "$file"
printf 'email\n"a@b.co\n' >"$file"
refused 'an open quotation mark' "$file:2: *quotation mark*missing"
printf 'email,city\na@b.co,M\xfcnchen\n' >"$file"
refused 'Latin-1' "$file:2: *UTF-8*"
printf '{"email":"a@b.co"}\n{"email":"b@b.co"\n{}\n' >"$file"
refused 'a wrong line' "$file:2: this is not valid JSON: a comma or '}' is missing"
printf '[{"email":"a@b.co"},\n{"email" "b@b.co"}]\n' >"$file"
refused 'a wrong contact of a list' \
	"$file:2: this is not valid JSON: a colon is missing"
printf '[{"email":"a@b.co"},\n{}' >"$file"
refused 'half a list' "$file:2: it ends early"
: >"$file"
refused 'nothing' "$file:1: there is nothing in it"
rm "$file"
refused 'no file' "cannot read $file: No such file or directory"
mkdir "$file"
refused 'a folder' "cannot read $file: Is a directory"
rmdir "$file"
printf 'email\na@b.co\n' >"$file"
refused 'failures into the file itself' "$file is the file that is read*" \
	--failed "$file"
is 'which stays as it was' "$(wc -l <"$file")" 2
cli drain
refused 'while draining' 'cannot queue a job: *bulkcontacts resume*'
cli resume
cli job submit --edit post "$file"
is 'no such edit' "$code" 2
cli job submit --url http://127.0.0.1:1 --user ann "$file"
is 'no user for a service' "$code" 2

# ---- whose jobs they are

fresh
cli job submit "$file"
is 'a table' "$code $(awk 'NR > 1 { print $2, $3, $4 }' "$out")" '0 queued 1 1'
cli job list --json
is 'of who asks' "$(jq -r '.jobs[0].user' "$out")" \
	"$(logname 2>/dev/null || id -nu)"
set_conf 'anonymous = yes'
cli job submit --again "$file"
cli job list --json
is 'of nobody without accounts' "$(jq -r '.jobs[0].user' "$out")" -
set_conf 'anonymous = no'

# ---- stopped in its midst: contacts without a unique value, so that one who
# ---- is sent twice is there twice

set_conf 'max_contacts = 10'
set_conf 'max_unfinished_jobs_per_user = 1'
fresh
{
	echo 'firstname'
	seq 35
} >"$file"

# Begins it; it waits behind the job that fills the quota. Leaves $pid.
begin_submit() {
	# a shell's background jobs ignore SIGINT
	env --default-signal=INT,QUIT "$top_builddir/cli/bulkcontacts" \
		-c "$state/bulkcontacts.conf" job submit --user ann "$file" \
		>"$out" 2>"$err" &
	pid=$!
	wait_for grep -q waiting "$err"
}

end_submit() {
	kill "-$1" "$pid"
	code=0
	wait "$pid" || code=$?
}

begin_submit
like 'a full quota is waited for' "$(cat "$err")" \
	'*the user has 1 unfinished jobs: waiting*'
end_submit INT
is 'Ctrl-C ends it' "$code" 130
like 'and it says how far it came' "$(tail -n 1 "$err")" \
	'*10 of 35 contacts are queued: the same command goes on*'
work
begin_submit
end_submit KILL
is 'so does kill -9' "$code" 137
work
begin_submit
until [ "$(jobs -pr)" = '' ]; do
	work
done
code=0
wait "$pid" || code=$?
is 'the last run ends by itself' "$code" 0
work
cli contact export
ok 'each contact is there once, in order' cmp <(jq -r .firstname "$out") \
	<(seq 35)
cli job list --json
is 'in four jobs' "$(jq -c '[.jobs[].total] | sort' "$out")" '[5,10,10,10]'
set_conf 'max_unfinished_jobs_per_user = 1000'

# ---- followed to the end

fresh
"$top_builddir/jobrunner/bulkcontacts-jobrunner" \
	-c "$state/bulkcontacts.conf" 2>"$scratch/runner" &
runner=$!
{
	echo 'email;points;error'
	for n in {1..25}; do
		if [ $((n % 10)) -eq 7 ]; then
			printf '"bad;%d";x;old\n' "$n"
		else
			printf 'p%d@example.com;%d;\n' "$n" "$n"
		fi
	done
} >"$file"
submit --wait "$file"
is 'failures are a failure' "$code" 1
is 'each job is followed' \
	"$(jq -c '[.jobs[] | [.status, .created, .failed]]' "$out")" \
	'[["completed",9,1],["completed",9,1],["completed",5,0]]'
job=$(jq -r '.jobs[1].id' "$out")
like 'and it says where the reasons are' "$(tail -n 1 "$err")" \
	'*2 of 25 contacts failed: *job results*'
submit --failed "$scratch/failed" "$file"
error='"email: A valid email is required., points: This value is not valid."'
is 'what failed, with its error' "$(cat "$scratch/failed")" \
	"email;points;error
\"bad;7\";x;${error/\"/\"line 8: }
\"bad;17\";x;${error/\"/\"line 18: }"
sed -i 's/^"bad;\([0-9]*\)";x/p\1@example.com;\1/' "$scratch/failed"
submit --failed "$scratch/again" "$scratch/failed"
is 'mended, it is submitted as it is' \
	"$code $(jq -c '.jobs[0] | [.created, .failed]' "$out")" '0 [2,0]'
is 'and nothing is left' "$(cat "$scratch/again")" 'email;points;error'
cli contact count
is 'all are there' "$(cat "$out")" 25

printf '[{"email":"a@b.co"},\n {"email":\n\t"bad"}, 5, {"error":"x","email":"y"}]' \
	>"$file"
submit --failed "$scratch/failed" "$file"
is 'failures of JSON are JSON lines' "$(cat "$scratch/failed")" \
	'{"error":"line 2: email: A valid email is required.","email": 	"bad"}
5
{"error":"line 3: email: A valid email is required.","email":"y"}'

# ---- the commands that follow a job

cli job watch "$job" --json
is 'watch ends with the job' "$code $(jq -c '[.id, .status]' "$out")" \
	"0 [\"$job\",\"completed\"]"
cli job results "$job"
is 'results in order' "$(jq -c '[.index, .statusCode]' "$out" | paste -sd' ')" \
	"$(for n in {0..9}; do
		[ "$n" -eq 6 ] && echo "[$n,400]" || echo "[$n,201]"
	done | paste -sd' ')"
cli job results "$job" --failed
is 'those that failed' "$(jq -r '"\(.index) \(.errors.message)"' "$out")" \
	"6 ${error//\"/}"
cli job retry-failed "$job" --json
retry=$(jq -r .id "$out")
is 'what failed is queued again' "$code $(jq .total "$out")" '0 1'
cli job retry-failed "$job" --json
is 'once' "$(jq -r .id "$out")" "$retry"
cli job watch "$retry" --json
is 'as it was sent, for the same user' \
	"$(jq -c '[.user, .total, .failed]' "$out")" '["ann",1,1]'
cli job results "$retry"
is 'with the same result' "$(jq -r '"\(.index) \(.errors.message)"' "$out")" \
	"0 ${error//\"/}"
printf 'id,email\n77,x@example.com\n1,y@example.com\n' >"$file"
submit --edit patch --wait "$file"
cli job retry-failed "$(jq -r '.jobs[0].id' "$out")" --json
cli job watch "$(jq -r .id "$out")" --json
is 'an edit is retried as one' "$(jq -c '[.total, .failed]' "$out")" '[1,1]'
cli contact count
is 'which makes no contact' "$(cat "$out")" 26
cli job results "$(uuidgen 2>/dev/null || cat /proc/sys/kernel/random/uuid)"
is 'results of no job' "$code" 1
cli job retry-failed "$retry" --again --json
ok 'again, if that is wanted' test "$(jq -r .id "$out")" != "$retry"

# ---- on a terminal

# Runs the program with a terminal as standard error; what it draws.
on_terminal() {
	python3 - "$top_builddir/cli/bulkcontacts" \
		-c "$state/bulkcontacts.conf" "$@" <<'PYTHON'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
drawn = b""
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    drawn += data
sys.stdout.buffer.write(drawn)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
}
if command -v python3 >/dev/null; then
	like 'a bar for what is queued, and one for what is done' \
		"$(on_terminal job submit --again --user ann --wait "$file")" \
		'*queued [[]##*##] 2/2 100 %*done [[]##*##] 2/2 100 %*'
	like 'watch has one, too' "$(on_terminal job watch "$job")" \
		'*completed [[]##*##] 10/10 100 %*'
else
	skip 'bars' 'python3 is missing'
fi

kill -TERM "$runner"
wait "$runner"
cli store verify
is 'the store is sound' "$code" 0
done_testing
