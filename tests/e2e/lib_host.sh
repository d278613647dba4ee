# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # variables of and for who sources this
# What the tests of hosts share, behind lib.sh and lib_api.sh: an installation
# below a home folder, by a user without rights, behind a server of another
# kind. The accounts are ann and eve.
#
#	needs PROGRAM...            skips the whole test unless they are there
#	make_home                   $home, with programs, configuration and
#	                            accounts; its max_body is 2M
#	host COMMAND...             as the user of $home
#	start_host NAME COMMAND...  in the background; $home/log/NAME.out has what
#	                            it says, ${pids[NAME]} is its id
#	stop_host NAME...           in order
#	sample FILE                 of dist/, its folders made those of this test
#	check_session               a session of a client, against $url; work is
#	                            done when the function work() is called

home=$scratch/home
become=()
[ "$(id -u)" -ne 0 ] ||
	become=(setpriv --reuid nobody --regid "$(id -g nobody)" --clear-groups --)
declare -A pids=()

host() {
	${become[@]+"${become[@]}"} "$@"
}

needs() {
	local program
	for program in "$@"; do
		[ -e "$program" ] || command -v "$program" >/dev/null || {
			printf '1..0 # SKIP %s is missing\n' "$program"
			exit 0
		}
	done
}

start_host() {
	local name=$1
	shift
	${become[@]+"${become[@]}"} "$@" </dev/null \
		>>"$scratch/$name.out" 2>&1 &
	pids[$name]=$!
}

stop_host() {
	local name
	for name in "$@"; do
		kill -TERM "${pids[$name]}" 2>/dev/null
		wait "${pids[$name]}"
		unset "pids[$name]"
	done
}

finish_hosts() {
	stop_host ${pids[@]+"${!pids[@]}"} 2>/dev/null
	finish
}
trap finish_hosts EXIT

make_home() {
	local folder=$home/bulkcontacts name
	mkdir -p "$folder/sbin" "$folder/store" "$folder/run" "$folder/log"
	for name in fcgi-app/bulkcontacts-fcgi \
		jobrunner/bulkcontacts-jobrunner cli/bulkcontacts; do
		cp "$top_builddir/$name" "$folder/sbin/"
	done
	cp "$top_srcdir/data/contact-fields.json" "$folder/"
	cat >"$folder/bulkcontacts.conf" <<-END
		store_dir = store
		socket_dir = run
		fields = contact-fields.json
		log = log/bulkcontacts.log
		max_body = 2M
		min_free_disk = 0
	END
	key=$(random_key)
	eve=eve:$(random_key)
	for name in "ann:$key" "$eve"; do
		printf '%s:%s\n' "${name%%:*}" "$(printf '%s\n' "${name#*:}" |
			openssl passwd -6 -stdin)"
	done >"$folder/htpasswd"
	printf 'user = "ann:%s"\n' "$key" >"$folder/run/curlrc"
	[ ${#become[@]} -eq 0 ] || chown -R nobody "$home"
	state=$folder
}

# The samples stand for an installation in /home/USER.
sample() {
	sed "s|/home/USER|$home|g" "$top_srcdir/dist/$1"
}

# Of the last answer: the parts that the web server has no hand in.
check_submit() {
	make_contacts "$1" 3 >"$scratch/three"
	submit POST "$scratch/three"
	is 'a submit is taken' "$status" 202
	is 'and its job named' "$(header Location)" "$api/job/$job"
	is 'and its progress' "$(header Job-Progress)" \
		'total=3, done=0, created=0, updated=0, failed=0'
	work
	ok 'the job completes' wait_for completed "$job"
	is 'its results are in order' "$(results "$job" | paste -sd ' ')" \
		'{"id":1,"statusCode":201} {"id":2,"statusCode":201} {"id":3,"statusCode":201}'
	api HEAD "$api/job/$job"
	is 'HEAD has the headers' "$status $(header Job-Progress)" \
		'200 total=3, done=3, created=3, updated=0, failed=0'
	api GET "$api/1"
	is 'the contact is there' "$(jq -r .contact.email "$body")" \
		"$1.0@example.com"
	like 'a page of nothing' "$(api GET "$api/job/$job?details=1&page=9" &&
		cat "$body")" '*"contacts":\[\]*'
}

check_edits() {
	printf '[{"id":1,"points":7},{"id":99}]' >"$scratch/edit"
	gzip -c "$scratch/edit" >"$scratch/edit.gz"
	submit PATCH "$scratch/edit.gz" -H 'Content-Encoding: gzip'
	work
	ok 'PATCH, packed' wait_for completed "$job"
	is 'PATCH: its results' "$(results "$job" | jq .statusCode |
		paste -sd ' ')" '200 404'
	submit PUT "$scratch/edit"
	is 'PUT' "$status" 202
	api POST "$api/bulk/edit" -H 'X-HTTP-Method-Override: PATCH' \
		-d '0[id]=1&0[city]=Paris'
	is 'a form, by POST' "$status" 202
}

