#!/bin/bash
# Every way in which clients send contacts, and what is well-formed but cannot
# be represented: an error of that contact alone (doc/api.md).
# shellcheck disable=SC2317,SC2119 # ok and wait_for call the functions
set -u
# shellcheck source=tests/e2e/lib.sh
. "${top_srcdir:-.}/tests/e2e/lib.sh"
# shellcheck source=tests/e2e/lib_api.sh
. "${top_srcdir:-.}/tests/e2e/lib_api.sh"

new=$api/bulk/new
edit=$api/bulk/edit
text=$scratch/text
packed=$scratch/packed
json=application/json
form=application/x-www-form-urlencoded

# What became of the contacts of $job: "CODE MESSAGE, ..."
outcome() {
	if [ -z "$job" ]; then
		printf '%s: ' "$status"
		cat "$body"
		return
	fi
	wait_for completed "$job"
	results "$job" |
		jq -rs 'map("\(.statusCode) \(.errors.message // "")" |
			rtrimstr(" ")) | join(", ")'
}

# Not by jq, to which 64 bits are too many.
ids() {
	results "$job" >/dev/null
	sed 's/{"id":\([^,]*\),"statusCode"/\n\1 /g' "$scratch/pages" |
		sed -n '2,$s/ .*//p' | paste -sd' '
}

# The contact at this position of $job, but for what differs each time.
shown() {
	local id
	id=$(results "$job" | jq -s --argjson at "$1" '.[$at].id')
	cli contact show "$id" |
		jq -c 'del(.id, .dateAdded, .dateModified, .points)'
}

start_instance

# ---- JSON: one row a body; its text is that of printf's %b

unread='This contact cannot be read:'
utf8="400 $unread a string is not valid UTF-8."
half="400 $unread a string holds half of a surrogate pair."
nul="400 $unread a key holds the character U+0000."
range="400 $unread a number is out of range."
large='400 This contact is too large.'
scalar='400 A contact must be an object.'
name='400 firstname: This value is not valid.'
while IFS='|' read -r what row expected; do
	printf '%b' "$row" >"$text"
	submit POST "$text"
	is "$what" "$(outcome)" "$expected"
done <<EOF
a byte order mark|\\xef\\xbb\\xbf[{"city":"x"}]|201
blanks around| \\n\\t\\r[ {} ] \\n|201
an empty list|[]|
an empty object|{}|
an object of contacts|{"0":{},"x":{},"":{}}|201, 201, 201
a key twice is two contacts|{"x":{},"x":{}}|201, 201
keys that are no text|{"\\xff":{},"\\\\ud800":{},"\\\\u0000":{}}|201, 201, 201
an object of values|{"email":"a@b.co","id":1}|$scalar, $scalar
values in a list|[1,"x",null,true,-1e9,[],[{}],{}]|$scalar, $scalar, $scalar, $scalar, $scalar, $scalar, $scalar, 201
huge numbers as values|[1e999,{}]|$scalar, 201
huge numbers|[{"city":1e999},{"k":[18446744073709551616]},{"points":-9223372036854775809},{"points":9223372036854775807},{}]|$range, $range, $range, 400 points: This value is not valid., 201
tiny numbers are zero|[{"points":1e-999}]|201
lone surrogates|[{"city":"\\\\ud800"},{"\\\\udc00":1},{"k":{"k":"\\\\ud83dx"}},{"city":"\\\\ud83d\\\\ude00"}]|$half, $half, $half, 201
U+0000 in a key|[{"a\\\\u0000":1},{"k":[{"\\\\u0000":1}]},{}]|$nul, $nul, 201
U+0000 in a value|[{"firstname":"a\\\\u0000b"},{"firstname":"\\\\u0000"},{"email":"a@b.co\\\\u0000"},{"tags":["\\\\u0000"]},{"k":"\\\\u0000"}]|$name, $name, 400 email: A valid email is required., 400 tags: This value is not valid., 201
broken UTF-8|[{"city":"\\xff"},{"\\xc3":1},{"k":["\\xed\\xa0\\x80"]},{"city":"\\xc0\\x80"},{"city":"\\xf4\\x90\\x80\\x80"},{"city":"\\xc3\\xa9"}]|$utf8, $utf8, $utf8, $utf8, $utf8, 201
several things wrong|[{"firstname":"\\xff"},{"firstname":[1]},5,{"email":"x"}]|$utf8, $name, $scalar, 400 email: A valid email is required.
EOF

