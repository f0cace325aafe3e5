# Paths of a mapping that no record had.
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' '{"a":1,"b":{"c":2,"d":null}}' '{"a":2,"x.y":3}' >in
}

# The paths that are told of, in order.
paths_of() {
	run --separate-stderr rap-map --diag json "$@"
	[ "$status" = 0 ]
	paths=$(grep '"code":"map.unseen"' <<<"$stderr" |
	    sed 's/.*"path":"\([^"]*\)".*/\1/' | tr '\n' ' ')
	[ -z "$stderr" ] || [ "$(wc -l <<<"$stderr")" = "$(wc -w <<<"$paths")" ]
}

mapping() {
	{ echo 'rap: map/1'; cat; } >m.yaml
}

@test "unseen: --keep, --drop and --rename of what is not there" {
	paths_of --keep nope in
	[ "$output" = $'{}\n{}' ]
	[ "$paths" = '/nope ' ]
	paths_of --keep a,b.q,b.c,nope in
	[ "$paths" = '/b/q /nope ' ]
	paths_of --drop nope,/nope,a,/b/zz,/b/c,/zz/c in
	[ "${lines[0]}" = '{"b":{"d":null}}' ]
	[ "$paths" = '/nope /b/zz /zz/c ' ]
	paths_of --rename nope=n,a=A,/b/e=e,/b/c=c in
	[ "$paths" = '/nope /b/e ' ]
}

@test "unseen: nothing is told of what some record has, a null, or another name" {
	paths_of --keep a,/b/c,/b/d,/x.y in
	[ -z "$paths" ]
	paths_of --drop a,/b/d,/x.y in
	[ -z "$paths" ]
	paths_of --rename a=A,b=B,/x.y=z in
	[ -z "$paths" ]
}

@test "unseen: the message, -q, and no record at all" {
	run --separate-stderr rap-map --keep nope in
	[ "$stderr" = 'rap-map: no record has this member at /nope [map.unseen]' ]
	run --separate-stderr rap-map -q --keep nope in
	[ -z "$stderr" ]
	paths_of --keep nope /dev/null
	[ -z "$paths" ]
	rap-map --explain map.unseen | grep -q misspelled
}

@test "unseen: what no record came to is not told of" {
	paths_of --where 'a > 5' --keep nope in
	[ -z "$paths" ]
	# the first field makes every record a bad one
	mapping <<<'fields: [{to: p, from: a, type: boolean}, {to: q, from: a}, {to: r, from: nope}]'
	run --separate-stderr rap-map --diag json --reject bad -m m.yaml in
	[ "$(wc -l <bad)" = 2 ]
	[[ "$stderr" != *unseen* ]]
	mapping <<-'Y'
	steps:
	- unpivot: {columns: [nope]}
	  redact: [nope2]
	- fields: [{to: a, from: nope3}]
	Y
	paths_of -m m.yaml in
	[ -z "$paths" ]
}

@test "unseen: from, defaults, alternatives, concat, redact, pseudonym" {
	export KEY=0123456789abcdef0123456789abcdef
	mapping <<-'Y'
	fields:
	- {to: f1, from: [no0, a]}
	- {to: f2, from: [no1, no2]}
	- {to: f3, from: no3, default: 1}
	- {to: f4, concat: [a, no4, no5]}
	- {to: f5, from: no6, type: integer}
	- {to: no7}
	redact: [b, no8]
	pseudonym: {paths: [no9, b], key: {env: KEY}}
	Y
	paths_of -m m.yaml in
	[ "$paths" = '/no1 /no4 /no6 /no7 /no8 /no9 ' ]
	[[ "$stderr" == *'"source":"'*'m.yaml"'* ]]
}

@test "unseen: paths of an exploded element and what is carried" {
	echo '{"id":7,"l":[{"p":1},{"p":2}]}' >x
	mapping <<-'Y'
	explode: {path: l, carry: [id, nope], index: n}
	fields: [{to: A, from: p}, {to: B, from: q}, {to: C, from: n}, {to: D, from: id},
	    {to: E, from: nope}]
	Y
	paths_of -m m.yaml x
	[ "${lines[1]}" = '{"D":7,"C":1,"A":2}' ]
	[ "$paths" = '/q /nope ' ]
	mapping <<-'Y'
	explode: {path: l, as: e}
	fields: [{to: A, from: /e/p}, {to: B, from: /e/q}]
	Y
	paths_of -m m.yaml x
	[ "$paths" = '/e/q ' ]
}

@test "unseen: the step is told, and each step has paths of its own" {
	mapping <<-'Y'
	steps:
	- {fields: [{to: k, from: a}], dedupe: {key: k}}
	- {fields: [{to: m, from: k}, {to: n, from: a}]}
	- pivot: {key: m, name: m2, value: m}
	- {fields: [{to: o, from: nope}, {to: a2, from: m}]}
	Y
	sed -i 's/name: m2/name: t/' m.yaml
	sed 's/}$/,"t":"z"}/' in >in2
	paths_of -m m.yaml in2
	[ "$paths" = '/a /nope ' ]
	[[ "$stderr" == *'in step 2'*'in step 4'* ]]
}

@test "unseen: of very many paths 16 are told" {
	paths_of --keep a in
	run --separate-stderr rap-map --keep "$(seq -s, -f 'n%g' 1 40)" in
	[ "${#stderr_lines[@]}" = 17 ]
	[[ "${stderr_lines[15]}" == *' /n16 '* ]]
	[[ "${stderr_lines[16]}" == *'24 more like this [map.unseen]' ]]
}

@test "unseen: the same with any threads and blocks" {
	# the member is in one record only, the last or one in the middle
	python3 -c "
for i in range(3000): print('{\"id\":%d,\"o\":{\"v\":1}%s}' % (i, ',\"rare\":1' if i == 1711 else ''))
print('{\"id\":0,\"o\":{\"w\":1}}')" >many
	for j in 1 8; do
		for block in 1 4096 4194304; do
			export RAP_BLOCK=$block
			paths_of -j$j --rename rare=r,/o/w=w,nope=n many
			[ "$paths" = '/nope ' ]
			paths_of -j$j --drop rare,/o/w,/o/x many
			[ "$paths" = '/o/x ' ]
			paths_of -j$j --keep id,rare,/o/w,/o/x many
			[ "$paths" = '/o/x ' ]
		done
	done
}

@test "unseen: members far behind in a record, and elements" {
	python3 -c "
import json
r = {'m%d' % i: i for i in range(400)}
r['l'] = [[5], 6]
r['o'] = {'p%d' % i: i for i in range(400)}
print(json.dumps(r))" >wide
	paths_of --keep m399,m400,/o/p399,/o/p400 wide
	[ "$output" = '{"m399":399,"o":{"p399":399}}' ]
	[ "$paths" = '/m400 /o/p400 ' ]
	paths_of --rename /l/0/0=e,/l/1=f,/l/2=g wide
	[ "$paths" = '/l/2 ' ]
	paths_of --drop m399,m400,/o/p399,/o/p400 wide
	[ "$paths" = '/m400 /o/p400 ' ]
}
