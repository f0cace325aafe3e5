#!/usr/bin/env bats
# rap-agg: groups, exact aggregates, and output that depends on nothing else.
bats_require_minimum_version 1.5.0
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
}

# events N: records of several shapes, keys and number spellings.
events() {
	python3 - "$1" <<'PY'
import random, sys
random.seed(7)
for i in range(int(sys.argv[1])):
    k = random.choice(('"a"', '"\\u0061"', '1', '1.0', '"1"', 'null', 'true',
                       '-0', '[1.0]', '{"b":1,"a":2}', '{"a":2.0,"b":1e0}',
                       '"p%d"' % random.randrange(40), None))
    v = random.choice(('0.1', '-0.3', '1e16', '-1e16', '4.990', '12E-1',
                       '%d.%02d' % (random.randrange(9999), i % 100),
                       '1e-30', '123456789012345678901234567890', 'null'))
    m = ([] if k is None else ['"k":' + k]) + ['"v":' + v]
    random.shuffle(m)
    print('{' + ', '.join(m) + '}')
PY
}

all="n=count() c=count(v) s=sum(v) m=mean(v) lo=min(v) hi=max(v)"

@test "the same bytes for any order, threads and block size" {
	events 3000 >in
	rap-agg -j1 -g k $all in >want
	[ "$(wc -l <want)" = 49 ]
	for seed in 1 2 3; do
		shuf --random-source=<(yes $seed) in >shuffled
		! cmp -s in shuffled || false
		rap-agg -j1 -g k $all shuffled | cmp - want
		rap-agg -j8 -g k $all <shuffled | cmp - want
	done
	for block in 1 7 100 4096 65536 4194304; do
		RAP_BLOCK=$block rap-agg -j1 -g k $all in | cmp - want
		RAP_BLOCK=$block rap-agg -j8 -g k $all in | cmp - want
	done
	split -n l/5 in part.
	rap-agg -j3 -g k $all part.* | cmp - want
}

@test "every aggregate agrees with python3's decimal and fractions" {
	events 3000 >in
	rap-agg -g k $all in >got
	python3 - <<'PY'
import decimal, fractions, json
D = decimal.Decimal
decimal.getcontext().prec = 400
groups = {}
def typed(v):
    if isinstance(v, dict):
        return ('o', tuple(sorted((k, typed(x)) for k, x in v.items())))
    if isinstance(v, list):
        return ('a', tuple(map(typed, v)))
    if isinstance(v, D):
        return ('n', v)
    return (type(v).__name__, v)
load = lambda s: json.loads(s, parse_int=D, parse_float=D)
for line in open('in'):
    r = load(line)
    k = typed(r['k']) if 'k' in r else None
    groups.setdefault(k, []).append(r['v'])
seen = set()
for line in open('got'):
    raw = json.loads(line)
    r = load(line)
    k = typed(r['k']) if 'k' in r else None
    assert k not in seen
    seen.add(k)
    vs = [v for v in groups[k] if v is not None]
    assert r['n'] == len(groups[k]) and r['c'] == len(vs)
    exact = sum(vs, D(0))
    assert r['s'] == decimal.Context(
        prec=34, rounding=decimal.ROUND_HALF_EVEN).plus(exact), (k, r, exact)
    if vs:
        assert raw['m'] == float(fractions.Fraction(exact) / len(vs)), (k, r)
        assert r['lo'] == min(vs) and r['hi'] == max(vs)
    else:
        assert raw['m'] is raw['lo'] is raw['hi'] is None
assert seen == set(groups)
PY
}

@test "ten records of 0.1 sum to 1, a million to 100000" {
	for i in 1 2 3 4 5 6 7 8 9 10; do echo '{"x":0.1}'; done >ten
	[ "$(rap-agg 's=sum(x)' 'm=mean(x)' ten)" = '{"s":1,"m":0.1}' ]
	seq 1000000 | sed 's/.*/{"x":0.1}/' >million
	[ "$(rap-agg 's=sum(x)' million)" = '{"s":100000}' ]
}

