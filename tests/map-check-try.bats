# rap-map --check by example: what is found is shown by a record, and what is
# not settled is not found.
load helper
load map/functions
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >in.json <<-'EOF'
	{"type": "object", "required": ["id", "kind", "n", "lines", "at"],
	 "additionalProperties": false,
	 "properties": {
	  "id": {"type": "string", "pattern": "^[0-9]+$", "examples": ["17"]},
	  "kind": {"enum": ["a", "b", "c"]},
	  "n": {"type": "integer", "minimum": 1, "maximum": 9},
	  "price": {"type": ["number", "null"]},
	  "at": {"type": "object", "required": ["x"], "additionalProperties": false,
	         "properties": {"x": {"type": "number"}, "y": {"type": "boolean"}}},
	  "tags": {"type": "array", "items": {"type": ["string", "integer"]}},
	  "lines": {"type": "array", "items": {"type": "object",
	    "required": ["sku"], "additionalProperties": false,
	    "properties": {"sku": {"type": "string"}, "q": {"type": "integer"}}}}}}
	EOF
	cat >out.json <<-'EOF'
	{"type": "object", "required": ["id"], "additionalProperties": false,
	 "properties": {
	  "id": {"type": "string"}, "k": {"enum": ["A", "B", 3]},
	  "n": {"type": "integer"}, "price": {"type": "number"},
	  "tags": {"type": "array", "items": {"type": "string"}},
	  "at": {"type": "object", "required": ["x"], "additionalProperties": false,
	         "properties": {"x": {"type": "number"}, "z": {"type": "string"}}},
	  "at.x": {"type": "number"}, "at.y": {"type": "boolean"},
	  "sku": {"type": "string"}, "q": {"type": "integer"},
	  "name": {"enum": ["n", "price"]}, "value": {"type": "number"}}}
	EOF
}

# fits FIELDS [MORE]: nothing is found.
fits() {
	mapping <<<"unmapped: drop
fields: [{to: id}, $1]
$2"
	rap-map -m m.yaml --check --in in.json --out out.json >found 2>&1 || {
		cat m.yaml found
		return 1
	}
	[ ! -s found ]
}

# finds TEXT RECORD FIELDS [MORE]: one finding, with TEXT; RECORD, which fits
# the input, does not make what fits the output, or makes nothing.
finds() {
	mapping <<<"unmapped: drop
fields: [{to: id}, $3]
$4"
	rap-map -m m.yaml --check --in in.json --out out.json 2>found &&
		{ cat m.yaml; return 1; }
	cat found
	[ "$(grep -c '^rap-map: ' found)" = 1 ]
	grep -qF -- "$1" found
	printf '%s\n' "$2" >record
	rap-validate -s in.json record | cmp - record
	rap-map -m m.yaml record >made 2>/dev/null || return 0
	! rap-validate -s out.json made >/dev/null 2>&1 || return 1
}

@test "check: literals that the output does not list" {
	local rec='{"id":"1","kind":"c","n":1,"lines":[],"at":{"x":1}}'
	fits "{to: k, expr: 'kind == \"a\" ? \"A\" : \"B\"'}"
	finds '"C" is none of the 3 values allowed' "$rec" \
	    "{to: k, expr: 'kind == \"c\" ? \"C\" : \"B\"'}"
	finds 'the output at /k: "a" is none' "$rec" '{to: k, from: kind}'
	fits '{to: k, from: kind, values: {a: A, b: B, c: 3}}'
	finds '4 is none of' "$rec" '{to: k, from: kind, values: {a: A, b: B, c: 4}}'
	# What never comes is no finding.
	fits '{to: k, from: kind, values: {a: A, b: B, c: 3, d: 4}}'
	fits '{to: k, from: kind, values: {a: A, b: B, c: 4}}' \
	    'where: {path: kind, not_in: [c]}'
	fits "{to: k, expr: 'kind == \"c\" ? \"C\" : \"B\"'}" 'where: kind != "c"'
	fits "{to: k, expr: 'n > 9 ? \"C\" : \"B\"'}"
	finds '"C" is none' "$rec" "{to: k, expr: 'n < 2 ? \"C\" : \"B\"'}"
	# A free text may be anything: that is not looked at.
	fits '{to: k, from: id}'
}

@test "check: numbers that are no integers" {
	local rec='{"id":"1","kind":"c","n":1,"lines":[],"at":{"x":0.5}}'
	finds 'the output at /n: expected integer, got number' "$rec" \
	    '{to: n, expr: double(n) / 2.0}'
	fits '{to: n, expr: double(n) * 2.0}'
	fits '{to: n, expr: math.round(double(n) / 3.0)}'
	fits '{to: n, expr: n / 2}'
	fits '{to: n, type: number}'
	fits '{to: n, type: decimal(0)}'
	fits '{to: n, unit: {from: km, to: m}}'
	finds 'the output at /n' "$rec" '{to: n, unit: {from: m, to: km}}'
	finds '"n" may be number, but the output wants integer' "$rec" \
	    '{to: n, from: /at/x}'
	fits '{to: n, from: /at/x}' 'where: {path: /at/x, in: [1, 2]}'
}

