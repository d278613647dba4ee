# shellcheck shell=bash
# shellcheck disable=SC2154,SC2317 # variables and calls of who sends this
# What is done inside the folder of an instance, as the user whose folder it
# is: text that instance sends to a shell of that user, together with $state
# (a name for messages: this shell stands in it), $listen, ${users[@]},
# ${settings[@]}, $user_name and ${texts[@]}, for sources and programs may lie
# where that user cannot look. Descriptor 4 is the program bulkcontacts.
set -euf
umask 077

die() {
	printf 'instance: %s\n' "$*" >&2
	exit 1
}

wrong() {
	printf 'instance: %s\n' "$*" >&2
	exit 2
}

# ---- the running instance

# The supervisor holds this lock as long as it lives; a pid file may be old.
runs() {
	[ -e run/lock ] && ! flock -n run/lock true
}

stop_instance() {
	local pid tries

	for ((tries = 0; tries < 50; tries++)); do
		runs || return 0
		# Just started, it has the lock but no pid file of its own yet.
		pid=$(cat run/supervisor.pid 2>/dev/null || :)
		[ ! "/proc/${pid:-none}/cwd" -ef . ] || break
		pid=
		sleep 0.1
	done
	[ -n "$pid" ] || die "$state/run/supervisor.pid names no supervisor"
	kill -TERM "$pid" 2>/dev/null || ! runs || die "cannot signal $pid"
	# One that is stopped would not hear of it.
	kill -CONT "$pid" 2>/dev/null || :
	flock -w 15 run/lock true || die "$pid does not end"
}

# ---- the files

# Replaces, so that readers see the old text or the new one.
write_file() {
	local new
	new=$(mktemp "$1.XXXXXX")
	cat >"$new"
	mv -fT -- "$new" "$1"
}

random_hex() {
	od -An -v -N16 -tx1 /dev/urandom | tr -d ' \n'
}

is_set() {
	local line
	for line in ${settings[@]+"${settings[@]}"}; do
		[[ $line =~ ^"$1"\ *= ]] && return 0
	done
	return 1
}

make_folders() {
	local folder foreign
	chmod 700 . || die "$state is not ours"
	for folder in run log store; do
		[ ! -L "$folder" ] || die "$state/$folder is a link"
		mkdir -p "$folder" || die "cannot make $state/$folder"
	done
	# As files are that root copied in; those in run are replaced.
	foreign=$(find . -path ./run -prune -o ! -type l ! -readable \
		-print -quit 2>/dev/null || :)
	[ -z "$foreign" ] || die "cannot read $state/${foreign#./}:" \
		"give it to ${user_name:-$(id -u)} with chown"
}

write_configuration() {
	local line key
	{
		echo '# Written by supervisor/instance at each start: give'
		echo '# settings of your own with --set.'
		for line in 'store_dir = store' 'socket_dir = run' \
			'password_file = run/htpasswd' \
			'fields = contact-fields.json' 'log = stderr' \
			${user_name:+"user = $user_name"}; do
			key=${line%% *}
			is_set "$key" || printf '%s\n' "$line"
		done
		for line in ${settings[@]+"${settings[@]}"}; do
			printf '%s\n' "$line"
		done
	} | write_file bulkcontacts.conf
	if [ ! -e contact-fields.json ] && ! is_set fields; then
		printf '%s\n' "${texts[fields]}" |
			write_file contact-fields.json
	fi
}

# "key = value" of all that is in force, defaults too.
read_configuration() {
	local text key value
	declare -gA in_force=()
	text=$(/dev/fd/4 -c bulkcontacts.conf config) || exit 2
	while IFS= read -r value; do
		key=${value%%=*}
		value=${value#*=}
		in_force[${key%"${key##*[! ]}"}]=${value#"${value%%[! ]*}"}
	done < <(printf '%s\n' "$text")
	[[ ${in_force[base_path]-} =~ ^(/[A-Za-z0-9._~-]+)*$ ]] ||
		wrong 'base_path: only letters, digits and . _ ~ - /'
}

write_credentials() {
	if [ ${#users[@]} -gt 0 ]; then
		printf '%s\n' "${users[@]}" | write_file credentials
	elif [ ! -s credentials ]; then
		printf 'bulk:%s\n' "$(random_hex)" | write_file credentials
	fi
	[[ -f credentials && ! -L credentials ]] ||
		die "$state/credentials is no file"
	mapfile -t users <credentials
	[ ${#users[@]} -gt 0 ] || die "$state/credentials is empty"
}

# Ends with what the start needs to know, a line each: base path, request
# rate, first user, and how long nginx's log is.
prepare() {
	make_folders
	write_configuration
	read_configuration
	write_credentials
	write_password_files
	write_site
	touch log/supervisor.log
	rm -f run/nginx.bound
	printf '%s\n' "${in_force[base_path]-}" \
		"${in_force[request_rate]-off}" "${users[0]%%:*}" \
		"$(stat -c %s log/nginx.log 2>/dev/null || echo 0)"
}

# ---- looking on while it starts

# nginx's complaints beyond the first $1 bytes of its log; it tries a port
# that is in use again.
nginx_trouble() {
	tail -c "+$(($1 + 1))" log/nginx.log 2>/dev/null |
		grep -F '[emerg]' | grep -v '(98: .*)$' |
		sed 's/^.*\[emerg\] [0-9#]*: //' | head -n 1
}

show_logs() {
	local name
	for name in supervisor fcgi jobrunner nginx; do
		[ -s "log/$name.log" ] || continue
		printf -- '--- %s/log/%s.log\n' "$state" "$name" >&2
		tail -n 5 "log/$name.log" >&2
	done
}

# Status and body of a GET of address $1, with the first user's credentials.
ask() {
	curl -q -sS -g -m 10 -K - -w '\n%{http_code}' --noproxy '*' "$1" \
		<run/curlrc 2>/dev/null || :
}

# At http://ADDR:PORT/base of $1: nginx has the port (it then writes a pid
# file of its own), both sockets answer through it, and the runner is the one
# it was a moment ago.
is_ready() {
	local runner nginx

	runner=$(cat run/jobrunner.pid 2>/dev/null) || return 1
	nginx=$(cat run/nginx.pid 2>/dev/null) || return 1
	[ "$nginx" = "$(cat run/nginx.bound 2>/dev/null)" ] || return 1
	[[ $(ask "$1/api/contacts/job/$(cat /proc/sys/kernel/random/uuid)") \
	== '{"errors":[{"code":404,'*$'\n404' ]] || return 1
	[[ $(ask "$1/api/contacts/bulk/new") == *$'\n405' ]] || return 1
	[ "$runner" = "$(cat run/jobrunner.pid 2>/dev/null)" ] &&
		kill -0 "$runner" 2>/dev/null
}
