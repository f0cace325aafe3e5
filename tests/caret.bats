# What is wrong with what a person wrote is shown: the line, and below it the
# span underlined.
load helper
load map/functions
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# shows WHERE LINE UNDER: m.yaml is refused at WHERE, and LINE is shown.
shows() {
	local status=0
	rap-map -m m.yaml /nonexistent >out 2>err || status=$?
	cat err
	[ $status = 78 ]
	[[ "$(sed -n 1p err)" == "rap-map: m.yaml:$1: "* ]]
	printf '    %s\n    %s\n' "$2" "$3" | diff - <(sed 1d err)
}

@test "caret: a bad expression is underlined where it stands in the file" {
	mapping <<-'EOF'
	fields:
	- to: total
	  expr: foo(price) * 2
	EOF
	shows 4:9 'expr: foo(price) * 2' '      ^~~'
	[ "$(sed -n 1p err)" = 'rap-map: m.yaml:4:9: no function "foo" at /fields/0/expr [expr.name]' ]
	mapping <<<"fields: [{to: a, expr: 'x == \"it''s\" + foo(b)'}]"
	shows 2:40 "fields: [{to: a, expr: 'x == \"it''s\" + foo(b)'}]" \
	    '                                       ^~~'
	mapping <<<'fields: [{to: a, expr: "\"\u00e9\t\" + foo(b)"}]'
	shows 2:40 'fields: [{to: a, expr: "\"\u00e9\t\" + foo(b)"}]' \
	    '                                       ^~~'
}

@test "caret: blocks and folded lines lead to the line that is wrong" {
	mapping <<-'EOF'
	fields:
	- to: total
	  expr: |
	    price
	      + foo(qty)
	- {to: b}
	EOF
	shows 6:9 '+ foo(qty)' '  ^~~'
	mapping <<-'EOF'
	fields:
	- to: total
	  expr: >-
	    price
	    + qty

	    + foo(qty)
	EOF
	shows 8:7 '+ foo(qty)' '  ^~~'
	mapping <<-'EOF'
	fields:
	- to: total
	  expr: price
	    + foo(qty)
	EOF
	shows 5:7 '+ foo(qty)' '  ^~~'
	# An indentation that is said cannot be followed: the value is shown.
	printf 'rap: map/1\nwhere: |2\n    a + foo(b)\n' >m.yaml
	shows 2:8 'a + foo(b)' '    ^~~'
}

@test "caret: characters count, not bytes" {
	mapping <<<"fields: [{to: é, expr: '\"日本\" + foo(b)'}]"
	# é is one column, 日 and 本 are two each; the byte is 37.
	shows 2:37 "fields: [{to: é, expr: '\"日本\" + foo(b)'}]" \
	    "$(printf '%*s^~~' 33 '')"
	mapping <<<'where: 1 + "日" == é'
	shows 2:21 'where: 1 + "日" == é' "$(printf '%*s^' 19 '')"
	printf 'rap: map/1\nwhere: a\t+ foo(b)\n' >m.yaml
	shows 2:12 'where: a        + foo(b)' '                  ^~~'
	# Nothing that a file holds drives the terminal.
	printf 'rap: map/1\nwhere: "a\xe2\x80\xae + foo(b)"\n' >m.yaml
	rc=0
	rap-map -m m.yaml </dev/null 2>err || rc=$?
	[ $rc = 78 ]
	cat -v err
	! grep -q "$(printf '\xe2\x80\xae')" err
	grep -qF 'a\u202e + foo(b)' err
}

@test "caret: of a long line the part around the span is shown" {
	local long
	long=$(printf 'abcdefg + %.0s' $(seq 300))
	mapping <<<"where: ${long}foo(b) + ${long}1 > 2"
	rc=0
	rap-map -m m.yaml </dev/null 2>err || rc=$?
	[ $rc = 78 ]
	cat err
	[ "$(wc -l <err)" = 3 ]
	sed 1d err >two
	[ "$(awk '{ if (length > 84) print }' two)" = "" ]
	# What is underlined is foo, and both ends are cut.
	python3 - <<-'EOF'
	line, under = open("two").read().split("\n")[:2]
	at = under.index("^")
	assert under.strip() == "^~~", under
	assert line[at:at + 6] == "foo(b)", line
	assert line.strip().startswith("...") and line.endswith("..."), line
	EOF
}