@test "check: null and missing, read without a default" {
	local null='{"id":"1","kind":"c","n":1,"price":null,"lines":[],"at":{"x":1}}'
	finds 'no member "price", for {"id":' \
	    '{"id":"1","kind":"c","n":1,"lines":[],"at":{"x":1}}' \
	    '{to: price, expr: double(price) * 2.0}'
	grep -q 'm.yaml:3:45: .*/fields/1/expr \[expr.missing\]' found
	finds 'for null' "$null" '{to: price, expr: double(r.?price.orValue(1)) * 2.0}'
	fits '{to: price, expr: "has(price) && price != null ? double(price) : 0.0"}'
	fits '{to: price, expr: double(price) * 2.0, on_error: default, default: 0}'
	fits '{to: price, expr: double(price)}' 'where: has(price) && price != null'
	finds '"price" may be number or null, but the output wants number' "$null" \
	    '{to: price}'
	fits '{to: price, default_null: 0}'
	fits '{to: price}' 'where: r.?price.orValue(null) != null'
	fits '{to: price, type: number, on_error: default, default: 0, default_null: 0}'
}

@test "check: a condition over what is never there" {
	echo '{"id":"1","kind":"c","n":1,"lines":[],"at":{"x":1}}' >record
	for where in '{path: kid, equals: a}' '{path: at.z, in: [1]}' \
	    '{path: /x, present: true}'; do
		mapping <<<"where: [n > 0, $where]"
		run rap-map -m m.yaml --check --in in.json
		[ "$status" = 78 ]
		[[ "$output" == "rap-map: m.yaml:2:16: the input has nothing at "*" at /where/1 [map.check]"* ]]
		[ -z "$(rap-map -m m.yaml record)" ]
	done
	fits '{to: n}' 'where: {path: kid, not_in: [a]}'
	fits '{to: n}' 'where: {path: kid, present: false}'
	fits '{to: n}' 'where: {path: price, equals: 3}'
}

@test "check: a condition that fails on what the input may be" {
	local none='{"id":"1","kind":"c","n":1,"lines":[],"at":{"x":1}}'
	finds 'no member "price", for {"id":' "$none" '{to: n}' 'where: price > 3'
	grep -q 'm.yaml:4:8: .*/where \[expr.missing\]' found
	finds 'no overload string > int at /where/1' "$none" '{to: n}' \
	    'where: [n > 0, kind > 3]'
	grep -q '/where/1 \[expr.type\]' found
	finds 'for null_type' "${none%?},\"price\":null}" '{to: n}' \
	    'where: has(price) && price > 3'
	fits '{to: n}' 'where: has(price) && price != null && price > 3'
	fits '{to: n}' 'where: [has(price), price != null, price > 3]'
	fits '{to: n}' 'where: nowhere > 3'
}

@test "check: elements, and what explode makes of them" {
	local tags='{"id":"1","kind":"c","n":1,"tags":[2],"lines":[],"at":{"x":1}}'
	local lines='{"id":"1","kind":"c","n":1,"lines":[{"sku":"s"}],"at":{"x":1}}'
	finds 'the output at /tags/0: expected string, got number' "$tags" '{to: tags}'
	fits '{to: tags, expr: "r.?tags.orValue([]).map(t, string(t))"}'
	fits '{to: sku}, {to: q}' 'explode: {path: lines, carry: [id]}'
	finds 'the output at /sku: expected string, got number' "${lines/\"s\"\}/\"s\",\"q\":1\}}" \
	    '{to: sku, from: q}' 'explode: {path: lines, carry: [id]}'
	finds 'the output at /k: "sku-less"' "$lines" \
	    '{to: k, expr: "has(q) ? \"A\" : \"sku-less\""}' \
	    'explode: {path: lines, carry: [id]}'
	finds 'the output at /tags: expected array, got' "$tags" '{to: tags, from: t}' \
	    'explode: {path: tags, carry: [id], as: t}'
}

@test "check: what shapes make" {
	local rec='{"id":"1","kind":"c","n":1,"lines":[],"at":{"x":1,"y":true}}'
	fits '{to: at}' 'flatten: true'
	finds 'member "at_y" is not allowed' "$rec" \
	    '{to: /at/y}' 'flatten: {sep: _}'
	fits '{to: n}, {to: price, default_null: 0}' \
	    'unpivot: {columns: [n, price]}'
	finds 'the output at /name: "kind" is none' "$rec" \
	    '{to: n}, {to: kind, value: 3}' 'unpivot: {columns: [n, kind]}'
	fits '{to: x, from: /at/x}' 'nest: {into: at, members: x}'
	finds 'required member "x" is missing' "$rec" \
	    '{to: z, from: id}' 'nest: {into: at, members: z}'
	fits '{to: n}' 'split: {as: k, rows: {A: {q: n}, B: {q: n}}}'
	finds '"C" is none' "$rec" '{to: n}' 'split: {as: k, rows: {A: {q: n}, C: {q: n}}}'
	fits '{to: n}' 'dedupe: true'
	fits '{to: kind}' 'pivot: {key: id, name: kind, value: kind}'
}

