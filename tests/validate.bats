# rap-validate: verdicts, reports, and schemas that are wrong.  What it shares
# with the others is in matrix.bats; what keywords mean, in unit/schema_suite.c.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >s.yaml <<-'YAML'
	$schema: https://json-schema.org/draft/2020-12/schema
	type: object
	required: [id]
	properties:
	  id: {type: integer, minimum: 1}
	  name: {$ref: "#/$defs/name"}
	$defs:
	  name: {type: string, pattern: '^[A-Z]'}
	YAML
	cat >in <<-'LINES'
	{"id": 1, "name": "Ada"}
	{"id": 0, "name": "bob"}

	{"id":2.0,"x":1.50}
	{"name":"Eve"}
	[1]
	{ "id" : 9007199254740993 }
	LINES
	sed -n '1p;4p;7p' in >good
}

# ends STATUS COMMAND...: run it; stdout to out, stderr to err.
ends() {
	local want=$1 got=0
	shift
	"$@" >out 2>err || got=$?
	[ "$got" = "$want" ] && return
	echo "status $got, not $want: $*"
	cat err
	return 1
}

# refused TEXT CODE PATTERN: the schema TEXT ends the run with 78 before any
# record is read, with one diagnostic that has CODE and matches PATTERN.
refused() {
	printf '%s\n' "$1" >bad-schema
	ends 78 rap-validate -s bad-schema in
	[ ! -s out ]
	[ "$(grep -vc '^    ' err)" = 1 ]
	grep -F "[$2]" err
	grep -- "$3" err
}

@test "validate: without a schema it is a syntax check that changes nothing" {
	printf '{"b": [1.50, 1e2,"\\u00e9"] , "a":null}\n3\n"x"\n' >odd
	ends 0 rap-validate odd
	cmp odd out
	[ ! -s err ]
}

@test "validate: a verdict is kept from stdout and does not stop the run" {
	ends 1 rap-validate -s s.yaml in
	cmp good out
	[ "$(grep -c '\[schema.invalid\]' err)" = 3 ]
}

@test "validate: the diagnostic has the line, the byte and the pointer of the value" {
	ends 1 rap-validate -s s.yaml in
	# the 0 of {"id": 0 is byte 8
	grep -Fx 'rap-validate: in:2:8: 0 is less than 1 at /id [schema.invalid]; schema: /properties/id/minimum, and 1 more' err
	grep -F 'in:5:1: required member "id" is missing [schema.invalid]; schema: /required' err
	grep -F 'in:6:1: expected object, got array [schema.invalid]; schema: /type' err
}

@test "validate: read = passed + rejected, and blank lines are counted apart" {
	ends 1 rap-validate -s s.yaml --stats stats in
	jq -e '.read == 6 and .passed == 3 and .rejected == 3 and
	    .written == 3 and .blank == 1' stats
}

@test "validate: malformed JSON is a bad record and stops the run" {
	(cat in; echo '{"id":'; head -1 in) >broken
	ends 65 rap-validate -s s.yaml broken
	cmp good out
	grep -F 'broken:8:' err | grep -F '[json.trunc]'
}

@test "validate: with --reject malformed JSON and verdicts go there, in order" {
	(head -2 in; echo '{"id":'; tail -n +4 in) >broken
	ends 1 rap-validate -s s.yaml --reject rej broken
	cmp good out
	jq -r '[.line, .code, .path] | @csv' rej >got
	cat >want <<-'CSV'
	2,"schema.invalid","/id"
	3,"json.trunc",""
	5,"schema.invalid",""
	6,"schema.invalid",""
	CSV
	cmp want got
	jq -c 'select(.line == 2) | .errors' rej >got
	cat >want <<-'JSON'
	[{"keywordLocation":"/properties/id/minimum","instanceLocation":"/id","error":"0 is less than 1"},{"keywordLocation":"/properties/name/$ref/pattern","absoluteKeywordLocation":"#/$defs/name/pattern","instanceLocation":"/name","error":"\"bob\" does not match \"^[A-Z]\""}]
	JSON
	cmp want got
	# the reject's raw fails again with the same verdict
	jq -r 'select(.line == 2) | .raw' rej | cmp - <(sed -n 2p in)
}

@test "validate: --max-rejects counts verdicts, and passing it stops with 65" {
	ends 1 rap-validate -s s.yaml --max-rejects 3 in
	cmp good out
	ends 65 rap-validate -s s.yaml --max-rejects 1 in
	head -2 good | cmp - out
	grep -F '[engine.rejects]' err
	ends 65 rap-validate -s s.yaml --max-rejects 0 in
	head -1 good | cmp - out
}

@test "validate: --max-reject-rate is judged at the end of a short input" {
	ends 65 rap-validate -s s.yaml --max-reject-rate 10% in
	ends 1 rap-validate -s s.yaml --max-reject-rate 50% in
}