printf '[{"city":"x","tags":["a"],"city":"y","tags":["b"]}]' >"$text"
submit POST "$text"
outcome >/dev/null
is 'of a key twice in a contact the last counts' "$(shown 0)" \
	'{"city":"y","tags":["b"]}'
printf '[{"city":"\\u00e9\\ud83d\\ude00\\u0001","company":1.50,"zipcode":007e0}]' |
	sed s/007e0/7e0/ >"$text"
content_type=application/x-json submit POST "$text"
outcome >/dev/null
is 'text and numbers arrive' "$(shown 0 | jq -c '[.city, .company, .zipcode]')" \
	'["é😀\u0001","1.5","7"]'

for count in 1000 1001; do
	jq -nc --argjson n "$count" '[{k: [range($n)]}, {k: {k: [range($n) |
		{key: "\(.)", value: .}] | from_entries}},
		([range($n) | {key: "\(.)", value: .}] | from_entries), {}]' \
		>"$text"
	submit POST "$text"
	expected='201, 201, 201, 201'
	[ "$count" = 1000 ] ||
		expected="$large, $large, $large, 201"
	is "$count elements and members" "$(outcome)" "$expected"
done

# ---- ids

printf %s '[{"id":9223372036854775807},{"id":"9223372036854775807"},
	{"id":9223372036854775808},{"id":"9223372036854775808"},{"id":1.0},
	{"id":"01"},{"id":" 1"},{"id":true},{"id":-1},{"id":0},{"id":[1]},{},
	{"id":1,"city":"\ud800"},{"id":"1","\u0000":0},{"id":2,"id":1},
	{"\u0069d":1}]' >"$text"
submit PATCH "$text"
max=9223372036854775807
no='404 Item was not found.'
is 'ids in 64 bits, as numbers and strings' "$(outcome)" \
	"$no, $no, $range, $no, $no, $no, $no, $no, $no, $no, $no, $no, $half, \
$nul, 200, 200"
is 'a failed edit repeats what was an id' "$(ids)" \
	"$max $max $(printf 'null %.0s' {1..10})1 1 1 1"

# ---- forms

while IFS='|' read -r what row expected; do
	printf '%b' "$row" >"$text"
	content_type=$form submit POST "$text"
	is "form: $what" "$(outcome)" "$expected"
done <<EOF
one contact|0[city]=x|201
as PHP, Python and Node escape it|0%5Bcity%5D=x&0%5Btags%5D%5B%5D=y&1%5bcity%5d=z|201, 201
a value is no contact|email=a@b.co&0[city]=x|$scalar, 201
nor is a list|0[]=x&1[city]=x|$scalar, 201
broken UTF-8|0[city]=%ff&1[%c3]=x&2[city]=\\xed\\xa0\\x80&3[city]=%C3%A9|$utf8, $utf8, $utf8, 201
U+0000|0[a%00]=x&1[firstname]=a%00&2[k]=%00|$nul, $name, 201
wrong values|0[email]=x+y@b.co&0[points]=+3&1[firstname][]=x|400 email: A valid email is required., $name
JSON from curl -d| [{"city":"x"},5]|201, $scalar
JSON with a byte order mark|\\xef\\xbb\\xbf{"x":{"city":"x"}}|201
EOF

# The example of doc/api.md.
api POST "$new" --data-urlencode '0[email]=ada@example.com' \
	--data-urlencode '0[tags][]=pioneer' --data-urlencode '0[tags][]=poet' \
	--data-urlencode '1[email]=grace@example.com'
job=$(jq -r .id "$body")
is 'form: from curl' "$(outcome) $(shown 0) $(shown 1)" "201, 201 \
{\"email\":\"ada@example.com\",\"tags\":[\"pioneer\",\"poet\"]} \
{\"email\":\"grace@example.com\"}"

