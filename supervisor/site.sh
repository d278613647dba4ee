# shellcheck shell=bash
# shellcheck disable=SC2154 # variables of who sources this
# What nginx reads: passwords and the site, made of ${users[@]}, the settings
# ${in_force[@]} and the templates ${texts[@]}. Sent along with inside.sh.

# nginx hashes at each request: what is random needs no slow hash.
hash_password() {
	local salt
	if [[ $1 =~ ^[0-9a-f]{32}$ ]]; then
		salt=$(random_hex)
		printf '{SSHA}'
		{
			printf %s "$1$salt" | openssl dgst -sha1 -binary
			printf %s "$salt"
		} | openssl base64 -A
		echo
	else
		printf '%s\n' "$1" | openssl passwd -6 -stdin
	fi
}

write_password_files() {
	local user text
	for user in "${users[@]}"; do
		printf '%s:%s\n' "${user%%:*}" "$(hash_password "${user#*:}")"
	done | write_file run/htpasswd
	# For curl -K, so that no password stands in a process list.
	text=${users[0]//\\/\\\\}
	text=${text//\"/\\\"}
	printf 'user = "%s"\n' "$text" | write_file run/curlrc
}

# sed's replacement text of a setting
replacement() {
	printf %s "$1" | sed 's/[&\\|]/\\&/g'
}

fill_template() {
	local script='' word
	local -A holds=([rate]=no [secret]=no)
	local -A words=([listen]=$listen [base_path]=${in_force[base_path]-}
		[socket_dir]=run [access]=access.conf
		[health_access]=health.conf [htpasswd]=htpasswd
		[fastcgi_params]=fastcgi_params
		[max_body]=${in_force[max_body]}
		[request_rate]=${in_force[request_rate]-off}
		[secret_text]=$secret)

	case ${words[request_rate]} in off | 0) ;; *) holds[rate]=yes ;; esac
	[ -z "$secret" ] || holds[secret]=yes
	for word in "${!holds[@]}"; do
		if [ "${holds[$word]}" = yes ]; then
			script+="s|^@$word@||;"
		else
			script+="/^@$word@/d;"
		fi
	done
	for word in "${!words[@]}"; do
		script+="s|@$word@|$(replacement "${words[$word]}")|g;"
	done
	printf '%s\n' "${texts[$1]}" | sed -e "$script"
}

write_site() {
	local file=${in_force[frontend_secret_file]-}
	local access=access_basic health=health_basic
	secret=
	if [ -n "$file" ]; then
		IFS= read -r secret 2>/dev/null <"$file" || [ -n "$secret" ] ||
			wrong "frontend_secret_file: cannot read $file"
		[[ $secret =~ ^[A-Za-z0-9._~+/=-]+$ ]] ||
			wrong "frontend_secret_file: only letters, digits and . _ ~ + / = -"
	fi
	if [ "${in_force[anonymous]-no}" = yes ]; then
		access=access_anonymous health=access_anonymous
	fi
	fill_template "$access" | write_file run/access.conf
	fill_template "$health" | write_file run/health.conf
	fill_template site | write_file run/site.conf
	fill_template nginx | write_file run/nginx.conf
	printf '%s\n' "${texts[fastcgi_params]}" |
		write_file run/fastcgi_params
}
