#!/bin/bash
# Holds the layers: includes point down only, and a library's header stands
# in the one place that is for it. Prints TAP.
cd -- "${top_srcdir:-.}" || exit 1

count=0
failed=0

# rule NAME PATTERN FILES...: no line of the files may match the pattern.
rule() {
	local name=$1 pattern=$2 found
	shift 2
	count=$((count + 1))
	found=$(grep -nE "$pattern" -- "$@" /dev/null)
	if [ -z "$found" ]; then
		printf 'ok %d - %s\n' "$count" "$name"
	else
		failed=1
		printf 'not ok %d - %s\n' "$count" "$name"
		printf '%s\n' "$found" | sed 's/^/# /'
	fi
}

# files NOT ONLY: source files that match ONLY and not NOT.
files() {
	find include lib data fcgi-app jobrunner cli supervisor -name '*.[ch]' |
		sort | grep -vE "${1:-^$}" | grep -E "${2:-.}"
}

include='^[[:space:]]*#[[:space:]]*include[[:space:]]*'
base='array|base64|buf|clock|conf|confine|crash_point|digest|gunzip|ident|log'
base="$base|pool|process|stats|status|text|wake"
model='job|field|catalogue|item|item_json|working_set|contact|contact_csv'
model="$model|contact_csv_show|decimal|erasure|result|chunk|csv|form|json_split"
model="$model|json_walk|load_json|names|places"

mapfile -t all < <(files)
mapfile -t no_store < <(files '^lib/store_bdb')
mapfile -t no_fcgi < <(files '^fcgi-app/fcgi\.c')
mapfile -t no_ident < <(files '^lib/ident\.c')
mapfile -t no_digest < <(files '^lib/digest\.c')
mapfile -t no_seccomp < <(files '^lib/confine\.c')
mapfile -t no_curl < <(files '^cli/http\.c')
mapfile -t no_json < <(files '_json\.[ch]$')
mapfile -t no_zlib < <(files '^lib/(gunzip|store_bdb_seal)\.c')
mapfile -t headers < <(files '' '^include/')
mapfile -t lib < <(files '' '^lib/')
mapfile -t base_files < <(files '' "^(lib|include)/($base|conf_[a-z]+)\.[ch]\$")
mapfile -t model_files < <(files '^lib/store_' '^lib/' |
	grep -vE "^lib/($base|conf_[a-z]+)\.[ch]\$")
mapfile -t api < <(files '' '^fcgi-app/')
mapfile -t runner < <(files '' '^jobrunner/')
mapfile -t cli < <(files '' '^cli/')

rule 'db.h is the store'"'"'s alone' "$include<db\.h>" "${no_store[@]}"
rule 'fcgiapp.h is in fcgi-app/fcgi.c alone' "$include<fcgiapp\.h>" \
	"${no_fcgi[@]}"
rule 'fcgi_stdio.h is nowhere' "$include<fcgi_stdio\.h>" "${all[@]}"
rule 'there are no threads, and so no races between them' \
	"$include<(pthread|threads)\.h>" "${all[@]}"
rule 'uuid.h is in lib/ident.c alone' "$include<uuid/uuid\.h>" \
	"${no_ident[@]}"
rule 'nettle is in lib/digest.c alone' "$include<nettle/" "${no_digest[@]}"
rule 'seccomp.h is in lib/confine.c alone' "$include<seccomp\.h>" \
	"${no_seccomp[@]}"
rule 'curl.h is in cli/http.c alone' "$include<curl/" "${no_curl[@]}"
rule 'jansson.h is in json-facing files alone' "$include<jansson\.h>" \
	"${no_json[@]}"
rule 'zlib.h is where bodies are inflated and records sealed' "$include<zlib\.h>" "${no_zlib[@]}"
rule 'contracts do not need the configuration of the build' \
	"$include\"config\.h\"" "${headers[@]}"
rule 'the base includes nothing above itself' \
	"$include\"(store.*|$model)\.h\"" "${base_files[@]}"
rule 'the model does not know the store or the log' \
	"$include\"(store.*|log|wake)\.h\"" "${model_files[@]}"
rule 'the model is told the time' 'clock_(now|monotonic)' "${model_files[@]}"
rule 'lib does not know the programs' \
	"$include\"(api|body|request|response|route|apply|runner|command)\.h\"" \
	"${lib[@]}"
rule 'the API knows no other program' \
	"$include\"(apply|runner|command|table|supervisor)\.h\"" "${api[@]}"
rule 'the runner knows no other program' \
	"$include\"(api|body|request|response|route|command|supervisor)\.h\"" \
	"${runner[@]}"
rule 'the command line knows no other program' \
	"$include\"(api|body|request|response|route|apply|runner|supervisor)\.h\"" \
	"${cli[@]}"
printf '1..%d\n' "$count"
exit "$failed"