# The same contact, sent in both forms.
printf %s '[{"firstname":"A & B","email":"form@example.com","points":"1.5",
	"tags":["x","y"],"companies":["3","2"],"owner":"7","stage":"2",
	"ipAddress":"::1","ipAddresses":["1.2.3.4"],
	"doNotContact":[{"channel":"email","reason":"1","comments":"c"},
		{"channel":"sms","reason":2}]}]' >"$text"
submit POST "$text"
outcome >/dev/null
shown 0 >"$scratch/json"
cat >"$text" <<'EOF'
c[firstname]=A+%26+B&c[email]=form@example.com&c[points]=1.5&c[tags][]=x
&c[tags][]=y&c[companies][1]=3&c[companies][0]=2&c[owner]=7&c[stage]=2
&c[ipAddress]=::1&c[ipAddresses][]=1.2.3.4
&c[doNotContact][0][channel]=email&c[doNotContact][0][reason]=1
&c[doNotContact][0][comments]=c&c[doNotContact][1][channel]=sms
&c[doNotContact][1][reason]=2
EOF
tr -d '\n' <"$text" | sed s/form@/other@/ >"$text.1"
content_type=$form submit POST "$text.1"
is 'form: a whole contact' "$(outcome)" 201
is 'form: is the same as in JSON' "$(shown 0)" \
	"$(sed 's/form@/other@/' "$scratch/json")"

id=$(ids)
printf '0[id]=%s&0[overwriteWithBlank]=1&0[firstname]=&0[tags]=-x,z' "$id" \
	>"$text"
content_type=$form submit PATCH "$text"
is 'form: PATCH' "$(outcome) $(ids)" "200 $id"
is 'form: blank values and tags' \
	"$(shown 0 | jq -c '[.firstname, .tags]')" '[null,["y","z"]]'
printf '0[id]=%s&0[city]=x&1[id]=99999999' "$id" >"$text"
content_type=$form submit PUT "$text"
like 'form: PUT' "$(outcome)" '200, 201'

# More variables than PHP takes; contacts of more than one chunk, mixed.
for n in city company zipcode; do
	for i in {0..999}; do
		printf '&%d[%s]=%s.%d' "$i" "$n" "$n" "$i"
	done
done >"$text"
content_type=$form submit POST "$text"
is 'form: 3,000 variables' "$(outcome)" \
	"$(printf '201, %.0s' {1..999})201"
is 'form: each where it belongs' "$(shown 777)" \
	'{"company":"company.777","city":"city.777","zipcode":"zipcode.777"}'

{
	printf '0[city]='
	head -c 300000 /dev/zero | tr '\0' x
	printf '&1[city]=x&2[id]=%s&2' "$id"
	printf '[x]%.0s' {1..32}
} >"$text"
content_type=$form submit PATCH "$text"
is 'form: contacts over their bounds' "$(outcome)" "$large, $no, $large"
is 'form: and their ids' "$(ids)" "null null $id"

bad='The body is not a valid form:'
while IFS='|' read -r what row pattern; do
	printf '%b' "$row" >"$text"
	refused "form: $what" 400 "$pattern" POST "$new" \
		-H "Content-Type: $form" --data-binary "@$text"