@test "validate: --report has a line for each failing record and a summary" {
	ends 1 rap-validate -s s.yaml --report rep in
	[ "$(wc -l <rep)" = 4 ]
	jq -c 'select(.valid == false) | [.source, .line, (.errors | length)]' \
	    rep >got
	printf '["in",%d,%d]\n' 2 2 5 1 6 1 | cmp - got
	tail -1 rep | jq -e '.summary and .complete and .read == 6 and
	    .valid == 3 and .invalid == 3 and .schema == "s.yaml" and
	    (.keywords | map({(.absoluteKeywordLocation): .errors}) | add) ==
	    {"#/type": 1, "#/required": 1, "#/properties/id/minimum": 1,
	     "#/$defs/name/pattern": 1}'
}

@test "validate: the report is the same whatever the threads and blocks" {
	for i in $(seq 200); do cat in; done >many
	rap-validate -q -s s.yaml --max-rejects 1000 --report rep1 -j1 many \
	    >out1 || [ $? = 1 ]
	for block in 1 7 64KiB; do
		RAP_BLOCK=$block rap-validate -q -s s.yaml --report rep8 \
		    --max-rejects 1000 -j8 many >out8 || [ $? = 1 ]
		cmp rep1 rep8
		cmp out1 out8
	done
	[ "$(wc -l <rep1)" = 601 ]
}

@test "validate: a run that is stopped leaves a report that says so" {
	ends 65 rap-validate -s s.yaml --max-rejects 1 --report rep in
	[ "$(wc -l <rep)" = 3 ]
	tail -1 rep | jq -e '.complete == false and .invalid == 2'
}

@test "validate: --max-errors-per-record is a ceiling, and no more than 1000" {
	echo '{items: {type: string}}' >a.yaml
	seq 50 | jq -sc . >numbers
	ends 1 rap-validate -s a.yaml --reject rej numbers
	jq -e '.errors | length == 16' rej
	ends 1 rap-validate -s a.yaml --max-errors-per-record 3 --reject rej \
	    numbers
	jq -e '.errors | length == 3' rej
	ends 64 rap-validate -s a.yaml --max-errors-per-record 0 numbers
	ends 64 rap-validate -s a.yaml --max-errors-per-record 1001 numbers
}

@test "validate: --report without a schema is a usage error" {
	ends 64 rap-validate --report rep in
	[ ! -e rep ]
}

@test "validate: a report never takes the place of an input or the output" {
	cp in keep
	ends 64 rap-validate -s s.yaml --report in in
	grep -F '[io.samefile]' err
	ends 64 rap-validate -s s.yaml --report ./in <in
	cp s.yaml schema-copy
	ends 64 rap-validate -s schema-copy --report schema-copy in
	ends 64 rap-validate -s s.yaml --report x -o x in
	ends 64 rap-validate -s s.yaml --report x --reject ./x in
	cmp keep in
	cmp s.yaml schema-copy
	[ ! -e x ]
	ends 64 rap-validate -s s.yaml --report x --stats "$PWD/x" in
}

@test "validate: a report that cannot be created ends with 73 before any record" {
	ends 73 rap-validate -s s.yaml --report no/such/dir in
	[ ! -s out ]
}

# --- the schema itself (reliability rows 71 to 73) ---

@test "validate: a schema that is not there ends with 66" {
	ends 66 rap-validate -s nowhere.json in
	[ ! -s out ]
	grep -F nowhere.json err
}

@test "validate: a schema that is a directory ends with 66" {
	mkdir dir
	ends 66 rap-validate -s dir in
}

@test "validate: a schema that is no JSON or YAML ends with 78" {
	refused '{"type":' conf.syntax '^rap-validate: bad-schema:[0-9]'
	refused '"a": [' conf.syntax bad-schema
	refused '[1]' schema.value 'expected a schema'
	refused '3' schema.value 'expected a schema'
}

@test "validate: an empty schema file ends with 78" {
	: >empty
	ends 78 rap-validate -s empty in
}

@test "validate: a mistyped keyword is named with its line and the right word" {
	refused 'type: object
properties:
  a:
    minimun: 3' schema.keyword ':4:5: .*"minimun" at /properties/a/minimun.*did you mean "minimum"'
}

@test "validate: a keyword that is not supported is refused, not ignored" {
	refused '{"unevaluatedProperties": false}' schema.keyword unevaluated
	refused '{"$dynamicRef": "#a"}' schema.keyword dynamicRef
	refused '{"nullable": true}' schema.keyword nullable
}

@test "validate: a dialect that is not known ends with 78" {
	refused '{"$schema": "http://json-schema.org/draft-04/schema#"}' \
	    schema.dialect 'known: '
}

@test "validate: a bad pattern is named with its place in it" {
	refused '{"pattern": "ab(c"}' re.syntax 'byte 5 of the pattern'
	refused '{"pattern": "a(?R)"}' re.refused 'byte 2 of the pattern'
	refused '{"pattern": "a\\Kb"}' re.refused 'byte 2'
	refused '{"pattern": "(*UTF)a"}' re.refused 'byte 1'
	refused '{"pattern": "\\C"}' re.refused 'byte 1'
	refused '{"pattern": "(?(1)a)"}' re.refused 'byte 1'
	refused '{"patternProperties": {"a++": true}}' re.refused 'byte 3'
}

