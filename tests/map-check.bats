# rap-map --check: a mapping against the schemas of its two ends.
load helper
load map/functions
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	cat >in.json <<-'EOF'
	{"$defs": {"n": {"type": "integer"}},
	 "type": "object", "required": ["id", "price", "qty", "o"],
	 "additionalProperties": false,
	 "properties": {
	  "id": {"type": "string"}, "qty": {"$ref": "#/$defs/n"},
	  "price": {"type": "number"}, "note": {"type": ["string", "null"]},
	  "kind": {"enum": ["a", "b"]},
	  "o": {"type": "object", "required": ["x"], "additionalProperties": false,
	        "properties": {"x": {"type": "boolean"}, "l": {"type": "array"}}}}}
	EOF
	cat >out.json <<-'EOF'
	{"type": "object", "required": ["id", "total"],
	 "additionalProperties": false,
	 "properties": {
	  "id": {"type": "integer"}, "total": {"type": "number"},
	  "note": {"type": "string"}, "x": {"type": "boolean"}}}
	EOF
}

# check WANT...: each text is in a line of what is found; none: all is well.
check() {
	local status=0
	rap-map -m m.yaml --check --in in.json --out out.json >found 2>err || status=$?
	cat err
	[ ! -s found ]
	if [ $# = 0 ]; then
		[ $status = 0 ] && [ ! -s err ]
		return
	fi
	[ $status = 78 ] && [ "$(grep -c '^rap-map: ' err)" = $# ] || return
	for want; do
		grep -qF -- "$want" err || { echo "not there: $want"; return 1; }
	done
}

@test "check: a mapping that fits" {
	mapping <<-'EOF'
	unmapped: drop
	where: qty > 0
	fields:
	- {to: id, type: integer}
	- {to: total, expr: double(price) * double(qty)}
	- {to: note, default_null: "", default: ""}
	- {to: x, from: /o/x}
	EOF
	check
}

@test "check: what cannot be, each with its line" {
	mapping <<-'EOF'
	unmapped: drop
	fields:
	- {to: id}
	- {to: total, from: o, type: number}
	- {to: note}
	- {to: x, from: /o/y}
	- {to: more, from: kind}
	EOF
	check 'm.yaml:4:3: "id" may be string, but the output wants integer at /fields/0 [map.check]' \
	    'm.yaml:5:3: "total" is cast from object, which never works' \
	    'm.yaml:6:3: "note" may be string or null, but the output wants string' \
	    'm.yaml:7:3: the input has nothing at /o/y' \
	    'm.yaml:8:3: the output may not have the member "more"'
}

@test "check: what is required and may be missing" {
	mapping <<-'EOF'
	unmapped: drop
	fields:
	- {to: id, from: kind, values: {a: 1, b: 2}}
	EOF
	check '"id" may be missing, and the output requires it' \
	    'nothing writes "total", which the output requires'
	mapping <<-'EOF'
	unmapped: drop
	fields:
	- {to: id, from: kind, values: {a: 1, b: 2}, required: true}
	- {to: total, value: 1.5}
	EOF
	check
}

@test "check: expressions know the types of the input" {
	mapping <<-'EOF'
	unmapped: drop
	fields:
	- {to: id, expr: id + 1}
	- {to: total, expr: size(id) + qty}
	EOF
	check 'm.yaml:4:' 
	grep -q 'no overload string + int.*expr.type' err
}

@test "check: what stays is checked, through the steps" {
	mapping <<-'EOF'
	steps:
	- {drop: [o, kind, note, price]}
	- fields: [{to: total, from: qty}, {to: id, type: integer}]
	EOF
	check
	mapping <<-'EOF'
	steps:
	- {drop: [o, note]}
	- fields: [{to: total, from: [qty, price]}, {to: id, type: integer}]
	EOF
	check 'the output may not have the member "kind"'
	mapping <<-'EOF'
	steps:
	- {drop: [o, note, kind]}
	- fields: [{to: total, from: qty}, {to: id, type: integer}, {to: x, from: o}]
	EOF
	check 'the input has nothing at o' 'the output may not have the member "price"'
}

@test "check: one end alone, and none" {
	mapping <<-'EOF'
	unmapped: drop
	fields: [{to: a, from: b}]
	EOF
	run rap-map -m m.yaml --check
	[ "$status" = 0 ]
	[ -z "$output" ]
	run rap-map -m m.yaml --check --in in.json
	[ "$status" = 78 ]
	[[ "$output" == *'the input has nothing at b'* ]]
	run rap-map -m m.yaml --check --out out.json
	[ "$status" = 78 ]
	[[ "$output" == *'the output may not have the member "a"'* ]]
	run rap-map -e 'id = 1' -e 'total = 2.0' --keep id --check --out out.json
	echo "$output"
	[ "$status" = 0 ]
	run rap-map -m m.yaml --in in.json
	[ "$status" = 64 ]
	run rap-map -m m.yaml --check --in nosuch.json
	[ "$status" = 66 ]
	echo '{"a' >bad.json
	run rap-map -m m.yaml --check --in bad.json
	[ "$status" = 78 ]
}

@test "check: the maps that come with rap fit the schemas that come with it" {
	for map in nhl openf1; do
		rap-map -m "$map" --check
	done
	rap-map -m openf1 --check --in openf1-car_data
}

@test "check: a reference that goes in circles" {
	echo '{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"allOf":[{"$ref":"#/$defs/a"}],"$ref":"#/$defs/a"}}}' >in.json
	echo '{"properties":{"x":{"$ref":"#/properties/x"}},"allOf":[{"$ref":"#"},{"$ref":"#"}]}' >out.json
	mapping <<<'fields: [{to: z, from: y}]'
	timeout 20 rap-map -m m.yaml --check --in in.json --out out.json
}
