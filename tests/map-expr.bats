# rap-map: expressions, one-liners, and steps.
load helper
load map/functions
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "map: -e sets a member, where it stands or at the end" {
	gives '{"price":2.5,"qty":4,"x": [ 1 ]}' \
	    '{"price":2.5,"qty":4,"x":[ 1 ],"total":10}' \
	    -e '/total = price * double(qty)'
	gives '{"a":1,"b":2,"c":3}' '{"a":1,"b":"n2","c":3}' -e 'b = "n" + string(b)'
	gives '{"a":{"b":[1, 2.50]},"t":0}' '{"t":2.50,"o":{"p":true}}' \
	    --drop a -e 't = a.b[1]' -e '/o/p = 1.0 == double(1)'
	gives '{"a":1}' '{"a":1,"l":[1,{"k":1}],"n":null}' \
	    -e 'l = [a, {"k": a}]' -e 'n = null'
}

@test "map: several -e all read the record as it came" {
	gives '{"a":1,"b":2}' '{"a":2,"b":1}' -e 'a = b' -e 'b = a'
	gives '{"a":1,"b":2}' '{"b":2,"c":3,"a":9}' --keep b -e 'c = a + b' -e 'a = 9'
	# what is set comes after what is kept
	gives '{"a":1,"b":2}' '{"z":2,"a":-1}' --keep a,b --rename b=z -e 'a = -a'
}

@test "map: an optional that is empty leaves the member out" {
	gives $'{"a":{"b":1}}\n{"a":{}}\n{}' $'{"x":1}\n{}\n{}' \
	    --drop a -e 'x = r.?a.?b'
	mapping <<-'EOF'
	fields: [{to: x, expr: r.?x, default: none}, {to: y, expr: r.?y, required: true}]
	EOF
	gives '{"y":1}' '{"y":1,"x":"none"}'
	bad '{"x":1}' '[map.required]'
}

@test "map: where is an expression, alone or in a list" {
	in=$'{"t":"a","n":1}\n{"t":"b","n":2}\n{"t":"a","n":3}'
	gives "$in" $'{"t":"a","n":3}' --where 't == "a" && n > 1'
	mapping <<-'EOF'
	where: [{path: t, in: [a]}, 'n >= 3 || n < 1']
	EOF
	gives "$in" '{"t":"a","n":3}'
	printf '%s\n' "$in" | rap-map --where 'n != 2' --stats s >/dev/null
	[ "$(jq -c '[.read, .passed, .filtered]' s)" = '[3,2,1]' ]
	run rap-map --where 'n > 1' <<<'{"m":1}'
	[ "$status" = 65 ]
	echo "$output"
	[[ "$output" == *'no member "n" at /n [expr.missing]'* ]]
}

@test "map: an expression's value is cast, looked up in a table, and may fail" {
	mapping <<-'EOF'
	unmapped: drop
	fields:
	- {to: a, expr: 's + "1"', type: integer}
	- {to: b, expr: 'n % 2', values: {0: even, 1: odd}}
	- {to: c, expr: '10 / n', on_error: "null"}
	- {to: d, expr: 'd * 2.0', on_error: default, default: -1}
	EOF
	gives '{"s":"4","n":3,"d":0.1}' '{"a":41,"b":"odd","c":3,"d":0.2}'
	gives '{"s":"","n":0,"d":1e400}' '{"a":1,"b":"even","c":null,"d":-1}'
	bad '{"s":"x","n":1,"d":1}' 'cannot cast "x1" to integer'
}

@test "map: a number past double rejects its record where a double is needed" {
	printf '%s\n' '{"x":1}' '{"x":1e400}' '{"x":1.5}' >in
	run --separate-stderr rap-map -e 'y = double(x) + 1.0' --reject bad in
	[ "$status" = 1 ]
	[ "$output" = $'{"x":1,"y":2}\n{"x":1.5,"y":2.5}' ]
	[ "$(jq -r '.raw, .code' bad | tr '\n' ' ')" = '{"x":1e400} expr.range ' ]
	# only copied: nothing is lost
	gives '{"x":1e400}' '{"x":1e400,"y":1e400}' -e 'y = x'
}