# What is more than servers keep in memory.
check_large() {
	make_contacts many 10000 >"$scratch/many"
	submit POST "$scratch/many"
	is '10,000 contacts are taken' "$status" 202
	work
	ok 'and completed' wait_for completed "$job"
	api GET "$api/job/$job?details=1&page=50"
	is 'the last page' "$(jq '.details.contacts | length' "$body")" 200
	submit POST "$scratch/many" -H 'Transfer-Encoding: chunked'
	is 'of unannounced length, too' "$status" 202
	printf '%s,%s' "$(head -c -2 "$scratch/many")" '{}]' >"$scratch/more"
	submit POST "$scratch/more"
	is_error '10,001 contacts' 413 \
		'A max of 10000 entities are supported at a time.'
	head -c 2200000 /dev/zero | tr '\0' ' ' >"$scratch/large"
	submit POST "$scratch/large"
	is_error 'a body beyond max_body' 413 '*'
}

check_strangers() {
	local method path who options
	while read -r method path options; do
		for who in 'ann:wrong' 'nobody:x' 'ann:' ":$key"; do
			refused "$who: $method $path" 401 \
				'API authorization denied.' \
				"$method" "$path" -u "$who" \
				-H 'REMOTE_USER: ann' -H 'Remote-User: ann' \
				${options:+-d "$options"}
		done
		refused "no password: $method $path" 401 \
			'API authorization denied.' "$method" "$path" \
			-H Authorization: ${options:+-d "$options"}
		is 'asked for once' "$(header WWW-Authenticate | wc -l)" 1
	done <<-END
		POST $api/bulk/new []
		PUT $api/bulk/edit []
		GET $api/jobs
		GET $api/1
		GET $api/job/$1
		DELETE $api/job/$1
	END
	refused "a job of somebody else" 404 'Item was not found.' GET \
		"$api/job/$1" -u "$eve"
	refused "nor can he end it" 404 'Item was not found.' DELETE \
		"$api/job/$1" -u "$eve"
	api GET "$api/jobs" -u "$eve"
	is 'he has none' "$(cat "$body")" '{"jobs":[]}'
}

check_errors() {
	refused 'no such job' 404 'Item was not found.' GET \
		"$api/job/3f2b8c1e-5a0d-4c57-9a33-0d8f5b1c6e21"
	refused 'no such path' 404 'Item was not found.' GET "$api/nothing"
	refused 'no path' 404 'Item was not found.' GET "$api"
	refused 'a wrong method' 405 'Method not allowed: use one of POST.' \
		GET "$api/bulk/new"
	is 'with those that are right' "$(header Allow)" POST
	refused 'a method of no path' 405 '*' OPTIONS "$api/bulk/edit"
	refused 'another kind of body' 415 '*' POST "$api/bulk/new" \
		-H 'Content-Type: text/plain' -d x
	refused 'a body that is none' 400 '*' POST "$api/bulk/new" \
		-H 'Content-Type: application/json' -d '[{'
	refused 'no body' 400 '*' POST "$api/bulk/new" -d ''
	refused 'a page of another site' 403 '*' POST "$api/bulk/new" \
		-H 'Sec-Fetch-Site: cross-site' -d '[]'
	api GET "$api/%6aobs"
	is 'paths are decoded' "$status" 200
}

check_delete() {
	submit POST "$scratch/three"
	api DELETE "$api/job/$job"
	is 'a job is deleted' "$status $(cat "$body")" "200 {\"id\":\"$job\"}"
	refused 'and gone' 404 'Item was not found.' GET "$api/job/$job"
}

check_session() {
	local first
	check_submit first
	first=$job
	check_edits
	check_large
	check_strangers "$first"
	check_errors
	check_delete
	is 'the log knows paths and users' "$(grep -c \
		" path=$api/job/$first .* user=ann job=$first" \
		"$state/log/bulkcontacts.log" | sed 's/^[1-9].*/many/')" many
	is 'no password is in any log' "$(grep -rlF -e "$key" -e "${eve#*:}" \
		"$state/log" "$scratch"/*.out)" ''
}
