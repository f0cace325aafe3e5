# rap-map: what each word of a mapping file means, and what is refused.
load helper
load map/functions
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# --- the games and the cars ---

@test "map: a real game: 295 plays, 254 events, as another program has them" {
	need_shared data/nhl/2024021015.json
	game=$shared/data/nhl/2024021015.json
	[ "$(jq '.plays | length' "$game")" = 295 ]
	rap-map -m nhl "$game" >got
	python3 "$root/tests/map/nhl.py" <"$game" >want
	cmp got want
	[ "$(wc -l <got)" = 254 ]
	! grep -E '"team_name":""|"MIN"' got | grep -v '"team_abbrev":"MIN"' || false
}

@test "map: the example's game, on one line" {
	jq -c . "$root/examples/nhl/game.json" | rap-map -m nhl >got
	python3 "$root/tests/map/nhl.py" <"$root/examples/nhl/game.json" >want
	cmp got want
	[ -s got ]
}

@test "map: OpenF1 samples; drs 8 and 1 are not open" {
	in='{"date":"2023-09-15T13:08:19.923000+00:00","session_key":9159,"meeting_key":1219,"driver_number":55,"n_gear":8,"speed":315,"drs":12,"throttle":99,"brake":0,"rpm":11141}'
	want='{"timestamp":"2023-09-15T13:08:19.923000+00:00","session_key":9159,"meeting_key":1219,"driver_num":55,"current_gear":8,"vehicle_speed":315,"drs_active":true,"throttle_pct":99,"brake_status":false,"engine_rpm":11141}'
	gives "$in" "$want" -m openf1
	for code in 0 1 8; do
		gives "${in/\"drs\":12/\"drs\":$code}" \
		    "${want/\"drs_active\":true/\"drs_active\":false}" -m openf1
	done
	for code in 10 14; do
		gives "${in/\"drs\":12/\"drs\":$code}" "$want" -m openf1
	done
	gives "${in/\"brake\":0/\"brake\":100}" \
	    "${want/\"brake_status\":false/\"brake_status\":true}" -m openf1
	run rap-map -m openf1 <<<"${in/\"drs\":12/\"drs\":9}"
	[ "$status" = 65 ]
	run rap-map -m openf1 <<<"${in/\"date\"/\"when\"}"
	[ "$status" = 65 ]
	[[ "$output" == *"[map.required]"* ]]
}