@test "map: expressions see what explode has made" {
	mapping <<-'EOF'
	explode: {path: l, carry: [id, {s: 1}], index: i}
	EOF
	refused '[conf.type]'
	mapping <<-'EOF'
	explode: {path: l, carry: {id: /id, o: /o}, index: i}
	where: i > 0 && v != o.not
	fields: [{to: sum, expr: id + v + i}, {to: all, expr: r.size()}]
	EOF
	gives '{"id":100,"o":{"not":7},"l":[{"v":1},{"v":2},{"v":7},{"v":4}],"z":0}' \
	    $'{"id":100,"o":{"not":7},"i":1,"v":2,"sum":103,"all":4}\n{"id":100,"o":{"not":7},"i":3,"v":4,"sum":107,"all":4}'
	mapping <<-'EOF'
	explode: {path: l, as: v}
	fields: [{to: w, expr: v * 2}]
	EOF
	gives '{"l":[1,2]}' $'{"v":1,"w":2}\n{"v":2,"w":4}'
	mapping <<-'EOF'
	explode: {path: l}
	where: v > 1
	EOF
	gives '{"l":[{"v":1},{"v": 2}]}' '{"v":2}'
}

@test "map: expressions that are wrong are refused before a byte is read" {
	while IFS='|' read -r text want; do
		echo "$text"
		mapping <<<"$text"
		refused "$want"
	done <<-'EOF'
	where: a ==|m.yaml:2:
	where: doubl(a) > 1|m.yaml:2:8: no function "doubl" at /where [expr.name]; did you mean "double"
	where: a == 1 and b == 2|m.yaml:2:15: "and" where the end is due at /where [expr.syntax]; and is &&
	where: if(a, b, c)|m.yaml:2:8: "if" is a reserved word at /where [expr.syntax]; a choice is TEST ? THIS : THAT
	where: lower(a) == 'x'|no function "lower" at /where [expr.name]; it is s.lowerAscii()
	where: a.length() > 1|no function "length" at /where [expr.name]; it is size(x)
	where: in == 1|"in" is a reserved word at /where [expr.syntax]; the member of that name is r.in
	where: '"x" + 1 == a'|[expr.type]
	where: 1 + 2|m.yaml:2:8: the expression must give bool, and this gives int at /where [expr.type]
	where: ['true', 'a.matches("(a*)*\\1")']|[expr.regex]
	fields: [{to: a, expr: 'b + doubl(c)'}]|m.yaml:2:29: no function "doubl"
	fields: [{to: a, expr: "1 + 'x'"}]|m.yaml:2:
	fields: [{to: a, expr: 5}]|expected string, got number
	EOF
	run rap-map -e 'a' in
	[ "$status" = 64 ]
	run rap-map -e 'a == 1' in
	[ "$status" = 64 ]
	run rap-map -e 'a = b' -m m.yaml in
	[ "$status" = 64 ]
	run rap-map -e 'a = nofn()' /nonexistent
	[ "$status" = 78 ]
	run rap-map -e 'a = 1' -e '/a = 2' /nonexistent
	[ "$status" = 78 ]
}

@test "map: a pattern that explodes is an error, never a silent no" {
	python3 -c 'print("{\"s\":\"%s!\"}" % ("a" * 5000))' >in
	run rap-map --where 's.matches("^(a|a|aa)+$")' in
	echo "$output" | cut -c1-300
	case $status in
	0) false ;;
	65) [[ "$output" == *"[expr.regex]"* || "$output" == *"[expr.limit]"* ]] ;;
	*) false ;;
	esac
}

@test "map: --print shows what -e and --where mean, and it does the same" {
	set -- -e 'x = a + 1' --where 'a > 0' --drop b
	rap-map "$@" --print >m.json
	[ "$(cat m.json)" = '{"rap":"map/1","where":"a > 0","fields":[{"to":"x","expr":"a + 1"}],"unmapped":"keep","drop":["b"]}' ]
	printf '{"a":%d,"b":0}\n' 0 1 2 >in
	rap-map "$@" in | cmp - <(rap-map -m m.json in)
	[ "$(rap-map -m m.json in | wc -l)" = 2 ]
}

# --- steps ---