@test "caret: one-liners show the option's own text" {
	run rap-map -e 'total = price * foo(qty)' /nonexistent
	echo "$output"
	[ "$status" = 78 ]
	[ "${lines[1]}" = '    price * foo(qty)' ]
	[ "${lines[2]}" = '            ^~~' ]
	run rap-map --where '"日" + foo(qty)' /nonexistent
	[ "${lines[1]}" = '    "日" + foo(qty)' ]
	[ "${lines[2]}" = '           ^~~' ]
	run rap-map --where 'a >' /nonexistent
	[ "${lines[2]}" = '       ^' ]
	run rap-map --keep 'a,/b~2/c' /nonexistent
	echo "$output"
	[ "$status" = 78 ]
	[ "${lines[1]}" = '    /b~2/c' ]
	run rap-agg 's=sum(price * foo(qty))' /nonexistent
	echo "$output"
	[ "$status" = 78 ]
	[ "${lines[1]}" = '    price * foo(qty)' ]
	[ "${lines[2]}" = '            ^~~' ]
}

@test "caret: keys, units, dimensions, steps in a circle" {
	mapping <<<'feilds: []'
	shows 2:1 'feilds: []' '^~~~~~'
	mapping <<<'fields: [{to: v, unit: {from: kmh, to: m/s}}]'
	shows 2:31 'fields: [{to: v, unit: {from: kmh, to: m/s}}]' \
	    '                              ^~~'
	mapping <<<"where: unit(v, 'km/h', 'kg') > 1.0"
	shows 2:17 "where: unit(v, 'km/h', 'kg') > 1.0" \
	    '                ^~~~~~~~~~'
	mapping <<<'steps: [{use: ./m.yaml}]'
	run rap-map -m ./m.yaml /nonexistent
	[ "${lines[1]}" = '    steps: [{use: ./m.yaml}]' ]
	[ "${lines[2]}" = '                  ^~~~~~~~' ]
	printf 'rap: map/1\nfields: [{to: a]\n' >m.yaml
	shows 2:16 'fields: [{to: a]' '               ^'
}

@test "caret: schemas and configuration" {
	printf '{"type": "object",\n "properties": {"a": {"type": "interger"}}}\n' >s.json
	run rap-validate -s s.json /nonexistent
	echo "$output"
	[ "$status" = 78 ]
	[[ "${lines[0]}" == 'rap-validate: s.json:2:31: '* ]]
	[ "${lines[1]}" = '    "properties": {"a": {"type": "interger"}}}' ]
	[ "${lines[2]}" = '                                 ^~~~~~~~~~' ]
	printf 'rap-map:\n  quiet: yes please\n' >c.yaml
	run rap-map --config c.yaml --keep a /nonexistent
	echo "$output"
	[ "$status" = 78 ]
	[[ "${lines[0]}" == 'rap-map: c.yaml:2:10: '* ]]
	[ "${lines[1]}" = '    quiet: yes please' ]
	[ "${lines[2]}" = '           ^~~~~~~~~~' ]
}

@test "caret: --diag json has the span as members, in one line" {
	mapping <<-'EOF'
	fields:
	- to: total
	  expr: é + foo(price)
	EOF
	run rap-map --diag json -m m.yaml /nonexistent
	echo "$output"
	[ "$status" = 78 ]
	[ "${#lines[@]}" = 1 ]
	# Line 4; é is two bytes and a stray character of its own.
	[ "$(jq -c '[.line, .byte, .length, .shown.column, .shown.length, .shown.text]' <<<"$output")" = '[4,9,2,7,1,"expr: é + foo(price)"]' ]
	run rap-map --diag json -e 'a = foo(x)' /nonexistent
	[ "$(jq -c .shown <<<"$output")" = '{"text":"foo(x)","column":1,"length":3}' ]
}

@test "caret: diagnostics of records stay one line" {
	run --separate-stderr rap-map -e 'a = b + 1' <<<'{"b":"x"}'
	[ "$status" = 65 ]
	[ "${#stderr_lines[@]}" = 1 ]
}