@test "map: the shipped maps are valid by share/schemas/map-1.json" {
	[ -x "$RAP_BIN/rap-validate" ] || skip "rap-validate is not built"
	for map in "$root"/share/maps/*.yaml; do
		rap-map -m "$map" --print >one
		[ "$(wc -l <one)" = 1 ]
		rap-validate -s "$root/share/schemas/map-1.json" one | cmp - one
	done
}

@test "map: the schema refuses what rap-map refuses" {
	[ -x "$RAP_BIN/rap-validate" ] || skip "rap-validate is not built"
	while read -r text; do
		run rap-validate -s "$root/share/schemas/map-1.json" <<<"$text"
		echo "$text: $status"
		[ "$status" = 1 ]
		printf '%s\n' "$text" >m.yaml
		refused '['
	done <<-'EOF'
	{"fields":[]}
	{"rap":"map/2"}
	{"rap":"map/1","feilds":[]}
	{"rap":"map/1","fields":[{"from":"a"}]}
	{"rap":"map/1","fields":[{"to":"a","type":"int"}]}
	{"rap":"map/1","fields":[{"to":"a","from":[]}]}
	{"rap":"map/1","where":1}
	{"rap":"map/1","fields":[{"to":"a","from":"b","expr":"c"}]}
	{"rap":"map/1","steps":[{}],"fields":[]}
	{"rap":"map/1","steps":[{"feilds":[]}]}
	{"rap":"map/1","steps":[{"use":"x","fields":[]}]}
	{"rap":"map/1","fields":[{"to":"a","type":"decimal(x)"}]}
	{"rap":"map/1","fields":[{"to":"a","unit":{"from":"m"}}]}
	{"rap":"map/1","lookups":{"a":{"from":"b","file":"c","key":"d"}}}
	{"rap":"map/1","split":{"as":"x"}}
	{"rap":"map/1","unpivot":{"columns":["a"],"keep":["b"]}}
	{"rap":"map/1","nest":{"into":"a"}}
	{"rap":"map/1","flatten":{"sep":""}}
	{"rap":"map/1","pseudonym":{"paths":["a"]}}
	{"rap":"map/1","pivot":{"key":"a","name":"b"}}
	{"rap":"map/1","dedupe":{"keys":"a"}}
	{"rap":"map/1","where":{"path":"a"}}
	{"rap":"map/1","where":{"path":"a","in":[],"present":true}}
	{"rap":"map/1","explode":{"carry":["a"]}}
	{"rap":"map/1","lookups":{"a":{"from":"b"}}}
	{"rap":"map/1","unmapped":"no"}
	EOF
}

# --- one-liners ---

@test "map: --keep keeps, in the order it names" {
	gives '{"a":1.0,"b":{"c":[1, 2],"d":"\u0041"},"e":null}' \
	    '{"e":null,"b":{"d":"\u0041"},"a":1.0}' --keep e,/b/d,a
	gives '{"a":1}' '{}' --keep b
	gives '{"a":{"b":1,"c":2,"d":3}}' '{"a":{"d":3,"b":1}}' --keep a.d --keep a.b
}

@test "map: --drop leaves the rest byte for byte" {
	gives '{"a":1,"b":[1, 2.50],"c":"\u0041"}' '{"b":[1, 2.50],"c":"\u0041"}' --drop a
	gives '{"a":1,"b":2}' '{}' --drop a,b
	gives '{"a":1}' '{"a":1}' --drop nothing,/a/b
	# inside an object: first, middle, last, several, all
	in='{"o":{ "p" : 1, "q":2 ,"r":3 },"z":1}'
	gives "$in" '{"o":{ "q":2 ,"r":3 },"z":1}' --drop /o/p
	gives "$in" '{"o":{ "p" : 1 ,"r":3 },"z":1}' --drop o.q
	gives "$in" '{"o":{ "p" : 1, "q":2 },"z":1}' --drop o.r
	gives "$in" '{"o":{ "p" : 1 },"z":1}' --drop o.q,o.r
	gives "$in" '{"o":{ "r":3 },"z":1}' --drop o.p,o.q
	gives "$in" '{"o":{ "q":2 },"z":1}' --drop o.r,o.p
	[ "$(printf '%s\n' "$in" | rap-map --drop o.p,o.q,o.r | jq -c .)" = \
	    '{"o":{},"z":1}' ]
	gives '{"a":{"b":{"c":1,"d":2},"e":3}}' '{"a":{"e":3}}' --drop a.b,a.b.c
}

@test "map: --rename keeps the place; a name that is taken is a conflict" {
	gives '{"a":1,"b":2,"c":3}' '{"a":1,"x":2,"c":3}' --rename b=x
	gives '{"a":1,"b":2}' '{"b":1,"a":2}' --rename a=b,b=a
	gives '{"b":2}' '{"b":2}' --rename a=b
	gives '{"a":{"b":1}}' '{"a":{"b":1},"x":1}' --rename /a/b=x
	gives '{"a":1,"b":2,"x":3,"y":4}' '{"c":{"d":1},"b":2,"e":3}' --rename a=/c/d,x=e --keep a,b
	gives '{"k\u0065y":1,"b":2}' '{"x":1,"b":2}' --rename key=x
	run rap-map --rename a=b <<<'{"a":1,"b":2}'
	[ "$status" = 65 ]
	[[ "$output" == *"[map.conflict]"* ]]
}

@test "map: --canonical is RFC 8785, alone and after the rest" {
	gives '{"b":1.50,"a":"\u00e9\u0000","A":1E2}' \
	    '{"A":100,"a":"é\u0000","b":1.5}' --canonical
	gives '[3.0 , {"b":1,"a":2}]' '[3,{"a":2,"b":1}]' --canonical
	gives '{"z":1.0,"b":2}' '{"a":1,"b":2}' --canonical --rename z=a
}

@test "map: --print shows the mapping, and the mapping does the same" {
	rap-map --rename a=b,c=d --drop e --print >m.yaml
	in='{"a":1,"c":2,"e":3,"f":4}'
	gives "$in" '{"b":1,"d":2,"f":4}'
	gives "$in" '{"b":1,"d":2,"f":4}' --rename a=b,c=d --drop e
	jq -e '.rap == "map/1"' m.yaml
}

@test "map: usage" {
	for args in "" "--keep a --drop b" "--rename ab" "--rename =b" \
	    "--rename a=" "--keep a,,b" "--drop ,"; do
		run rap-map $args </dev/null
		echo "$args: $status $output"
		[ "$status" = 64 ]
	done
	mapping </dev/null
	run rap-map -m m.yaml --keep a </dev/null
	[ "$status" = 64 ]
	run rap-map -m not-there.yaml </dev/null
	[ "$status" = 66 ]
}

# --- fields ---

@test "map: from: the first that is there; two that differ are a conflict" {
	mapping <<-'EOF'
	fields: [{to: speed, from: [velocity, /v, speed]}]
	EOF
	gives '{"v":3,"w":1}' '{"speed":3,"w":1}'
	gives '{"speed":3.0,"velocity":3}' '{"speed":3}'
	gives '{"velocity":null,"x":0,"v":5}' '{"speed":5,"x":0}'
	gives '{"v":"\u0061","velocity":"a"}' '{"speed":"a"}'
	gives '{"v":null}' '{"speed":null}'
	gives '{"x":1}' '{"x":1}'
	bad '{"velocity":1,"v":2}' 'velocity and /v are both there and differ at /v [map.conflict]'
	bad '{"velocity":1,"v":"1"}' '[map.conflict]'
}

@test "map: integer" {
	mapping <<-'EOF'
	fields: [{to: a, type: integer}]
	EOF
	gives '{"a":42}' '{"a":42}'
	gives '{"a":"42"}' '{"a":42}'
	gives '{"a":42.0}' '{"a":42}'
	gives '{"a":"-1.5e1"}' '{"a":-15}'
	gives '{"a":123456789012345678901234567890}' '{"a":123456789012345678901234567890}'
	gives '{"a":null}' '{"a":null}'
	for v in 1.5 '"12,5"' '""' '" 1"' '"1 "' '"+1"' '"007"' '"0x1f"' '"1e"' \
	    true '[1]' '{}' 1e400 '"1_000"' '"NaN"' '"١"'; do
		bad "{\"a\":$v}" '[map.cast]'
	done
	bad '{"amount":1,"a":"12,5"}' 'm.yaml' && false
	bad '{"x":1,"a":"12,5"}' 'rap-map: -:1:12: cannot cast "12,5" to integer at /a [map.cast]; numbers have a decimal point'
}

@test "map: number, string, boolean" {
	mapping <<-'EOF'
	fields:
	- {to: n, type: number}
	- {to: s, type: string}
	- {to: b, type: boolean}
	EOF
	gives '{"n":"1.50","s":1.50,"b":"true"}' '{"n":1.50,"s":"1.50","b":true}'
	gives '{"n":1E2,"s":"x\u0041","b":false}' '{"n":1E2,"s":"x\u0041","b":false}'
	gives '{"n":"\u0031","s":true,"b":"fals\u0065"}' '{"n":1,"s":"true","b":false}'
	gives '{"n":null,"s":null,"b":null}' '{"n":null,"s":null,"b":null}'
	bad '{"n":"1.5.0"}' 'cannot cast "1.5.0" to number at /n [map.cast]'
	bad '{"s":[1]}' 'cannot cast [1] to string'
	bad '{"s":{"a":1}}' '[map.cast]'
	# a seed's bool(8) was true; here nothing is true but true
	for v in 0 1 8 '"True"' '"yes"' '""'; do
		bad "{\"b\":$v}" '[map.cast]; say what counts as true'
	done
}

@test "map: default is for missing, default_null for null; 0 and false stay" {
	mapping <<-'EOF'
	fields:
	- {to: a, default: [1, {x: y}], default_null: none}
	- {to: b, default: 5}
	EOF
	gives '{}' '{"a":[1,{"x":"y"}],"b":5}'
	gives '{"b":null,"a":null}' '{"b":null,"a":"none"}'
	gives '{"a":false,"b":0}' '{"a":false,"b":0}'
	gives '{"a":"","b":""}' '{"a":"","b":""}'
}

@test "map: required, and a literal value" {
	mapping <<-'EOF'
	fields:
	- {to: a, required: true}
	- {to: kind, value: car}
	EOF
	gives '{"a":null}' '{"a":null,"kind":"car"}'
	bad '{"b":1}' 'nothing for the required field "a" [map.required]'
	bad '{"kind":1,"a":1}' '[map.conflict]'
}

@test "map: values and else" {
	mapping <<-'EOF'
	fields:
	- {to: x, values: {10: ten, "true": 1, a b: [2], ~: none}}
	EOF
	gives '{"x":10}' '{"x":"ten"}'
	gives '{"x":1.0e1}' '{"x":"ten"}'
	gives '{"x":"10"}' '{"x":"ten"}'
	gives '{"x":true}' '{"x":1}'
	gives '{"x":"a\u0020b"}' '{"x":[2]}'
	gives '{"y":1}' '{"y":1}'
	bad '{"x":11}' '11 is not in the table of values at /x [map.value]'
	for other in keep missing null '{value: -1}'; do
		mapping <<-EOF
		fields: [{to: x, values: {1: a}, else: $other}]
		EOF
		case $other in
		keep) gives '{"x":2.0}' '{"x":2.0}' ;;
		missing) gives '{"x":2}' '{}' ;;
		null) gives '{"x":2}' '{"x":null}' ;;
		*) gives '{"x":2}' '{"x":-1}' ;;
		esac
	done
}

@test "map: case and concat" {
	mapping <<-'EOF'
	unmapped: drop
	fields:
	- {to: u, from: a, case: upper}
	- {to: l, from: a, case: lower}
	- {to: c, concat: [a, /n/x, b], sep: "-"}
	EOF
	gives '{"a":"aZé\"\n","n":{"x":1.0},"b":true}' \
	    '{"u":"AZé\"\n","l":"azé\"\n","c":"aZé\"\n-1.0-true"}'
	gives '{"a":"x","n":{"x":1},"b":null}' '{"u":"X","l":"x"}'
	bad '{"a":1}' '[map.cast]'
	bad '{"a":"x","n":{"x":[]},"b":1}' 'concat is for strings and numbers, not for array at /n/x [map.cast]'
}

@test "map: on_error" {
	for how in null default keep; do
		mapping <<-EOF
		fields: [{to: a, type: integer, default: 0, on_error: $how}]
		EOF
		case $how in
		null) gives '{"a":"x"}' '{"a":null}' ;;
		default) gives '{"a":"x"}' '{"a":0}' ;;
		keep) gives '{"a":"\u0078"}' '{"a":"\u0078"}' ;;
		esac
	done
	mapping <<-'EOF'
	fields: [{to: a, type: integer}]
	EOF
	printf '{"a":%s}\n' 1 '"x"' 3 >in
	run --separate-stderr rap-map -m m.yaml --reject bad in
	[ "$status" = 1 ]
	[ "$output" = $'{"a":1}\n{"a":3}' ]
	# atomic: the reject holds the record as it was
	[ "$(jq -r .raw bad)" = '{"a":"x"}' ]
	[ "$(jq -r '.code, .path, .line, .offset' bad | tr '\n' ' ')" = 'map.cast /a 2 13 ' ]
	# on_error: fail stops there all the same
	sed -i 's/integer/&, on_error: fail/' m.yaml
	for j in 1 4; do
		run --separate-stderr rap-map -j$j -m m.yaml --reject bad in
		[ "$status" = 65 ]
		[ "$output" = '{"a":1}' ]
	done
}

@test "map: a bad record leaves nothing of itself, not even exploded parts" {
	mapping <<-'EOF'
	explode: {path: a}
	fields: [{to: n, type: integer}]
	EOF
	printf '%s\n' '{"a":[{"n":1},{"n":"x"}]}' '{"a":[{"n":2}]}' >in
	run --separate-stderr rap-map -m m.yaml --reject bad --stats s in
	[ "$output" = '{"n":2}' ]
	[ "$(jq -r .path bad)" = /a/1/n ]
	[ "$(jq -c '[.read, .passed, .rejected, .filtered, .written]' s)" = '[2,1,1,0,1]' ]
}

@test "map: to may be nested; parts of one object come together" {
	mapping <<-'EOF'
	unmapped: drop
	fields:
	- {to: /p/x, from: x}
	- {to: n}
	- {to: p.y, from: y}
	- {to: /q/r/s, from: s}
	- {to: "/t~1u", from: t}
	- {to: "a \"b\"", from: t}
	EOF
	gives '{"x":1,"y":2,"n":3,"s":4,"t":5}' \
	    '{"p":{"x":1,"y":2},"n":3,"q":{"r":{"s":4}},"t/u":5,"a \"b\"":5}'
	gives '{"y":2}' '{"p":{"y":2}}'
	gives '{}' '{}'
}

@test "map: unmapped keep, drop, fail" {
	fields='fields: [{to: x, from: /a/b}, {to: c2, from: c}]'
	in='{"z": [ 1 ],"a":{"b":1,"d":2},"c":3}'
	mapping <<<"$fields"
	gives "$in" '{"z":[ 1 ],"a":{"b":1,"d":2},"c2":3,"x":1}'
	mapping <<<"unmapped: drop
$fields"
	gives "$in" '{"x":1,"c2":3}'
	mapping <<<"unmapped: fail
$fields"
	gives '{"a":{"b":1,"d":2},"c":3}' '{"x":1,"c2":3}'
	bad "$in" 'the mapping does not know the member "z" at /z [map.unmapped]'
	mapping <<<"unmapped: fail
drop: [z]
$fields"
	gives "$in" '{"x":1,"c2":3}'
}

@test "map: a field that meets a member that stays is a conflict" {
	mapping <<-'EOF'
	fields: [{to: a, from: /n/a}, {to: /o/p, from: q}]
	EOF
	gives '{"n":{"a":1},"q":2}' '{"n":{"a":1},"a":1,"o":{"p":2}}'
	gives '{"a":7}' '{"a":7}'
	bad '{"a":7,"n":{"a":1}}' '[map.conflict]'
	bad '{"o":{"p":3},"q":1}' '"p" is there already, and a field writes to it at /o/p [map.conflict]'
}

# --- where ---

@test "map: where leaves records out and counts them" {
	mapping <<-'EOF'
	where:
	- {path: t, in: [a, 1, null, [1.0]]}
	- {path: /n/skip, present: false}
	EOF
	printf '%s\n' '{"t":"\u0061"}' '{"t":1.0}' '{"t":"1"}' '{"t":null}' \
	    '{"t":[1]}' '{}' '{"t":"a","n":{"skip":0}}' >in
	rap-map -m m.yaml --stats s in >out
	printf '%s\n' '{"t":"\u0061"}' '{"t":1.0}' '{"t":null}' '{"t":[1]}' | cmp - out
	[ "$(jq -c '[.read, .passed, .filtered, .written]' s)" = '[7,4,3,4]' ]
	mapping <<<'where: {path: t, not_in: [a]}'
	gives $'{"t":"a"}\n{"t":"b"}\n{}' $'{"t":"b"}\n{}'
	mapping <<<'where: {path: t, equals: {a: 1}}'
	gives $'{"t":{"a":1.0}}\n{"t":1}' '{"t":{"a":1.0}}'
}

# --- explode ---

@test "map: explode carries, numbers, and keeps the order" {
	mapping <<-'EOF'
	explode:
	  path: /o/items
	  carry: [/id, /o/when, /none]
	  index: i
	EOF
	gives '{"id":7.0,"o":{"when":"x","items":[{"a":1},{"b": 2 },{}]},"z":0}' \
	    $'{"id":7.0,"when":"x","i":0,"a":1}\n{"id":7.0,"when":"x","i":1,"b":2}\n{"id":7.0,"when":"x","i":2}'
	mapping <<-'EOF'
	explode: {path: a, index: i}
	where: {path: i, not_in: [1]}
	fields: [{to: no, from: i, type: string}, {to: none, from: /i/x}]
	EOF
	gives '{"a":[{},{},{"x":1}]}' $'{"no":"0"}\n{"no":"2","x":1}'
	mapping <<-'EOF'
	explode: {path: l, carry: {whole: "", p: /o/p}, as: v}
	fields: [{to: w, from: /whole/id}, {to: v, type: string}, {to: q, from: /p/q}]
	drop: whole
	EOF
	gives '{"id":1,"l":["a",2],"o":{"p":{"q":5}}}' \
	    $'{"p":{"q":5},"v":"a","w":1,"q":5}\n{"p":{"q":5},"v":"2","w":1,"q":5}'
}

@test "map: an empty array: dropped and counted as filtered, or kept" {
	mapping <<<'explode: {path: a, carry: [id], index: i}'
	printf '%s\n' '{"id":1,"a":[]}' '{"id":2,"a":[{"x":1}]}' '{"id":3,"a":null}' >in
	rap-map -m m.yaml --stats s in >out
	[ "$(cat out)" = '{"id":2,"i":0,"x":1}' ]
	[ "$(jq -c '[.read, .passed, .rejected, .filtered, .written]' s)" = '[3,1,0,2,1]' ]
	mapping <<<'explode: {path: a, carry: [id], index: i, empty: keep}'
	gives "$(cat in)" $'{"id":1}\n{"id":2,"i":0,"x":1}\n{"id":3}'
}

@test "map: explode refuses what is no array, and names that meet" {
	mapping <<<'explode: {path: a, carry: [id]}'
	bad '{"a":5}' 'cannot explode a value of type number at /a [map.explode]'
	bad '{"a":{}}' '[map.explode]'
	bad '{"b":[]}' 'nothing to explode at a [map.explode]'
	bad '{"a":[1]}' 'an element is a number, not an object at /a/0 [map.explode]; explode: {as: NAME}'
	bad '{"id":1,"a":[{"x":1},{"id":2}]}' 'the element has a member "id" of its own at /a/1/id [map.conflict]'
}

@test "map: a record that explodes without end is refused, memory bounded" {
	mapping <<<'explode: {path: a, carry: [big]}'
	python3 -c '
print("{\"big\":\"%s\",\"a\":[%s]}" % ("x" * 2000000, ",".join(["{}"] * 500000)))' >in
	(
		# a sanitizer needs more address space than that
		[ -n "$RAP_SAN" ] || ulimit -v 1500000
		run rap-map -j1 -m m.yaml in
		[ "$status" = 65 ]
		[[ "$output" == *"explodes into more than 64 MiB at /a [map.limit]"* ]]
	)
}

@test "map: five million elements" {
	mapping <<-'EOF'
	explode: {path: a, as: v}
	fields: [{to: v, type: integer}]
	EOF
	python3 -c 'print("{\"a\":[%s]}" % ",".join(["1"] * 5000000))' >in
	rap-map -j1 -m m.yaml in >out
	[ "$(wc -l <out)" = 5000000 ]
	[ "$(sort -u out)" = '{"v":1}' ]
}

# --- lookups ---

@test "map: lookups in arrays and objects beside" {
	mapping <<-'EOF'
	explode: {path: plays, carry: [g]}
	lookups:
	  p: {from: /roster, key: /id}
	  t: {from: [/home, /away], key: id}
	fields:
	- {to: who, lookup: p, by: [/s, /h], take: /name}
	- {to: full, lookup: p, by: [s, h], concat: [/first, /name], sep: " "}
	- {to: team, lookup: t, by: /team, take: [/x, /n/d], default: none}
	unmapped: drop
	EOF
	gives '{"g":1,"home":{"id":5,"n":{"d":"H"}},"away":{"id":"6","x":"A"},"roster":[{"id":2,"name":"B","first":"Z"},{"id":1.0,"name":"\u0041"}],"plays":[{"s":1,"team":5},{"h":2.0,"team":6},{"s":null,"h":"2"},{"s":9},{}]}' \
	    $'{"who":"\\u0041","team":"H"}\n{"who":"B","full":"Z B","team":"A"}\n{"who":"B","full":"Z B","team":"none"}\n{"team":"none"}\n{"team":"none"}'
}

@test "map: a table is of its own record" {
	mapping <<-'EOF'
	lookups: {p: {from: rows, key: id}}
	fields: [{to: x, lookup: p, by: k, take: v}]
	drop: rows
	EOF
	gives $'{"k":1,"rows":[{"id":1,"v":2}]}\n{"k":1,"rows":[{"id":5,"v":4},{"id":1,"v":3}]}\n{"k":1,"rows":[]}' \
	    $'{"k":1,"x":2}\n{"k":1,"x":3}\n{"k":1}'
}

@test "map: lookups are refused when they cannot be right" {
	mapping <<-'EOF'
	lookups: {p: {from: rows, key: id}}
	fields: [{to: x, lookup: p, by: k, take: v, on_miss: error}]
	EOF
	gives '{"k":1,"rows":[{"id":1,"v":2}]}' '{"k":1,"rows":[{"id":1,"v":2}],"x":2}'
	gives '{"z":1}' '{"z":1}'
	bad '{"k":1,"rows":[{"id":1},{"id":1.0}]}' 'lookup "p" has the key 1 twice at /rows/1 [map.lookup]'
	bad '{"k":1,"rows":[{"id":1},{"x":1}]}' 'a row of lookup "p" has no id at /rows/1 [map.lookup]'
	bad '{"k":1}' 'nothing at /rows for lookup "p" [map.lookup]'
	bad '{"k":1,"rows":3}' 'lookup "p" needs an array or an object at /rows [map.lookup]'
	bad '{"k":3,"rows":[]}' 'lookup "p" has no row for 3 at /k [map.lookup]'
}

# --- mapping files that are refused: 78 before anything is read ---

@test "map: an unknown key, with its line and a suggestion" {
	mapping <<-'EOF'
	fields:
	- to: a
	  form: b
	EOF
	refused 'rap-map: m.yaml:4:3: unknown key "form" at /fields/0/form [conf.unknown]; did you mean "from"?'
	mapping <<<'feilds: []'
	refused 'did you mean "fields"?'
	mapping <<<'explode: {path: a, cary: []}'
	refused 'did you mean "carry"?'
}

@test "map: words, types and combinations that make no sense" {
	while IFS='|' read -r text want; do
		echo "$text"
		mapping <<<"$text"
		refused "$want"
	done <<-'EOF'
	description: [a]|m.yaml:2:14: expected a string at /description
	fields: [{to: a, description: 1}]|at /fields/0/description [conf.type]
	steps: [{description: null}]|at /steps/0/description [conf.type]
	steps: [{use: nhl, description: {}}]|at /steps/0/description [conf.type]
	fields: [{to: a, type: date, layout: ""}]|an empty text at /fields/0/layout
	fields: [{to: a, type: date, layout: {zone: ""}}]|/layout/zone
	fields: [{to: a, type: int}]|"int" is none of integer, number, string, boolean
	fields: [{to: a, type: strin}]|did you mean "string"?
	fields: [{to: a, type: float}]|did you mean "number"?
	fields: [{to: a, type: decimal(31)}]|n is the places, from 0 to 30, as in decimal(2)
	fields: [{to: a, type: date, layout: YYYY-MM-DD}]|m.yaml:2:38: "YYYY-MM-DD" is no layout: it has no letter with % at /fields/0/layout [map.config]
	fields: [{to: a, type: timestamp, layout: {to: unixms}}]|"unixms" is no layout
	fields: [{to: a, from: b, lookup: c, by: d, take: e}]|cannot have both from and lookup
	fields: [{to: a, from: b, value: 1}]|cannot have both from and value
	fields: [{to: a, default: 1, required: true}]|cannot have both default and required
	fields: [{to: a, take: b}]|take is of no use without lookup
	fields: [{to: a, lookup: x}]|lookup is of no use without by
	fields: [{to: a, lookup: x, by: b, take: c}]|no lookup is called "x"
	fields: [{to: a, else: keep}]|else is of no use without values
	fields: [{to: a, on_error: default}]|on_error: default needs a default
	fields: [{to: a, on_error: skip}]|[map.config]
	fields: [{to: a, type: integer, default: x}]|not of the field's type
	fields: [{to: a, type: boolean, values: {0: 0}}]|not of the field's type
	fields: [{to: a}, {to: /a}]|another field writes to
	fields: [{to: a/b}, {to: a}, {to: /a/b}]|another field writes to
	fields: [{to: /a/b, from: x}, {to: a}]|another field writes to
	fields: [{from: a}]|needs the name it goes to
	fields: [{to: ""}]|cannot be the whole record
	fields: [{to: a, from: []}]|an empty list of paths
	fields: [{to: a, from: "/b~2"}]|must be followed by 0 or 1
	fields: [{to: a, from: 5}]|expected string, got number
	fields: [{to: a, required: yes}]|[conf.type]
	fields: {to: a}|fields is a list
	fields: [a]|expected a mapping, got string
	fields: [{to: a, from: b, expr: c}]|cannot have both from and expr
	fields: [{to: a, value: b, expr: c}]|cannot have both value and expr
	where: {path: a}|one of in, not_in, equals, present
	where: {path: a, in: [1], present: true}|one of in, not_in, equals, present
	where: {path: a, in: x}|expected a list of values
	where: {in: [x]}|a condition needs a path
	unmapped: maybe|"maybe" is none of keep, drop, fail
	explode: {carry: [a]}|explode needs a path
	explode: {path: a, carry: [/id, /b/id]}|two carried members have the name "id"
	explode: {path: a, carry: [id], index: id}|is the name of a carried member
	explode: {path: a, carry: [""]}|needs a name to be carried
	explode: {path: a, as: x, index: x}|[map.conflict]
	lookups: {a: {from: b}}|a lookup needs from and key
	lookups: []|lookups is a mapping
	EOF
	printf 'unmapped: drop\ndrop: [a]\n' | mapping
	refused 'm.yaml:3:7: drop has no meaning'
}

@test "map: a part that is of another type is told how it is written" {
	for x in 'explode: items' 'explode: []' 'dedupe: id' 'dedupe: [id]' \
	    'pivot: 5' 'fields: a' 'fields: [a]' 'nest: [a]' 'where: 5' \
	    'lookups: [a]' 'flatten: x' 'unflatten: x' 'pseudonym: [a]' \
	    'split: a' 'unpivot: x'; do
		mapping <<<"$x"
		run --separate-stderr rap-map --diag json -m m.yaml </dev/null
		[ "$status" = 78 ]
		hint=$(jq -r 'select(.code == "conf.type").hint' <<<"$stderr")
		[[ "$hint" == "for example ${x%%:*}: "* ]]
		# the example is one
		hint=${hint#for example }
		mapping <<<"${hint%, or *}"
		NAME=0123456789abcdef rap-map -m m.yaml --print >/dev/null
	done
	# what is wrong is in it
	for x in 'fields: [{to: 5}]' 'nest: [{into: 5}]'; do
		mapping <<<"$x"
		run rap-map -m m.yaml </dev/null
		[[ "$output" != *'for example'* ]]
	done
}

@test "map: what is not a mapping file" {
	printf 'fields: []\n' >m.yaml
	refused 'not a mapping file of version 1'
	printf 'rap: map/2\n' >m.yaml
	refused 'm.yaml:1:6:'
	printf 'rap: map/1\nrap: map/1\n' >m.yaml
	refused 'key "rap" is here twice, first in line 1'
	printf 'rap: [map/1\n' >m.yaml
	refused '[conf.syntax]'
	printf 'rap: map/1\nfields:\n\t- {to: a}\n' >m.yaml
	refused 'm.yaml:3:1: found character that cannot start any token [conf.syntax]; YAML indents with blanks, not with tabs'
	printf '[]' >m.yaml
	refused '[conf.type]'
	: >m.yaml
	refused '[conf.empty]'
	head -c 4096 /dev/urandom >m.yaml
	refused 'm.yaml'
}

# --- the machine ---

@test "map: the same bytes with any threads and blocks" {
	need_shared data/nhl/2024021015.json
	# the file has no newline at its end
	for i in 1 2 3 4 5 6 7 8 9; do
		cat "$shared/data/nhl/2024021015.json"
		echo
	done >in
	rap-map -j1 -m nhl in >one
	[ "$(wc -l <one)" = $((9 * 254)) ]
	sha256sum <one >want
	for block in 1 7 4096 4194304; do
		for j in 1 8; do
			RAP_BLOCK=$block rap-map -j$j -m nhl in | sha256sum | cmp - want
		done
	done
}

@test "map: the stage record holds the mapping" {
	mapping <<<'fields: [{to: b, from: [a, /x/y]}, {to: c, value: 1}]'
	[ -x "$RAP_BIN/rap-audit" ] || skip "rap-audit is not built"
	rap-audit init --store .rap
	echo '{"a":1}' | rap-map --store .rap -m m.yaml >/dev/null
	grep -q '"mapping":\[{"confidence":1,"from":\["a","/x/y"\],"to":"b"},{"confidence":1,"from":\[\],"to":"c"}\]' .rap/log.ndjson
}
