# rap-map: shapes (split, pivot, flatten...), what is hidden, what is in order.
load helper
load map/functions
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

@test "map: split makes a record for each side, bytes as they were" {
	mapping <<-'EOF'
	split:
	  as: side
	  rows:
	    home: {team: homeTeam, pts: h/p, opp: awayTeam}
	    away: {team: awayTeam, opp: homeTeam, pts: /a/p}
	EOF
	gives '{"id":1,"homeTeam":"A","awayTeam":"B","h/p":3,"a":{"p":1.0},"x":[ 1 ]}' \
	    $'{"id":1,"x":[ 1 ],"side":"home","team":"A","pts":3,"opp":"B"}\n{"id":1,"x":[ 1 ],"side":"away","team":"B","opp":"A","pts":1.0}'
	gives '{"id":2}' $'{"id":2,"side":"home"}\n{"id":2,"side":"away"}'
	bad '{"team":"x","homeTeam":"A"}' '[map.conflict]'
}

@test "map: split real games, as python has them" {
	need_shared data/ncaaf/games_2022.json
	mapping <<-'EOF'
	unmapped: drop
	fields: [{to: id}, {to: homeTeam}, {to: awayTeam}, {to: homePoints}, {to: awayPoints}]
	split:
	  as: side
	  rows:
	    home: {team: homeTeam, opponent: awayTeam, points: homePoints, against: awayPoints}
	    away: {team: awayTeam, opponent: homeTeam, points: awayPoints, against: homePoints}
	EOF
	jq -c '.[]' "$shared/data/ncaaf/games_2022.json" >in
	rap-map -m m.yaml in >got
	python3 - >want <<-'EOF'
	import json, sys
	for l in open("in"):
	    g = json.loads(l)
	    for side, a, b in (("home", "home", "away"), ("away", "away", "home")):
	        print(json.dumps({"id": g["id"], "side": side,
	            "team": g[a + "Team"], "opponent": g[b + "Team"],
	            "points": g[a + "Points"], "against": g[b + "Points"]},
	            separators=(",", ":"), ensure_ascii=False))
	EOF
	cmp got want
	[ "$(wc -l <got)" = $(($(wc -l <in) * 2)) ]
}

@test "map: unpivot, wide to long" {
	mapping <<<'unpivot: {columns: [a, b, "/x.y"], name: k, value: v}'
	gives '{"id":1,"a":1.0,"z":0,"b":null,"x.y":"c"}' \
	    $'{"id":1,"z":0,"k":"a","v":1.0}\n{"id":1,"z":0,"k":"x.y","v":"c"}'
	mapping <<<'unpivot: {keep: id, nulls: keep}'
	gives $'{"id":1,"a":1.0,"b":null}\n{"id":2}' \
	    $'{"id":1,"name":"a","value":1.0}\n{"id":1,"name":"b","value":null}'
	printf '{"id":2}\n' | rap-map -m m.yaml --stats s
	[ "$(jq -c '[.read, .passed, .filtered]' s)" = '[1,0,1]' ]
	bad '{"id":1,"a":2,"b":1}' 'x' && false
	mapping <<<'unpivot: {columns: [a]}'
	bad '{"name":1,"a":2}' '[map.conflict]'
}

@test "map: nest by names or by a prefix" {
	mapping <<<'nest: [{into: home, prefix: home_}, {into: o, members: [x, y]}]'
	gives '{"id":1,"home_a":1,"x":2,"home_b":{"c": 3},"y":[1],"home_":0}' \
	    '{"id":1,"home":{"a":1,"b":{"c": 3}},"o":{"x":2,"y":[1]},"home_":0}'
	gives '{"id":1}' '{"id":1}'
	bad '{"x":1,"o":2}' '[map.conflict]'
}

@test "map: flatten and unflatten" {
	mapping <<<'flatten: true'
	gives '{"a":{"b":1.0,"c":{"d":[1,{"e": 2 }],"f":{}}},"g":[],"\u0068":{"i":null}}' \
	    '{"a.b":1.0,"a.c.d.0":1,"a.c.d.1.e":2,"a.c.f":{},"g":[],"h.i":null}'
	bad '{"a.b":1,"a":{"b":2}}' 'name "a.b" is used twice'
	mapping <<<'flatten: {sep: __, arrays: keep}'
	gives '{"a":{"b":[{"c":1}]}}' '{"a__b":[{"c":1}]}'
	mapping <<<'unflatten: {sep: _}'
	gives '{"a_b":1,"x": 2.0 ,"a_c_d":3,"":4,"q_":5}' \
	    '{"a":{"b":1,"c":{"d":3}},"x":2.0,"":4,"q":{"":5}}'
	bad '{"a":1,"a_b":2}' '"a_b" would be a value and an object [map.conflict]'
	bad '{"a_b":1,"a":2}' '"a" would be a value and an object [map.conflict]'
}

