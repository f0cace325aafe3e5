# rap-map: fields that are set inside objects which stay.
load helper
load map/functions
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "into: a member is set in its place, the others are the same bytes" {
	in='{"a": {"x" : 1.0, "b":[ 1, 2],"\u0063":"\u00e9"} ,"n":5}'
	gives "$in" '{"a":{"x" : 1.0,"b":6,"\u0063":"\u00e9"},"n":5}' -e 'a.b = n + 1'
	gives "$in" '{"a":{"x" : 1.0,"b":6,"\u0063":"\u00e9"},"n":5}' -e '/a/b=n+1'
	# A name is the same however it is spelled.
	gives "$in" '{"a":{"x" : 1.0,"b":[ 1, 2],"c":true},"n":5}' -e 'a.c=true'
	gives "$in" '{"a":{"x":1.5,"b":[ 1, 2],"\u0063":"\u00e9"},"n":5}' -e 'a.x = a.x + 0.5'
}

@test "into: what is missing is made, last, and together" {
	gives '{"a":{"x":1},"b":2}' '{"a":{"x":1,"y":3},"b":2}' -e 'a.y=3'
	gives '{"a":{},"b":2}' '{"a":{"y":3},"b":2}' -e 'a.y=3'
	gives '{"b":2}' '{"b":2,"a":{"y":3}}' -e 'a.y=3'
	gives '{"a":{"x":{"p":1},"q":2}}' '{"a":{"x":{"p":1,"r":4},"q":2,"z":{"k":5,"l":6}}}' \
	    -e '/a/z/k=5' -e 'a.x.r = 4' -e '/a/z/l=6'
	gives '{"b":2}' '{"b":2,"a":{"y":{"z":1}}}' -e 'a.y.z=1'
}

@test "into: an expression without a value takes the member away" {
	gives '{"a":{"x":1,"y":2}}' '{"a":{"y":2}}' -e 'a.x = r.?b'
	gives '{"a":{"x":1}}' '{"a":{}}' -e 'a.x = r.?b'
	gives '{"a":5}' '{"a":5}' -e 'a.x = r.?b'
}

@test "into: what is no object is in the way, and the record is bad" {
	mapping <<<'fields: [{to: /a/b/c, expr: n}]'
	for v in 1 '"t"' null true '[]' '[{"c":1}]'; do
		bad "{\"n\":1,\"a\":$v}" 'at /a [map.object]'
		bad "{\"n\":1,\"a\":{\"b\":$v}}" 'at /a/b [map.object]'
	done
	# The record is kept whole, and the others go on.
	printf '%s\n' '{"n":1,"a":2}' '{"n":1}' >in
	run --separate-stderr rap-map -m m.yaml --reject bad in
	[ "$status" = 1 ]
	[ "$output" = '{"n":1,"a":{"b":{"c":1}}}' ]
	[ "$(jq -r .raw bad)" = '{"n":1,"a":2}' ]
	rap-map --explain map.object | tr '\n' ' ' | grep -q 'in the way'
}

@test "into: fields take members by their path, others are conflicts" {
	mapping <<-'EOF'
	fields:
	- {to: /a/n, type: integer}
	- {to: /a/t, from: [/a/t, t], case: upper}
	- {to: /a/v, from: v}
	EOF
	gives '{"a":{"z":0,"n":"12","t":"x"},"v":1}' \
	    '{"a":{"z":0,"n":12,"t":"X","v":1}}'
	gives '{"t":"y","a":{"z":0}}' '{"a":{"z":0,"t":"Y"}}'
	bad '{"a":{"v":1},"v":2}' '"v" is there already, and a field writes to it at /a/v [map.conflict]'
	gives '{"a":{"v":1}}' '{"a":{"v":1}}'
}

@test "into: dropped members make room" {
	gives '{"a":{"x":1,"y":2,"z":3},"v":9}' '{"a":{"y":2,"x":9}}' \
	    --rename v=/a/x --drop /a/x,/a/z
	gives '{"a":{"x":1},"v":9}' '{"a":{"x":9}}' --rename v=/a/x --drop /a/x
	gives '{"a":{"x":1},"v":9}' '{"a":{"x":9}}' --rename v=/a/x --drop a
	gives '{"a":{"p":{"q":1,"r":2}},"v":9}' '{"a":{"p":{"r":2},"x":9}}' \
	    --rename v=/a/x --drop /a/p/q
}

