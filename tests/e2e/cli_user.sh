#!/bin/bash
# Accounts: whom the command line adds gets in at nginx, whom it removes does
# not; passwords are asked for, and nobody else sees them.
# shellcheck disable=SC2119,SC2317 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

if ! command -v python3 >/dev/null; then
	skip 'accounts' 'python3 is missing'
	done_testing
fi

out=$scratch/out
err=$scratch/err

# Leaves $code, $out and $err; standard input is the caller's.
run() {
	code=0
	cli "$@" >"$out" 2>"$err" || code=$?
}

# What nginx says to that name and password, of a job that nobody has.
gets() {
	curl -q -sS --noproxy '*' -o "$scratch/none" -w '%{http_code}' -K - \
		"$url$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21" \
		<<<"user = \"$1:$2\""
}

# On a terminal of its own: the lines are typed one after the other, each when
# it is asked for. What the terminal shows goes to $out; sets $code.
types() {
	local lines=$1
	shift
	code=0
	python3 - "$lines" "$top_builddir/cli/bulkcontacts" \
		-c "$state/bulkcontacts.conf" "$@" >"$out" <<'END' || code=$?
import os, pty, sys, termios
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown = b""
lines = [line.encode() for line in sys.argv[1].split(",") if line]
while True:
    try:
        data = os.read(fd, 4096)
    except OSError:
        break
    if not data:
        break
    shown += data
    if shown.endswith(b": ") and lines:
        os.write(fd, b"\x03" if lines[0] == b"^C" else lines[0] + b"\n")
        lines.pop(0)
status = os.waitpid(pid, 0)[1]
sys.stdout.buffer.write(shown)
sys.exit(128 + status if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))
END
}

start_instance
file=$state/run/htpasswd
cp "$file" "$scratch/before"

is 'nobody of that name' "$(gets ann secret-1)" 401
types secret-1,secret-1 user add ann
is 'a user is added' "$code" 0
like 'asked for twice' "$(cat "$out")" '*Password of ann: *Once more: *'
is 'and nothing is shown' "$(grep -c secret "$out")" 0
is 'she gets in' "$(gets ann secret-1)" 404
is 'with no other password' "$(gets ann secret-2)" 401
like 'a chosen one is hashed slowly' "$(grep ^ann: "$file")" "ann:\$6\$*"
is 'others are untouched' "$(grep -vc ^ann: "$file")" "$(wc -l <"$scratch/before")"

types other-1,other-2 user passwd ann
is 'two that differ' "$code" 1
like 'are told' "$(cat "$out")" '*the passwords differ*'
is 'and change nothing' "$(gets ann secret-1)" 404
types '^C' user passwd ann
is 'Ctrl-C ends it' "$code" 130
is 'and changes nothing' "$(gets ann secret-1)" 404

run user passwd ann --random </dev/null
is 'a random one' "$code" 0
password=$(cat "$out")
like 'is printed, 128 bits' "$(tr 0-9a-f x <"$out")" \
	xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
is 'gets in' "$(gets ann "$password")" 404
is 'the old one does not' "$(gets ann secret-1)" 401
like 'and is hashed fast' "$(grep ^ann: "$file")" 'ann:{SSHA}*'

printf 'from a pipe\n' | run user add 'bob the second'
run user list --json
is 'from standard input' "$(gets 'bob the second' 'from a pipe')" 404
is 'a list of all' "$(jq -c '[.users[].name]' "$out")" \
	"[\"$user\",\"ann\",\"bob the second\"]"
run user list
like 'and as a table' "$(tail -n 1 "$out")" 'bob the second  SHA-512-crypt'

run user remove 'bob the second'
is 'a user is removed' "$code" 0
is 'and does not get in' "$(gets 'bob the second' 'from a pipe')" 401
is 'the others do' "$(gets ann "$password")" 404

# ---- what is refused

refuses() {
	local name=$1 expected=$2 pattern=$3
	shift 3
	cp "$file" "$scratch/kept"
	run "$@" </dev/null
	is "$name: status" "$code" "$expected"
	like "$name: says why" "$(cat "$err")" "bulkcontacts: *$pattern*"
	is "$name: one line" "$(wc -l <"$err")" 1
	ok "$name: nothing changes" cmp "$scratch/kept" "$file"
}
refuses 'one who is there' 1 already user add ann --random
refuses 'one who is not' 1 'no user' user passwd bob --random
refuses 'one who is not, to go' 1 'no user' user remove bob
refuses 'a name with a colon' 2 colon user add a:b --random
refuses 'a name that is a comment' 2 colon user add '#a' --random
refuses 'no password' 1 'no password was given' user add bob
refuses 'a password as an argument' 2 'too many' user add bob secret

# ---- the file

chmod 644 "$file"
printf '# kept\nno line end:x' >>"$file"
run user add carl --random
is 'its rights stay' "$(stat -c %a "$file")" 644
ok 'comments stay' grep -qx '# kept' "$file"
ok 'a last line without an end is whole' grep -qx 'no line end:x' "$file"
is 'nothing else is left in the folder' "$(find "$state/run" -name 'htpasswd.*')" ''
is 'nobody is doubled' "$(cut -d: -f1 "$file" | sort | uniq -d)" ''

pids=()
for n in {1..12}; do
	cli user add "many $n" --random >"$scratch/many.$n" &
	pids+=($!)
done
wait "${pids[@]}"
is 'none of many at once is lost' "$(grep -c '^many ' "$file")" 12
is 'each gets in' "$(gets 'many 7' "$(cat "$scratch/many.7")")" 404

rm "$file"
run user list
is 'no file has no users' "$code $(wc -l <"$out")" '0 1'
run user add dan --random
is 'a new one is made' "$(grep -c ^dan: "$file")" 1
is 'and nobody else reads it' "$(stat -c %a "$file")" 600
like 'which is said' "$(cat "$err")" '*let the web server*'
done_testing