@test "check: a member set inside an object that stays" {
	local keep='{"rap":"map/1","drop":["kind","n","price","tags","lines"],"fields":'
	echo '{"type":"object","required":["id","at"],"properties":{"id":{"type":"string"},
	    "at":{"type":"object","required":["x"],"additionalProperties":false,
	    "properties":{"x":{"type":"number"},"y":{"type":"boolean"},"z":{"type":"string"}}}},
	    "additionalProperties":false}' >out.json
	echo "$keep"'[{"to":"/at/z","expr":"id"}]}' >m.yaml
	rap-map -m m.yaml --check --in in.json --out out.json
	echo "$keep"'[{"to":"/at/w","expr":"id"}]}' >m.yaml
	run rap-map -m m.yaml --check --in in.json --out out.json
	[ "$status" = 78 ]
	[[ "$output" == *'the output at /at/w: member "w" is not allowed'* ]]
	echo "$keep"'[{"to":"/at/x","expr":"id"}]}' >m.yaml
	run rap-map -m m.yaml --check --in in.json --out out.json
	[ "$status" = 78 ]
	[[ "$output" == *'the output at /at/x: expected number, got string'* ]]
}

@test "check: what the input does not say is unknown" {
	echo '{"type":"object","required":["id"],"properties":{"id":{"type":"string"},
	    "o":{"type":"object"},"l":{"type":"array"},"any":{}}}' >in.json
	fits '{to: n, from: any}'
	fits '{to: n, expr: any + 1}'
	fits '{to: n, expr: o.x + 1}'
	fits '{to: n, expr: nowhere + 1}'
	fits '{to: sku}' 'explode: {path: l, carry: [id]}'
	fits '{to: k, expr: "has(l) && size(l) > 3 ? \"A\" : \"B\""}'
	# No record can be made where a required member is not described.
	echo '{"type":"object","required":["id","any"],
	    "properties":{"id":{"type":"string"},"any":{}}}' >in.json
	fits '{to: n, expr: any + 1}'
	# Nor where the schema forbids what is tried.
	echo '{"type":"object","required":["id","u"],"properties":{"id":{"type":"string"},
	    "u":{"type":"string","pattern":"^[a-z]{40}$"}}}' >in.json
	fits "{to: k, expr: 'u == \"\" ? \"C\" : \"A\"'}"
	# Elements that are not described may have what the output requires.
	sed 's/"required": \["id"\], "add/"required": ["id", "sku"], "add/' \
	    out.json >o && ! cmp -s o out.json && mv o out.json
	echo '{"type":"object","required":["id","l"],"properties":{"id":{"type":"string"},
	    "l":{"type":"array","items":{"type":"object"}}}}' >in.json
	fits '{to: sku}' 'explode: {path: l, carry: [id]}'
	echo '{"type":"object","required":["id","l"],"properties":{"id":{"type":"string"},
	    "l":{"type":"array","items":{"type":"object","properties":{"sku":{"type":"string"}}}}}}' >in.json
	finds 'required member "sku" is missing' '{"id":"1","l":[{}]}' \
	    '{to: sku}' 'explode: {path: l, carry: [id]}'
}

@test "check: without a schema of the input, what is written by itself" {
	mapping <<-'EOF'
	unmapped: drop
	fields: [{to: id, value: x}, {to: k, expr: 'has(y) ? y : "none"'}, {to: n, from: z}]
	EOF
	rap-map -m m.yaml --check --out out.json
	mapping <<-'EOF'
	unmapped: drop
	fields: [{to: id, expr: '"a" + "b"'}, {to: k, value: 4}]
	EOF
	run rap-map -m m.yaml --check --out out.json
	[ "$status" = 78 ]
	[[ "$output" == *'the output at /k: 4 is none of the 3 values allowed, from {} at /fields/1 [map.check]'* ]]
	mapping <<<"unmapped: drop
fields: [{to: id, value: a}, {to: k, expr: '\"C\"'}]"
	run rap-map -m m.yaml --check --out out.json
	[ "$status" = 78 ]
	[[ "$output" == *'"C" is none of'* ]]
}

@test "check: the same findings each time, and soon" {
	finds '"C" is none' '{"id":"1","kind":"c","n":1,"lines":[],"at":{"x":1}}' \
	    "{to: k, expr: 'kind == \"c\" ? \"C\" : \"B\"'}"
	cp found first
	rc=0
	timeout 10 rap-map -m m.yaml --check --in in.json --out out.json 2>found ||
	    rc=$?
	[ $rc = 78 ]
	cmp first found
	# Many places, deep and recursive.
	python3 - >in.json <<-'EOF'
	import json
	p = {'m%d' % i: {'type': ['integer', 'null', 'string']} for i in range(600)}
	p['id'] = {'type': 'string'}
	p['self'] = {'$ref': '#'}
	print(json.dumps({'type': 'object', 'properties': p, 'required': ['id']}))
	EOF
	timeout 20 rap-map -m m.yaml --check --in in.json >found 2>&1 || [ $? = 78 ]
}