@test "1e16 + 1 - 1e16 is 1" {
	printf '{"x":%s}\n' 1e16 1 -1e16 >in
	[ "$(rap-agg 's=sum(x)' in)" = '{"s":1}' ]
}

@test "a column of prices sums to its price" {
	python3 - <<'PY'
import decimal, random
random.seed(4)
total = decimal.Decimal(0)
with open('in', 'w') as f:
    while total < 35770:
        p = random.choice(('0.99', '2.99', '4.99', '9.99', '19.90'))
        total += decimal.Decimal(p)
        f.write('{"price":%s}\n' % p)
    f.write('{"price":%s}\n' % (decimal.Decimal('35770.76') - total))
PY
	[ "$(rap-agg 's=sum(price)' in)" = '{"s":35770.76}' ]
	# Which the sum of doubles is not.
	[ "$(jq -s 'map(.price) | add' in)" != 35770.76 ]
}

@test "past 34 digits a sum rounds half to even" {
	printf '{"x":%s}\n' 1e33 0.5 >in
	[ "$(rap-agg 's=sum(x)' in)" = '{"s":1e+33}' ]
	printf '{"x":%s}\n' 1e33 1.5 >in
	[ "$(rap-agg 's=sum(x)' in)" = \
	    '{"s":1.000000000000000000000000000000002e+33}' ]
}

@test "keys are typed: 1 is 1.0 and not \"1\", null is not absent" {
	printf '%s\n' '{"k":1}' '{"k":1.0}' '{"k":"1"}' '{"k":null}' '{}' \
	    '{"k":"\u0031"}' '{"k":10e-1}' >in
	rap-agg -g k 'n=count()' in >got
	printf '%s\n' '{"n":1}' '{"k":null,"n":1}' '{"k":1,"n":3}' \
	    '{"k":"1","n":2}' | cmp - got
}

@test "rows are in jq's order of their keys" {
	python3 - <<'PY' >in
import random
random.seed(3)
keys = ['null', 'true', 'false', '-1.5', '-10', '0', '9', '10', '1e3', '0.1',
        '""', '"a"', '"a b"', '"a\\"b"', '"\\u0001"', '"B"', '"\u00e9"',
        '"a!"', '"\u20ac"', '"\U0001f600"', '"10"', '"9"']
rows = ['{"k":%s,"j":%s}' % (k, j) for k in keys for j in keys]
random.shuffle(rows)
print('\n'.join(rows))
PY
	rap-agg -g k,j 'n=count()' in >got
	[ "$(wc -l <got)" = 484 ]
	jq -cs 'sort_by([.k, .j])[] | [.k, .j]' in >want
	jq -c '[.k, .j]' got | cmp - want
}