@test "into: an object that --keep or a field copies" {
	gives '{"z":0,"a":{"x" : 1,"b":2},"n":5}' '{"n":5,"a":{"x" : 1,"b":6}}' \
	    --keep n,a -e 'a.b = n + 1'
	gives '{"a":{"x":1},"n":5}' '{"a":{"x":1,"c":{"d":5}}}' --keep a -e '/a/c/d = n'
	gives '{"n":5}' '{"a":{"b":5}}' --keep a -e 'a.b = n'
	mapping <<<'unmapped: drop
fields: [{to: /o/s, expr: n}, {to: o, from: /p/q}]'
	gives '{"p":{"q":{"k":[ 1 ]}},"n":2}' '{"o":{"k":[ 1 ],"s":2}}'
	bad '{"p":{"q":7},"n":2}' '[map.object]'
	# What is cast is no copy, and two places for one value are refused.
	mapping <<<'unmapped: drop
fields: [{to: o, type: string}, {to: /o/s, expr: n}]'
	refused '[map.conflict]'
}

@test "into: elements of an explosion and carried objects" {
	mapping <<-'EOF'
	explode: {path: l, carry: [c]}
	fields: [{to: /c/s, expr: v * 2}, {to: /o/w, expr: v}]
	EOF
	printf '%s\n' '{"c":{"k":1},"l":[{"v":1,"o":{"u":1}},{"v":2}]}' >in
	rap-map -m m.yaml in >out
	printf '%s\n' '{"c":{"k":1,"s":2},"v":1,"o":{"u":1,"w":1}}' \
	    '{"c":{"k":1,"s":4},"v":2,"o":{"w":2}}' | diff - out
}

@test "into: random records agree with python3" {
	python3 - <<'EOF'
import json, random
random.seed(7)
names = 'abc'
def value(depth):
    kind = random.random()
    if depth < 3 and kind < .6:
        return {n: value(depth + 1)
                for n in random.sample(names, random.randrange(4))}
    return random.choice([1, 'x', None, [1, 2], True])
paths = ['/a/b', '/a/c/a', '/a/c/b', '/b/a/a/a', '/c/c']
def put(rec, path, v):
    """False: something is in the way."""
    *way, last = path[1:].split('/')
    for n in way:
        rec = rec.setdefault(n, {})
        if not isinstance(rec, dict):
            return False
    rec[last] = v
    return True
with open('m.yaml', 'w') as f:
    f.write('rap: map/1\nfields:\n')
    for i, p in enumerate(paths):
        f.write('- {to: %s, expr: "%d"}\n' % (p, i))
with open('in', 'w') as i, open('want', 'w') as w:
    for _ in range(3000):
        rec = {n: value(1) for n in random.sample(names, random.randrange(4))}
        i.write(json.dumps(rec) + '\n')
        if all([put(rec, p, n) for n, p in enumerate(paths)]):
            w.write(json.dumps(rec, separators=(',', ':')) + '\n')
EOF
	[ "$(wc -l <want)" -gt 500 ]
	rap-map -m m.yaml -q --reject bad --max-rejects 3000 in >out || [ $? = 1 ]
	jq -c . out | diff want -
	[ "$(($(wc -l <want) + $(wc -l <bad)))" = 3000 ]
	[ "$(jq -r .code bad | sort -u)" = map.object ]
}

@test "into: an array is not made an object of the elements that are kept" {
	in='{"a":{"c":[{"d":1},{"d":2}],"7":{"d":3}}}'
	for path in a.c.0.d /a/c/1 a.c.0.d,a.7; do
		run rap-map --keep "$path" <<<"$in"
		[ "$status" = 65 ]
		[[ "$output" == *"-:1:11: ${path%,*} cannot be kept: array is in the way at /a/c [map.object]"* ]]
	done
	gives "$in" '{"a":{"7":{"d":3}}}' --keep a.7.d
	gives "$in" '{"d":2}' --keep a.c.1.d --rename a.c.1.d=d
	gives '{"a":{"c":{"0":5}}}' '{"a":{"c":{"0":5}}}' --keep a.c.0
	gives '{"a":1}' '{}' --keep a.c.0
}

@test "into: elements of arrays are not set, and no member is made of them" {
	for path in 'a[0]' a.c[12].d 'a[0][1]'; do
		run rap-map -e "$path = 1" /nonexistent
		[ "$status" = 64 ]
		[[ "$output" == *"\"$path\" [usage.value]"*"JSON Pointer, /a[0]" ]]
	done
	gives '{"a":[1]}' '{"a":[1],"a[0]":2}' -e '/a[0] = 2'
	gives '{}' '{"v [C]":2,"a[":3,"b[]":4}' -e 'v [C] = 2' -e 'a[ = 3' \
	    -e 'b[] = 4'
	run rap-map --rename a=b=c /nonexistent
	[ "$status" = 64 ]
	[[ "$output" == *'--rename takes one = in "a=b=c"'* ]]
}