@test "validate: \$ anchors at the very end: ^abc\$ refuses abc and a line feed" {
	echo '{"pattern": "^abc$"}' >p
	printf '"abc"\n"abc\\n"\n' >texts
	ends 1 rap-validate -s p texts
	[ "$(cat out)" = '"abc"' ]
}

@test "validate: a pattern that needs too much work is an error, never no match" {
	a40=$(printf 'a%.0s' $(seq 40))
	for pattern in '^(a+)+$' '^(\\w+\\s?)*$'; do
		echo "{\"pattern\": \"$pattern\"}" >p
		(echo '"a"'; echo "\"$a40!\""; echo '"a"') >texts
		ends 65 rap-validate -s p texts
		grep -F '[re.limit]' err
		[ "$(cat out)" = '"a"' ]
		ends 1 rap-validate -s p --reject rej texts
		[ "$(wc -l <out)" = 2 ]
		jq -e '.code == "re.limit" and .line == 2' rej
	done
}

@test "validate: a \$ref to nowhere or to the network ends with 78" {
	refused '{"$ref": "#/$defs/x"}' schema.ref 'leads nowhere'
	refused '{"$ref": "http://127.0.0.1:9/x"}' schema.ref 'never read'
	refused '{"$ref": "other.json"}' schema.ref 'never read'
}

@test "validate: a \$ref that goes round without the value ends with 78" {
	refused '{"$ref": "#"}' schema.ref 'never end'
	refused '{"$ref": "#/$defs/a", "$defs": {"a": {"anyOf":
	    [{"$ref": "#/$defs/b"}]}, "b": {"$ref": "#/$defs/a"}}}' \
	    schema.ref 'never end'
}

@test "validate: a recursive \$ref follows a record to 1024 levels" {
	cat >tree <<-'JSON'
	{"properties": {"v": {"type": "integer"}, "next": {"$ref": "#"}}}
	JSON
	python3 -c "
n = 1023
print('{\"v\":1,\"next\":' * n + '{\"v\":1}' + '}' * n)
print('{\"v\":1,\"next\":' * n + '{\"v\":\"x\"}' + '}' * n)" >deep
	ends 1 rap-validate -s tree deep
	head -1 deep | cmp - out
	[ "$(wc -l <err)" = 1 ]
}

@test "validate: a deep allOf and an enum of a megabyte are fine" {
	python3 -c "
n = 400
print('{\"allOf\":[' * n + '{\"type\":\"null\"}' + ']}' * n)" >deep
	echo null >null
	ends 0 rap-validate -s deep null
	python3 -c "
import json
print(json.dumps({'enum': ['value %d' % i for i in range(80000)]}))" >big
	[ "$(wc -c <big)" -gt 1000000 ]
	printf '"value %s"\n' 79999 80000 >texts
	ends 1 rap-validate -s big texts
	[ "$(cat out)" = '"value 79999"' ]
}

@test "validate: a schema that would take for ever is cut off" {
	python3 -c "
import json
d = {str(i): {'allOf': [{'\$ref': '#/\$defs/%d' % (i + 1)}] * 2}
     for i in range(40)}
d['40'] = {'type': 'null'}
print(json.dumps({'\$ref': '#/\$defs/0', '\$defs': d}))" >wide
	echo null >null
	ends 65 timeout 20 rap-validate -s wide null
	grep -F '[schema.work]' err
}

@test "validate: a schema may come from a pipe" {
	ends 1 rap-validate -s <(cat s.yaml) in
	cmp good out
	mkfifo fifo
	cat s.yaml >fifo &
	ends 1 rap-validate -s fifo in
	cmp good out
}

@test "validate: a bare schema name is found in the search path" {
	mkdir -p lib/schemas
	cp s.yaml lib/schemas/thing.yaml
	RAP_PATH=lib ends 1 rap-validate -s thing in
	cmp good out
}

@test "validate: the schemas in share/ are schemas" {
	for s in "$root"/share/schemas/*; do
		ends 0 rap-validate -s "$s" /dev/null
	done
}

@test "validate: hostile text in a record does not reach the terminal" {
	printf '{"id":1,"name":"a\302\233\342\200\256\177"}\n' >hostile
	ends 1 rap-validate -s s.yaml hostile
	! LC_ALL=C grep -q $'[\302\342\177\033]' err || false
	[ "$(wc -l <err)" = 1 ]
}

@test "validate: a real game fits its schema" {
	need_shared data/nhl/2024021015.json
	jq -c . "$shared/data/nhl/2024021015.json" >game
	ends 0 rap-validate -s nhl-play-by-play game
	cmp game out
	jq -c '.plays[3].eventId = "x"' game >wrong
	ends 1 rap-validate -s nhl-play-by-play wrong
	grep -F 'at /plays/3/eventId' err
}

@test "validate: the JSON Schema test suite gives the expected counts" {
	need_shared conformance/json-schema
	[ -x "$RAP_BIN/unit/schema_suite" ] || skip "unit tests are not built"
	"$RAP_BIN/unit/schema_suite" "$shared/conformance/json-schema"
}