@test "nested keys and arguments: dotted, pointers, names of one's own" {
	printf '%s\n' '{"u":{"a/b":"x"},"p":{"q":[5,{"r":2}]}}' \
	    '{"u":{"a/b":"x"},"p":{"q":[5,{"r":3}]}}' '{"u":7}' >in
	[ "$(rap-agg -g '/u/a~1b' 's=sum(p.q.1.r)' 't=sum(/p/q/0)' in)" = \
	    '{"s":0,"t":0}
{"a/b":"x","s":5,"t":10}' ]
	[ "$(rap-agg -g 'id=/u/a~1b' -g v=p.q.0 'n=count()' in | tail -1)" = \
	    '{"id":"x","v":5,"n":2}' ]
}

@test "--missing: group, skip as filtered, reject" {
	printf '%s\n' '{"k":1,"j":1}' '{"k":1}' '{"j":null,"k":1}' >in
	rap-agg -g k,j 'n=count()' in >got
	printf '%s\n' '{"k":1,"n":1}' '{"k":1,"j":null,"n":1}' \
	    '{"k":1,"j":1,"n":1}' | cmp - got
	rap-agg --missing skip --stats st -g k,j 'n=count()' in >got
	[ "$(wc -l <got)" = 2 ]
	jq -e '.read == 3 and .passed == 2 and .filtered == 1 and
	    .rejected == 0 and .written == 2' st
	run rap-agg --missing reject -g k,j 'n=count()' in
	[ "$status" = 65 ]
	[[ "$output" == *"in:2:"*"[agg.missing]"* ]]
}

@test "without -g there is one row, of no record if need be" {
	[ "$(rap-agg 'n=count()' 's=sum(x)' 'm=mean(x)' 'lo=min(x)' </dev/null)" \
	    = '{"n":0,"s":0,"m":null,"lo":null}' ]
	[ -z "$(rap-agg -g k 'n=count()' </dev/null)" ]
}

@test "null and absent arguments are passed over" {
	printf '%s\n' '{"x":null}' '{}' '{"x":4}' >in
	[ "$(rap-agg 'n=count()' 'c=count(x)' 'm=mean(x)' 's=sum(x)' in)" = \
	    '{"n":3,"c":1,"m":4,"s":4}' ]
}

@test "min and max order numbers by value and strings by bytes" {
	printf '{"x":%s,"s":"%s"}\n' 10 b 9 a 1e1 ab -2.50 B >in
	[ "$(rap-agg 'a=min(x)' 'b=max(x)' 'c=min(s)' 'd=max(s)' in)" = \
	    '{"a":-2.5,"b":10,"c":"B","d":"b"}' ]
}

@test "min of numbers and strings together is refused in any order" {
	printf '%s\n' '{"x":1}' '{"x":"a"}' >in
	for j in 1 2; do
		run rap-agg -j$j 'm=min(x)' in
		[ "$status" = 65 ]
		[[ "$output" == *"[agg.mixed]"* ]]
		tac in >ni && mv ni in
	done
}

@test "a bad argument stops with 65, a path and no output" {
	printf '%s\n' '{"k":"a","x":1}' '{"k":"b","x":"7"}' >in
	run --separate-stderr rap-agg -g k 's=sum(x)' in
	[ "$status" = 65 ]
	[ -z "$output" ]
	[[ "$stderr" == *"in:2:14: "*" at /x [agg.type]"* ]]
	for bad in '[1]' '{}' true; do
		run rap-agg 's=max(x)' <<<'{"x":'"$bad"'}'
		[ "$status" = 65 ]
		[[ "$output" == *"[agg.type]"* ]]
	done
	run rap-agg 'n=count()' <<<'[1]'
	[ "$status" = 65 ]
	[[ "$output" == *"[json.type]"* ]]
}

@test "--reject keeps the rest, and a rejected record leaves no trace" {
	printf '%s\n' '{"k":"a","x":1,"y":1}' '{"k":"b","x":1,"y":"7"}' \
	    '{"k":"a","x":2,"y":false}' 'nonsense' '' '{"k":"a","x":3,"y":2}' \
	    >in
	run rap-agg -q --reject bad --stats st -g k 'n=count()' 'x=sum(x)' \
	    'y=sum(y)' in
	[ "$status" = 1 ]
	[ "$output" = '{"k":"a","n":2,"x":4,"y":3}' ]
	[ "$(jq -r .line bad | tr '\n' ' ')" = '2 3 4 ' ]
	[ "$(jq -r .path bad | head -1)" = /y ]
	jq -e '.read == 5 and .passed == 2 and .rejected == 3 and
	    .filtered == 0 and .blank == 1 and .written == 1' st
}

@test "numbers a double cannot hold: exact in a sum, refused in a mean" {
	printf '{"x":%s}\n' 1e400 1 -1e400 >in
	[ "$(rap-agg 's=sum(x)' 'hi=max(x)' in)" = '{"s":1,"hi":1e+400}' ]
	run rap-agg 'm=mean(x)' in
	[ "$status" = 65 ]
	[[ "$output" == *"in:1:6: "*" at /x [num.range]"* ]]
	run rap-agg 's=sum(x)' <<<'{"x":1e1001}'
	[ "$status" = 65 ]
	[[ "$output" == *"[num.limit]"* ]]
}

@test "a 10 MB number is refused in a blink, and can still be counted" {
	python3 -c 'print("{\"x\":" + "7" * 10000000 + "}")' >in
	run timeout 5 rap-agg 's=sum(x)' in
	[ "$status" = 65 ]
	[[ "$output" == *"[num.limit]"* ]]
	[ "$(timeout 5 rap-agg 'n=count(x)' in)" = '{"n":1}' ]
	[ "$(timeout 5 rap-agg -g x 'n=count()' in | wc -c)" -gt 10000000 ]
}

@test "functions, names and arguments that cannot be meant are told" {
	check() {
		want=$1
		shift
		run rap-agg "$@" </dev/null
		[[ "$status $output" == $want ]] || {
			echo "$*: $status $output"
			false
		}
	}
	check "78 *unknown function 'summ' \[agg.func\]*there are count, sum, mean, min and max*" 's=summ(x)'
	check "78 *\[agg.func\]*" 's=frobnicate(x)'
	check "78 *\[agg.arg\]*" 's=sum()'
	check "78 *\[agg.arg\]*" 's=sum(x,y)'
	check "78 *s=sum(a..b):1:9: *\[expr.syntax\]*" 's=sum(a..b)'
	check "64 *\[agg.name\]*m=sum(x)*" 'sum(x)'
	check "64 *\[agg.name\]*" 's=sum(x)' 's=mean(x)'
	check "64 *\[agg.name\]*" -g s 's=sum(x)'
	check "78 *\[agg.key\]*" -g a,,b 'n=count()'
	check "64 *\[agg.none\]*" -g a
	check "64 *\[usage.value\]*'skip'*" --missing skp 'n=count()'
	check "64 *\[usage.value\]*'csv'*" -O cvs 'n=count()'
	check "66 *absent*" 'n=count()' absent
}

@test "arguments, keys and where may be expressions" {
	python3 - >in <<'PY'
import random
random.seed(3)
for i in range(5000):
    print('{"home":%d,"away":%d,"p":%.2f,"q":%d,"day":"2024-0%d-11"%s}' % (
        random.randrange(9), random.randrange(9), random.random() * 9,
        random.randrange(5), 1 + i % 3,
        ',"w":%d' % i if i % 7 == 0 else ''))
PY
	set -- -g 'month=day.substring(0, 7)' 'n=count(*)' \
	    'wins=count() where home > away' 'goals=sum(home+away)' \
	    'top=max(home - away) where q != 0 && 12 / q > 3' \
	    'cost=sum(p * double(q))' 'mean=mean(p) where q>2' \
	    'w=count(r.?w)' 'sw=sum(r.?w.orValue(0))' 'c=max(day + ") where ")'
	rap-agg -j1 "$@" in >got
	python3 - <<'PY'
import json
from decimal import Decimal as D
from fractions import Fraction as F
groups = {}
for line in open('in'):
    r = json.loads(line)
    r['d'] = json.loads(line, parse_float=D)['p']
    groups.setdefault(r['day'][:7], []).append(r)
got = [json.loads(l, parse_float=D) for l in open('got')]
assert [g['month'] for g in got] == sorted(groups)
for g in got:
    v = groups[g['month']]
    assert g['n'] == len(v)
    assert g['wins'] == sum(r['home'] > r['away'] for r in v)
    assert g['goals'] == sum(r['home'] + r['away'] for r in v)
    assert g['top'] == max(r['home'] - r['away'] for r in v
                           if r['q'] and 12 // r['q'] > 3)
    # A product is a double: its shortest text is what is summed, exactly.
    assert g['cost'] == sum(D(repr(r['p'] * r['q'])) for r in v)
    m = [F(r['d']) for r in v if r['q'] > 2]
    assert float(g['mean']) == float(sum(m) / len(m))
    assert g['w'] == sum('w' in r for r in v)
    assert g['sw'] == sum(r.get('w', 0) for r in v)
    assert g['c'] == max(r['day'] + ') where ' for r in v)
PY
	shuf --random-source=<(yes 4) in | rap-agg -j8 "$@" | cmp - got
	RAP_BLOCK=100 rap-agg -j3 "$@" in | cmp - got
}

@test "an expression that is wrong is told before a byte is read" {
	check() {
		want=$1
		shift
		run rap-agg "$@" absent
		[[ "$status $output" == $want ]] || {
			echo "$*: $status $output"
			false
		}
	}
	check "78 *s=sum(a -* b):1:10: *\[expr.syntax\]*" 's=sum(a -* b)'
	check "78 *n=count() where a >:1:*\[expr.syntax\]*" 'n=count() where a >'
	check "78 *a=b,k=frob(c):1:7: *\[expr.name\]*" -g 'a=b,k=frob(c)' 'n=count()'
	check "78 *\[agg.key\]*-g NAME=*" -g 'a > b' 'n=count()'
	check "78 *\[agg.arg\]*count() where a > b*" 'n=count(a > b)'
	check "78 *must give a number*bool*\[expr.type\]*" 's=sum(a > b)'
	check "78 *\[expr.type\]*int(t)*" 's=max(timestamp(a))'
	check "78 *must give true or false*\[expr.type\]*" 'n=count() where 1'
	check "64 *brackets*\[agg.form\]*./n=count" n=count
	check "64 *not closed*\[agg.form\]*" 'n=sum(x'
	check "64 *\[agg.form\]*" 'n=sum(x) were y'
	check "64 *\[agg.form\]*" 'n=sum(x) where'
	check "66 *region=eu(1).ndjson*" 'n=count()' 'region=eu(1).ndjson'
}

@test "a record that an expression fails on is a bad one" {
	printf '{"a":%s}\n' 4 0 '"x"' >in
	echo '{"b":1}' >>in
	run -65 --separate-stderr rap-agg 's=sum(8 / a)' in
	[ -z "$output" ]
	[[ "$stderr" == *"in:2:1: division by zero [expr.divzero]"* ]]
	run -1 --separate-stderr rap-agg --reject r 'n=count()' \
	    's=sum(8 / a)' 't=sum(a) where a > 0' in
	[ "$output" = '{"n":1,"s":2,"t":4}' ]
	jq -r .code r | paste -sd' ' >codes
	[ "$(cat codes)" = "expr.divzero expr.type expr.missing" ]
	echo '{"t":"2024-01-01T00:00:00Z"}' |
	    run -65 --separate-stderr rap-agg 's=max(dyn(timestamp(t)))'
}

@test "a path that no record has is told, once" {
	printf '{"price":%s}\n' 1 2 >in
	run --separate-stderr rap-agg -g day 's=sum(prise)' 'n=count(price)' in
	[ "$status" = 0 ]
	[ "$output" = '{"s":0,"n":2}' ]
	[ "${#stderr_lines[@]}" = 2 ]
	[[ "$stderr" == *"/day [agg.unseen]"*"/prise [agg.unseen]"* ]]
	run --separate-stderr rap-agg -q 's=sum(prise)' in
	[ -z "$stderr" ]
	run --separate-stderr rap-agg 's=sum(prise)' </dev/null
	[ -z "$stderr" ]
}

@test "operands that are no aggregates are files, in any place" {
	echo '{"x":1}' >a
	echo '{"x":2}' >'n=count()'
	[ "$(rap-agg a 's=sum(x)' './n=count()')" = '{"s":3}' ]
}

@test "limits on groups and memory end with 71 and no output" {
	seq 1 100 | sed 's/.*/{"k":&}/' >in
	[ "$(rap-agg --max-groups 100 -g k 'n=count()' in | wc -l)" = 100 ]
	for j in 1 4; do
		run --separate-stderr rap-agg -j$j --max-groups 99 --reject r \
		    -g k 'n=count()' in
		[ "$status" = 71 ]
		[ -z "$output" ]
		[[ "$stderr" == *"[agg.groups]"* ]]
	done
	run --separate-stderr rap-agg --memory 4KiB -g k 'n=count()' in
	[ "$status" = 71 ]
	[[ "$stderr" == *"[agg.memory]"* ]]
	# What a group's sum and extremes grow to counts too.
	printf '{"x":%s,"y":"%01000d"}\n' 1e1000 7 1e-1000 7 >in
	rap-agg --memory 4KiB 'n=min(y)' in >/dev/null
	for f in 'sum(x)' 'min(y)'; do
		run rap-agg --memory 1KiB "r=$f" in
		[ "$status" = 71 ]
	done
}

@test "csv reads back as what ndjson says" {
	printf '%s\n' '{"k":"plain","x":1}' '{"k":"a,b","x":0.10}' \
	    '{"k":"say \"hi\"","x":-3}' '{"k":"two\nlines","x":1e30}' \
	    '{"k":"","x":0}' '{"k":" x ","x":1e-9}' '{"k":[1,"a"],"x":null}' \
	    '{"k":null}' '{}' '{"k":true,"x":2}' >in
	rap-agg -O csv -g k 'n=count()' 'm=mean(x)' 'hi=max(k2)' in >got.csv
	rap-agg -g k 'n=count()' 'm=mean(x)' 'hi=max(k2)' in >got.ndjson
	[ "$(head -1 got.csv)" = k,n,m,hi ]
	python3 - <<'PY'
import csv, json
rows = list(csv.reader(open('got.csv', newline='')))[1:]
objects = [json.loads(s, parse_float=str, parse_int=str)
           for s in open('got.ndjson')]
assert len(rows) == len(objects) == 10
for r, o in zip(rows, objects):
    for cell, name in zip(r, ('k', 'n', 'm', 'hi')):
        v = o.get(name)
        want = '' if v is None else v if isinstance(v, str) else \
            {True: 'true'}.get(v) if isinstance(v, bool) else '[1,"a"]'
        assert cell == want, (r, o)
PY
	# An empty text is not nothing.
	grep -q '^"",1,0,$' got.csv
}

@test "tsv escapes what would end a field" {
	printf '%s\n' '{"k":"a\tb\\c\nd","x":1}' >in
	rap-agg -O tsv -g k 'lo=min(k)' 'n=count()' in >got
	printf 'k\tlo\tn\na\\tb\\\\c\\nd\ta\\tb\\\\c\\nd\t1\n' | cmp - got
}

@test "many groups, also when spellings differ, as python3 has them" {
	python3 - <<'PY' >in
import random
random.seed(12)
for i in range(60000):
    print('{"u":"%s","d":%d,"x":%d}' % (
        random.choice(('user-%05d', '\\u0075ser-%05d')) %
        random.randrange(20000), random.randrange(2), i))
PY
	rap-agg -j4 -g u,d 'n=count()' 's=sum(x)' in >got
	python3 - <<'PY' >want
import json
groups = {}
for r in map(json.loads, open('in')):
    g = groups.setdefault((r['u'], r['d']), [0, 0])
    g[0] += 1
    g[1] += r['x']
for (u, d), (n, s) in sorted(groups.items()):
    print('{"u":"%s","d":%d,"n":%d,"s":%d}' % (u, d, n, s))
PY
	cmp got want
}

@test "every code of rap-agg is explained" {
	for code in $(grep -oh '"agg\.[a-z]*"' "$root"/cmd/rap-agg/*.c |
	    tr -d '"' | grep -v 'agg\.h' | sort -u); do
		rap-agg --explain "$code" >text
		[ -s text ]
	done
	[ "$code" = agg.unseen ]
}

@test "an interrupted run writes no row: a part is not the answer" {
	python3 - <<'PY'
import signal, subprocess, time
for j in '12':
    p = subprocess.Popen(['rap-agg', '-j' + j, 'n=count()'],
                         stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    p.stdin.write(b'{"x":1}\n' * 1000)
    p.stdin.flush()
    time.sleep(.3)
    p.send_signal(signal.SIGTERM)
    out, _ = p.communicate()
    assert out == b'' and p.returncode == -signal.SIGTERM, (out, p.returncode)
PY
}

@test "agg: a signal while the groups are written is not forgotten" {
	seq 200000 | sed 's/.*/{"k":"a group named &"}/' >in
	mkfifo fifo
	rap-agg -g k 'n=count()' in >fifo &
	pid=$!
	exec 5<fifo
	read -r -n 1 -u 5 _
	kill -TERM $pid
	sleep 0.2
	cat <&5 >rest
	exec 5<&-
	status=0
	wait $pid || status=$?
	[ "$status" -eq 143 ]
}