@test "map: flatten and back is the record, for random ones" {
	python3 - >in <<-'EOF'
	import json, random
	random.seed(5)
	def thing(d):
	    if d == 0 or random.random() < .3:
	        return random.choice([1, "x", None, True, 2.5, [], {}, "é\n"])
	    return {"k%d" % i: thing(d - 1) for i in random.sample(range(9), random.randint(1, 4))}
	for i in range(500):
	    print(json.dumps({"r%d" % k: thing(4) for k in range(3)}, separators=(",", ":"), ensure_ascii=False))
	EOF
	mapping <<-'EOF'
	steps:
	- flatten: {sep: "|"}
	- unflatten: {sep: "|"}
	EOF
	rap-map -m m.yaml in | cmp - in
	mapping <<<'flatten: {sep: "|"}'
	! rap-map -m m.yaml in | grep -q '[0-9]":{"' || false
}

@test "map: deep records are refused, not crashed on" {
	mapping <<<'flatten: true'
	python3 -c 'print("{\"a\":" * 70 + "1" + "}" * 70)' >in
	run rap-map -m m.yaml in
	[ "$status" = 65 ]
	[[ "$output" == *'[map.limit]'* ]]
	mapping <<<'unflatten: true'
	python3 -c 'print("{\"%s\":1}" % ".".join("a" * 70))' >in
	run rap-map -m m.yaml in
	[ "$status" = 65 ]
	[[ "$output" == *'[map.limit]'* ]]
	# many names at one place are quick
	python3 -c 'print("{%s}" % ",".join("\"a.b%d.c\":1" % i for i in range(200000)))' >in
	timeout 60 rap-map -m m.yaml in | jq -e '.a | length == 200000'
}

# --- what is hidden ---

@test "map: redact replaces values wherever they stand" {
	mapping <<<'redact: [a.b, c, a, zz]'
	gives '{"a":{"b":[1,2],"c":3},"c":"x","d":null}' '{"a":"[redacted]","c":"[redacted]","d":null}'
	mapping <<<'redact: {paths: [/a/0, d], with: null}'
	gives '{"a":[ "x" , 2],"d":null}' '{"a":[ null , 2],"d":null}'
}

@test "map: pseudonyms are HMAC-SHA-256, and equal values stay equal" {
	export KEY=0123456789abcdef-test
	mapping <<<'pseudonym: {paths: [u, a.b], key: {env: KEY}, digits: 20}'
	hmac() {
		python3 -c 'import hmac,hashlib,sys
print(hmac.new(b"0123456789abcdef-test",sys.argv[1].encode(),hashlib.sha256).hexdigest()[:20])' "$1"
	}
	gives '{"u":"ann\u00e9","a":{"b":5.0,"c":"5"},"n":null}' \
	    "{\"u\":\"$(hmac anné)\",\"a\":{\"b\":\"$(hmac 5)\",\"c\":\"5\"},\"n\":null}"
	gives '{"u":"5"}' "{\"u\":\"$(hmac 5)\"}"
	gives '{"u":null}' '{"u":null}'
	# RFC 4231, test case 2 has a short key; case 7 has a long one
	python3 -c 'import sys; sys.stdout.buffer.write(b"\xaa" * 131)' >key
	mapping <<<'pseudonym: {paths: u, key: {file: key}, digits: 64}'
	gives '{"u":"This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."}' \
	    '{"u":"9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"}'
}

