#!/bin/bash
# The completion of bash knows each command of the help, and each option.
# shellcheck disable=SC2317 # ok calls the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=dist/bash-completion/bulkcontacts
. "$top_srcdir/dist/bash-completion/bulkcontacts"

program=$top_builddir/cli/bulkcontacts

# What bash offers behind these words, the last of which may be half a word;
# one a line, sorted.
offers() {
	COMP_WORDS=(bulkcontacts "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_bulkcontacts "$program" "${COMP_WORDS[COMP_CWORD]}" \
		"${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"} | LC_ALL=C sort
}

# A command and the options of its help, from that alone, as the program
# prints it behind the command.
options_of() {
	# shellcheck disable=SC2086 # words
	"$program" $1 --help | sed -n '/^  [a-z]/,/^ *[a-z]/p' |
		grep -oE -- '\[--[a-z-]+' | tr -d '['
	echo --help
}

"$program" --help | sed -n 's/^  \([a-z]\)/\1/p' |
	sed 's/ [^a-z].*//; s/ *$//' >"$scratch/commands"
ok 'there are commands' test "$(wc -l <"$scratch/commands")" -gt 20
while read -r command; do
	read -ra words <<<"$command"
	for ((i = 0; i < ${#words[@]}; i++)); do
		is "$command: word $((i + 1)) is offered" "$(offers \
			"${words[@]:0:i}" '' | grep -cx -- "${words[i]}")" 1
		is "$command: its beginning is enough" "$(offers \
			"${words[@]:0:i}" "${words[i]::2}" |
			grep -cx -- "${words[i]}")" 1
	done
	is "$command: its options" "$(offers "${words[@]}" --)" \
		"$(options_of "$command" | LC_ALL=C sort)"
done <"$scratch/commands"

is 'choices' "$(offers job list --state '' | paste -sd' ')" \
	'completed held in_progress queued'
is 'other choices' "$(offers contact export --format '' | paste -sd' ')" \
	'csv ndjson'
is 'choices behind a file' "$(offers job submit x --edit p | paste -sd' ')" \
	'patch put'
is 'options in front' "$(offers - | paste -sd' ')" '--help --version -V -c -n'
mkdir "$scratch/in here"
(
	cd "$scratch/in here" || exit 1
	mkdir folder
	: >'fine name.csv'
	: >other
	offers store backup f >../folders
	offers job submit f >../files
	offers -c f >../configurations
	offers -c other contact d >../behind
	offers job show f >../ids
)
is 'folders where a folder goes' "$(cat "$scratch/folders")" folder
is 'files where a file goes' "$(paste -sd, "$scratch/files")" \
	'fine name.csv,folder'
is 'and behind -c' "$(paste -sd, "$scratch/configurations")" \
	'fine name.csv,folder'
is 'commands go on behind it' "$(cat "$scratch/behind")" delete
is 'nothing for an id' "$(cat "$scratch/ids")" ''
is 'nothing behind what is no command' "$(offers frob nicate '')" ''
like 'bash takes it for this program' "$(complete -p bulkcontacts)" \
	'*_bulkcontacts bulkcontacts'
done_testing
