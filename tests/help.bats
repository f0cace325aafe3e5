#!/usr/bin/env bats
# -h, --help, --explain, and the hints of diagnostics.
bats_require_minimum_version 1.5.0
load helper

programs="rap-fetch rap-validate rap-map rap-agg rap-audit rap-replay"

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "help: every code that is printed is explained" {
	python3 - "$root" >codes <<'PY'
import pathlib, re, sys
calls = re.compile(r'\b(?:err_set|err_at|err_sys|conf_err|cell_err|fail)\('
                   r'[^;"]*?"([a-z0-9]+\.[a-z0-9]+)"')
words = re.compile(r'"([a-z0-9]+\.[a-z0-9]+)"')
found, loose = set(), set()
for top in 'common', 'cmd':
    for path in pathlib.Path(sys.argv[1], top).rglob('*.c'):
        text = re.sub(r'(?m)^#include.*', '', path.read_text())
        found |= set(calls.findall(text))
        if path.name != 'explain.c':
            loose |= set(words.findall(text))
# Beside the calls: codes chosen by ?: or from a table, told by their family.
family = {c.split('.')[0] for c in found}
found |= {c for c in loose if c.split('.')[0] in family
          and not c.endswith(('.h', '.ndjson'))}
found.discard('expr.host') # stands for the code of a function's own
print('\n'.join(sorted(found)))
PY
	[ "$(wc -l <codes)" -gt 200 ]
	rap-map --explain list >list
	awk '{print $1}' list | sort >listed
	sort -uc listed
	comm -23 codes listed >unknown
	[ ! -s unknown ] || { cat unknown; false; }
	comm -13 codes listed >unused
	[ ! -s unused ] || { cat unused; false; }
	for code in $(cat codes); do
		[ "$(rap-map --explain "$code" | wc -c)" -gt 20 ]
	done
	[ -z "$(awk 'length > 100' list)" ]
}

@test "help: a code that is none has a suggestion" {
	run -64 rap-map --explain csv.raged
	[[ "$output" == *"[usage.code]"*"csv.ragged"*"--explain list"* ]]
	run -64 rap-map --explain csv
	[[ "$output" == *"did you mean csv."* ]]
	run -64 rap-map --explain frobnicate
	[[ "$output" == *"--explain list"* ]]
}

@test "help: -h and --help keep their columns in all six" {
	for p in $programs; do
		$p -h >out
		sed -n '/^examples:/,/^$/p' out | sed '1d;$d' >examples
		[ "$(wc -l <examples)" -gt 1 ]
		! grep -v '^  [^ ]' examples || false
		$p --help >out
		! grep '.\{81\}' out || false
		sed '1,/^options of/d' out | grep '^ ' >options
		# Help begins in column 31, also below an option that is long.
		! grep -Ev '^.{28}  [^ ]|^ {4,6}-[^ ]*( [^ ]+)?$' options || false
	done
	rap-map --help | grep -A1 'auto|always|never$' |
	    grep -q '^ \{30\}a progress line'
}

@test "help: a line that is not JSON has a hint of what it may be" {
	hint() {
		printf "$2" >in
		for j in 1 4; do
			run -65 rap-validate -j$j in
			[[ "$output" == $1 ]] || { echo "$output"; false; }
		done
	}
	hint "*:1:2: *\[json.trunc\]; JSON spread over lines? rap-fetch*" \
	    '{\n  "a": 1\n}\n'
	hint "*\[json.trunc\]; JSON spread*" '[\n{"a": 1}\n]\n'
	hint "*\[json.trunc\]" '{"a": 1\n'
	hint "*:2:*\[json.trunc\]*" '{}\n{\n'
	[[ "$output" != *rap-fetch* ]]
	hint "*:1:8: *\[json.trail\]; is it a line of an array? rap-fetch*" \
	    '{"a":1},\n{"a":2}\n'
	hint "*\[json.trail\]; NDJSON has one value*" '{"a":1}{"a":2}\n'
	hint "*\[json.syntax\]; no JSON? rap-fetch*" 'a,b\n1,2\n'
	hint "*\[json.syntax\]" '{"a":nul}\n'
}

@test "help: a name that is not found is told with where it was looked for" {
	export XDG_CONFIG_HOME=/xdg RAP_PATH=/one:/two
	run -66 rap-map -m nope
	[[ "$output" == *"[io.open]; looked in ., /one:/two, /xdg/rap and "*\
", and there in maps" ]]
	run -66 rap-validate -s nosuch
	[[ "$output" == *"looked in ., "*schemas ]]
	run -66 rap-fetch nosuch
	[[ "$output" == *"[source.absent]; looked in ., "*sources ]]
	run -66 rap-map -m ./nope
	[[ "$output" != *"looked in"* ]]
}

@test "help: -q says nothing of single records, nor how many more" {
	echo '{"properties":{"id":{"type":"integer"}}}' >s.json
	seq 60 | sed 's/.*/{"id":"&"}/' >in
	run --separate-stderr rap-validate -s s.json in
	[ "$status" = 1 ]
	[ "${#stderr_lines[@]}" = 21 ]
	[[ "$stderr" == *"40 more like this [schema.invalid]" ]]
	run --separate-stderr rap-validate -q -s s.json in
	[ "$status" = 1 ]
	[ -z "$stderr" ]
}