@test "map: the key of pseudonyms is never written anywhere, its id is" {
	[ -x "$RAP_BIN/rap-audit" ] || skip "rap-audit is not built"
	printf 'a-secret-of-32-bytes-0123456789ab\n' >key
	mapping <<<'pseudonym: {paths: u, key: {file: key}}'
	rap-audit init --store .rap
	echo '{"u":1}' | rap-map --store .rap -m m.yaml >out
	id=$(python3 -c 'import hmac,hashlib
print(hmac.new(b"a-secret-of-32-bytes-0123456789ab",b"rap-map key id",hashlib.sha256).hexdigest()[:16])')
	grep -q "\"pseudonyms\":\[{\"key_id\":\"$id\",\"paths\":\[\"u\"\]}\]" .rap/log.ndjson
	! grep -rq 'a-secret' .rap out || false
	# objects are compressed: none of them is the key's
	[ -z "$(find .rap -name "$(sha256sum <key | cut -c3-64)*")" ]
}

@test "map: keys that are missing or weak are refused" {
	unset KEY
	mapping <<<'pseudonym: {paths: u, key: {env: KEY}}'
	refused '$KEY is not set at /pseudonym/key/env [map.key]'
	KEY=short refused 'a key of 5 bytes is too short'
	mapping <<<'pseudonym: {paths: u}'
	refused 'm.yaml:2:12: pseudonym needs a key'
	mapping <<<'pseudonym: {paths: u, key: {file: nosuch}}'
	run rap-map -m m.yaml /nonexistent
	[ "$status" = 66 ]
}

# --- what is in order ---

@test "map: dedupe keeps the first of each key" {
	mapping <<<'dedupe: {key: [a, /n/b]}'
	in=$'{"a":1,"n":{"b":"x"},"i":1}\n{"a":1.0,"n":{"b":"\\u0078"},"i":2}\n{"a":"1","n":{"b":"x"},"i":3}\n{"a":null,"n":{"b":"x"},"i":4}'
	gives "$in" $'{"a":1,"n":{"b":"x"},"i":1}\n{"a":"1","n":{"b":"x"},"i":3}\n{"a":null,"n":{"b":"x"},"i":4}'
	printf '%s\n' "$in" | rap-map -m m.yaml --stats s >/dev/null
	[ "$(jq -c '[.read, .passed, .rejected, .filtered, .written]' s)" = '[4,3,0,1,3]' ]
	bad '{"n":{"b":1}}' 'nothing at a, which is in the key [map.key]'
	mapping <<<'dedupe: true'
	gives $'{"a":1,"b":2}\n{"b":2.0,"a":1}\n{"a":2}' $'{"a":1,"b":2}\n{"a":2}'
}

@test "map: pivot, long to wide" {
	in=$'{"id":1,"n":"a","v":1.0}\n{"id":1,"n":"b","v":"x","z":0}\n{"id":2,"n":"a","v":[ 3 ]}\n{"id":1.0,"n":"c"}'
	mapping <<<'pivot: {key: id, name: n, value: v}'
	gives "$in" $'{"id":1,"a":1.0,"b":"x"}\n{"id":2,"a":[ 3 ]}\n{"id":1.0,"c":null}'
	mapping <<<'pivot: {key: id, name: n, value: v, groups: all}'
	gives "$in" $'{"id":1,"a":1.0,"b":"x","c":null}\n{"id":2,"a":[ 3 ]}'
	printf '%s\n' "$in" | rap-map -m m.yaml --stats s >/dev/null
	[ "$(jq -c '[.read, .passed, .filtered, .written]' s)" = '[4,4,0,2]' ]
	two=$'{"id":1,"n":"a","v":1}\n{"id":1,"n":"b","v":5}\n{"id":1,"n":"a","v":"long"}'
	run rap-map -m m.yaml <<<"$two"
	[ "$status" = 65 ]
	[[ "$output" == *'rap-map: -:3:1: the group {"id":1} has "a" twice, first in -:1 [map.pivot]'* ]]
	mapping <<<'pivot: {key: id, name: n, value: v, twice: first}'
	gives "$two" '{"id":1,"a":1,"b":5}'
	mapping <<<'pivot: {key: id, name: n, value: v, twice: last}'
	gives "$two" '{"id":1,"a":"long","b":5}'
	bad '{"id":1,"v":1}' 'nothing at n [map.pivot]'
	bad '{"id":1,"n":"id","v":1}' '"id" is the name of a key [map.conflict]'
	bad '{"n":"id","v":1}' '[map.key]'
}

@test "map: pivot with values that change many times stays small and quick" {
	python3 -c '
for i in range(300000):
    print("{\"g\":1,\"n\":\"c%d\",\"v\":\"%s\"}" % (i % 1000, "x" * (i % 97)))' >in
	mapping <<<'pivot: {key: g, name: n, value: v, twice: last, memory: 1MiB}'
	timeout 60 rap-map -m m.yaml in >got
	jq -e 'length == 1001 and .c999 == ("x" * (299999 % 97))' got
	python3 -c '
for i in range(300000):
    print("{\"g\":1,\"n\":\"c%d\",\"v\":%d}" % (i, i))' >in
	run rap-map -m m.yaml in
	[ "$status" = 71 ]
	[[ "$output" == *'pivot needs more than 1 MiB'*'[map.limit]'* ]]
}

@test "map: the statistics of teams, wide as python has them and back" {
	need_shared data/ncaaf/team_stats_2022.json
	jq -c '.[]' "$shared/data/ncaaf/team_stats_2022.json" >in
	mapping <<<'pivot: {key: [season, team, conference], name: statName, value: statValue, groups: all}'
	rap-map -m m.yaml in >got
	python3 - >want <<-'EOF'
	import json
	teams = {}
	for l in open("in"):
	    r = json.loads(l)
	    key = (r["season"], r["team"], r["conference"])
	    t = teams.setdefault(key, {k: r[k] for k in ("season", "team", "conference")})
	    assert r["statName"] not in t
	    t[r["statName"]] = r["statValue"]
	for t in teams.values():
	    print(json.dumps(t, separators=(",", ":"), ensure_ascii=False))
	EOF
	cmp got want
	mapping <<<'unpivot: {keep: [season, team, conference], name: statName, value: statValue, nulls: keep}'
	rap-map -m m.yaml got | jq -cS . | sort >long
	jq -cS '{season, team, conference, statName, statValue}' in | sort | cmp - long
}

@test "map: order is kept with any threads and blocks, and hashed right" {
	python3 - >in <<-'EOF'
	import random
	random.seed(1)
	for i in range(4000):
	    print("{\"g\":%d,\"n\":\"c%d\",\"v\":%d}" % (i // 7, random.randrange(400), i))
	EOF
	for what in 'dedupe: {key: n}' \
	    'pivot: {key: g, name: n, value: v, twice: last}' \
	    'pivot: {key: n, name: g, value: v, twice: first, groups: all}'; do
		mapping <<<"$what"
		rap-map -j1 -m m.yaml in >one
		[ -s one ]
		for block in 1 100 4096 1048576; do
			for j in 1 2 8; do
				RAP_BLOCK=$block rap-map -j$j -m m.yaml in | cmp - one
			done
		done
		[ -x "$RAP_BIN/rap-audit" ] || continue
		rm -rf .rap
		rap-audit init --store .rap
		RAP_BLOCK=4096 rap-map -j4 --store .rap -m m.yaml in >two
		cmp one two
		grep -q "$(sha256sum <one | cut -d' ' -f1)" .rap/log.ndjson
		# the root of the lines is that of cat
		root=$(rap-audit tap x --store .rap <one >/dev/null
		    jq -r 'select(.t == "rap/stage/1" or .type == "rap/stage/1" or .rap == "stage/1") | .. | .root? // empty' .rap/log.ndjson | sort | uniq -c | sort -rn | awk '$1 > 1 { print $2; exit }')
		[ -n "$root" ]
	done
}

@test "map: rejects and order go together" {
	mapping <<-'EOF'
	fields: [{to: v, type: integer}]
	dedupe: {key: k}
	EOF
	printf '%s\n' '{"k":1,"v":1}' '{"k":2,"v":"x"}' '{"k":1,"v":2}' '{"k":2,"v":3}' >in
	for j in 1 4; do
		run --separate-stderr rap-map -j$j -m m.yaml --reject bad --stats s in
		[ "$status" = 1 ]
		[ "$output" = $'{"k":1,"v":1}\n{"k":2,"v":3}' ]
		[ "$(jq -c '[.read, .passed, .rejected, .filtered, .written]' s)" = '[4,2,1,1,2]' ]
	done
	run --separate-stderr rap-map -m m.yaml in
	[ "$status" = 65 ]
	[ "$output" = '{"k":1,"v":1}' ]
}

@test "map: shapes that make no sense are refused" {
	while IFS='|' read -r text want; do
		echo "$text"
		printf '%b\n' "$text" | mapping
		refused "$want"
	done <<-'EOF'
	split: {as: side}|split needs rows
	split: {as: side, rows: {home: [a]}}|a row is a mapping of names to paths
	split: {as: side, rows: {}}|split needs rows
	unpivot: {name: k}|unpivot needs columns, or keep
	unpivot: {columns: a, keep: b}|unpivot needs columns, or keep
	unpivot: {columns: a.b}|is no member of the record itself
	nest: {members: a}|nest needs into
	nest: {into: a, prefix: ""}|an empty prefix
	flatten: {sep: ""}|an empty separator
	flatten: {arrays: no}|[map.config]
	unflatten: {arrays: keep}|[conf.unknown]
	redact: [""]|the whole record is no member
	dedupe: {keys: a}|did you mean "key"?
	dedupe: {key: [a, b.a]}|two keys have the same name
	dedupe: {key: a, memory: lots}|memory is a size
	pivot: {key: a, name: b}|pivot needs key, name and value
	dedupe: true\npivot: {key: a, name: b, value: c}|a step has dedupe or pivot
	steps: []|at least one step
	EOF
}