@test "map: each step reads what the one before left" {
	mapping <<-'EOF'
	steps:
	- fields: [{to: a, expr: a + 1}]
	- explode: {path: l, carry: [a], as: v}
	- where: v != 2
	  fields: [{to: s, expr: a + v}]
	- {unmapped: drop, fields: [{to: out, from: s, type: string}]}
	EOF
	gives $'{"a":10,"l":[1,2,3]}\n{"a":0,"l":[]}\n{"a":5,"l":[4]}' \
	    $'{"out":"12"}\n{"out":"14"}\n{"out":"10"}'
	printf '%s\n' '{"a":10,"l":[1,2,3]}' '{"a":0,"l":[2]}' '{"a":5,"l":["x"]}' >in
	run --separate-stderr rap-map -m m.yaml --reject bad --stats s in
	[ "$status" = 1 ]
	[ "$output" = $'{"out":"12"}\n{"out":"14"}' ]
	[ "$(jq -c '[.read, .passed, .rejected, .filtered, .written]' s)" = '[3,1,1,1,2]' ]
	[ "$(jq -r .raw bad)" = '{"a":5,"l":["x"]}' ]
}

@test "map: a step may be another file, but not itself" {
	mkdir maps
	printf 'rap: map/1\nfields: [{to: x, expr: x * 2}]\n' >maps/twice.yaml
	mapping <<<'steps: [{use: twice}, {drop: y}, {use: twice}]'
	gives '{"x":3,"y":1}' '{"x":12}'
	printf 'rap: map/1\nsteps: [{use: ./b.yaml}]\n' >a.yaml
	printf 'rap: map/1\nsteps:\n- {use: ./a.yaml}\n' >b.yaml
	run rap-map -m ./a.yaml /nonexistent
	echo "$output"
	[ "$status" = 78 ]
	[[ "$output" == "rap-map: ./b.yaml:3:9: ./a.yaml uses itself by this step at /steps/0/use [map.cycle]"$'\n'* ]]
	mapping <<<'steps: [{use: nosuch}]'
	run rap-map -m m.yaml /nonexistent
	[ "$status" = 66 ]
	printf 'rap: map/1\nfeilds: []\n' >maps/twice.yaml
	mapping <<<'steps: [{use: twice}]'
	run rap-map -m m.yaml /nonexistent
	echo "$output"
	[[ "$output" == *"twice.yaml:2:1: unknown key"* ]]
}

@test "map: steps stand alone" {
	while IFS='|' read -r text want; do
		printf '%b\n' "$text" | mapping
		refused "$want"
	done <<-'EOF'
	steps: []\nfields: []|m.yaml:3:1: beside steps there is nothing else: unknown key "fields" at /fields [conf.unknown]
	steps: {}|steps is a list
	steps: [{feilds: []}]|did you mean "fields"?
	steps: [{use: a, fields: []}]|[conf.unknown]
	steps: [{rap: map/1}]|[conf.unknown]
	EOF
}

@test "map: expressions give the same bytes with any threads and blocks" {
	for i in $(seq 2000); do
		echo "{\"n\":$i,\"l\":[$i,{\"a\":\"x$i\"}]}"
	done >in
	mapping <<-'EOF'
	steps:
	- where: n % 3 != 0
	  fields: [{to: m, expr: 'double(n) / 7.0'}]
	- explode: {path: l, carry: [m], as: v}
	EOF
	rap-map -j1 -m m.yaml in >one
	[ "$(wc -l <one)" = $((1334 * 2)) ]
	for block in 1 4096; do
		for j in 1 8; do
			RAP_BLOCK=$block rap-map -j$j -m m.yaml in | cmp - one
		done
	done
}

@test "map: not, and a name with a dash, are told how they are written" {
	printf '{"k-e":1,"a":2,"u":{"k-e":3}}\n' >in
	for x in 'not a' '(not a)' 'a == 2 || not r.a'; do
		run rap-map --where "$x" in
		[ "$status" = 78 ]
		[[ "$output" == *'[expr.syntax]; not is !'* ]]
	done
	for x in k-e r.k-e '1+k-e*2'; do
		run rap-map -e "x = $x" in
		[[ "$output" == *"k-e is a difference; the member of that name is r['k-e']"* ]]
	done
	run rap-map -e 'x = a-e' in
	[[ "$output" == *"is r['a-e']"* ]]
	run rap-map -e 'x = u.k-e' in
	[[ "$output" == *'is .`k-e`'* ]]
	[ "$(rap-map --keep k-e -e "x = r['k-e']" -e 'y = u.`k-e`' in)" = '{"k-e":1,"x":1,"y":3}' ]
	# these are differences
	for x in 'k - e' k-1 2-k; do
		run rap-map -e "x = $x" in
		[[ "$output" == *'r.?k.orValue(x)'* ]]
	done
}