done <<EOF
an open bracket|0[city]=x&1[city=y|$bad the brackets of a name do not match at byte 11, variable 2.
a bad escape|0[city]=%4|$bad a '%' is not followed by two hexadecimal digits at byte 9, variable 1.
no contact|[0][city]=x|The body is not valid JSON: *
no name|=x|$bad a name begins without the contact's key at byte 1, variable 1.
an endless name|0[$(printf '%0511d' 0)]|$bad a name has more than 512 bytes at byte 1, variable 1.
too many variables|$(printf '&0[]%.0s' {1..1001})|$bad a contact has more than 1000 variables at byte 4002, variable 1001.
blanks| \\n|The body is empty: send a form of contacts.
EOF
printf '&%d%%5bcity%%5d=x' {0..10000} >"$text"
refused 'form: too many contacts' 413 \
	'A max of 10000 entities are supported at a time.' POST "$new" \
	-H "Content-Type: $form" --data-binary "@$text"
printf '&%%' >>"$text"
refused 'form: 400 comes before 413' 400 "$bad*" POST "$new" \
	-H "Content-Type: $form" --data-binary "@$text"

# ---- gzip

pack() {
	printf %s "$1" | gzip -n
}

for encoding in gzip x-gzip GZip; do
	pack '[{"city":"x"}]' >"$packed"
	submit POST "$packed" -H "Content-Encoding: $encoding"
	is "$encoding: JSON" "$(outcome)" 201
done
pack '0[city]=x&1[city]=y' >"$packed"
content_type=$form submit POST "$packed" -H 'Content-Encoding: gzip'
is 'gzip: a form' "$(outcome)" '201, 201'
pack '[{"city":"x"}]' >"$packed"
content_type=$form submit POST "$packed" -H 'Content-Encoding: gzip'
is 'gzip: JSON under the type of a form' "$(outcome)" 201
{ pack '[{"city'; pack ''; pack '":"x"}]'; } >"$packed"
submit POST "$packed" -H 'Content-Encoding: gzip'
is 'gzip: several members' "$(outcome)" 201
submit POST "$packed" -H 'Content-Encoding: gzip' \
	-H 'Transfer-Encoding: chunked'
is 'gzip: of a length that is not announced' "$(outcome)" 201
make_contacts gz 10000 | gzip >"$packed"
submit POST "$packed" -H 'Content-Encoding: gzip'
ok 'gzip: 10,000 contacts' wait_for completed "$job"
is 'gzip: all are there' "$(header Job-Progress)" \
	'total=10000, done=10000, created=10000, updated=0, failed=0'

gz_refused() {
	refused "gzip: $1" "$2" "$3" POST "$new" -H "Content-Type: $json" \
		-H 'Content-Encoding: gzip' --data-binary "@$packed"
}
pack '[{"city":"x"}]' | head -c -1 >"$packed"
gz_refused 'a short stream' 400 'The gzip stream of the request body ends early.'
printf '\037' >"$packed"
gz_refused 'a single byte' 400 'The gzip stream of the request body ends early.'
printf '[]' >"$packed"
gz_refused 'what is not packed' 400 'The request body is not valid gzip.'
pack '[]' | sed 's/\x8b/\x8c/' >"$packed"
gz_refused 'what is no gzip' 400 'The request body is not valid gzip.'
{ pack '[]'; printf '[]'; } >"$packed"
gz_refused 'something behind' 400 'Something follows the gzip stream *'
{ pack '[]'; printf '\0\0\0\0'; } >"$packed"
gz_refused 'zeros behind' 400 'Something follows the gzip stream *'
pack '' >"$packed"
gz_refused 'an empty stream' 400 'The request body is empty.'
: >"$packed"
gz_refused 'nothing' 400 'The request body is empty.'
pack '[{"city":"x"}' >"$packed"
gz_refused 'half of a body' 400 'The body is not valid JSON: it ends early *'
head -c 20000000 /dev/zero | tr '\0' ' ' | gzip >"$packed"
gz_refused 'what grows too much' 413 'The inflated request body is too large.'
seq 10000000 | head -c 67108865 | gzip -1 >"$packed"
gz_refused 'what is larger than a body may be' 413 \
	'The inflated request body is too large.'

# ---- neither

refused 'multipart' 415 \
	'*application/json or application/x-www-form-urlencoded.' POST "$new" \
	-F '0[city]=x'
for encoding in br deflate zstd 'gzip, gzip' 'identity, gzip' 'gzip , br'; do
	refused "encoding $encoding" 415 '*use gzip or identity.' PUT "$edit" \
		-H "Content-Type: $json" -H "Content-Encoding: $encoding" -d x
done
refused 'a type comes before an encoding' 415 'Content-Type*' PUT "$edit" \
	-H 'Content-Type: text/csv' -H 'Content-Encoding: br' -d x

ok 'and all is well' answers
is 'no worker ended' "$(grep -c ' ended ' "$state/log/supervisor.log")" 0
done_testing
