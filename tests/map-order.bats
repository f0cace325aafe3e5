# rap-map: dedupe and pivot, past their memory and in the middle of a mapping.
load helper
load map/functions
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

# records N KEYS: N records with keys by chance, {"id":KEY,"i":0}...
records() {
	awk -v n="$1" -v keys="$2" 'BEGIN { srand(7)
		for (i = 0; i < n; i++)
			printf "{\"id\":%d,\"i\":%d}\n", rand() * keys, i }'
}

# The first record of each id, by a set in memory.
firsts() {
	awk -F '[:,]' '!seen[$2]++' "$@"
}

# --- dedupe past its memory ---

@test "map: dedupe in little memory, in much, and awk agree on 10^6 records" {
	records 1000000 700000 >in
	want=$(firsts in | sha256sum)
	mapping <<<'dedupe: {key: id, memory: 1MiB}'
	[ "$(rap-map -m m.yaml --stats s in | sha256sum)" = "$want" ]
	[ "$(jq '.read == 1000000 and .rejected == 0 and .read == .passed + .filtered and .passed == .written' s)" = true ]
	mapping <<<'dedupe: {key: id, memory: 4GiB}'
	[ "$(rap-map -m m.yaml in | sha256sum)" = "$want" ]
	[ -z "$(ls tmp)" ]
}

@test "map: dedupe on disk is the same with any threads and blocks" {
	# keys that are kept whole, as a digest, of many parts
	python3 - >in <<-'EOF'
	import json, random
	random.seed(3)
	for i in range(9000):
	    k = random.randrange(6000)
	    key = [k, "k" * (k % 70) + str(k), {"a": k, "b": [k]}][k % 3]
	    print(json.dumps({"id": key, "s": k % 2, "i": i},
	        separators=(",", ":")))
	EOF
	python3 - >want <<-'EOF'
	import json
	seen = set()
	for l in open("in"):
	    r = json.loads(l)
	    k = json.dumps([r["id"], r["s"]], sort_keys=True)
	    if k not in seen:
	        print(l, end="")
	    seen.add(k)
	EOF
	mapping <<<'dedupe: {key: [id, s], memory: 4KiB}'
	for block in 1 4096 4MiB; do
		for j in 1 2; do
			RAP_BLOCK=$block rap-map -j$j -m m.yaml in | cmp - want
		done
	done
}

@test "map: a full disk ends dedupe with 74, and what was written is whole" {
	records 200000 1000000000 >in
	mapping <<<'dedupe: {key: id, memory: 1MiB}'
	(ulimit -f 200 && rap-map -m m.yaml in 2>err || echo $? >status) | cat >got
	[ "$(cat status)" = 74 ]
	grep -q "cannot write to a temporary file: .* \[io.write\]; it is in .*set TMPDIR for another directory" err
	firsts in | head -c "$(wc -c <got)" | cmp - got
	[ -s got ]
	[ -z "$(tail -c1 got)" ]
	run bash -c 'ulimit -f 200; exec rap-map -m m.yaml -o out in'
	[ "$status" = 74 ]
	[ ! -e out ]
	[ -z "$(ls tmp)" ]
	TMPDIR=$PWD/none run rap-map -m m.yaml -o out in
	[ "$status" = 73 ]
	[[ "$output" == *"cannot create a temporary file in '$PWD/none': No such file or directory [io.create]"* ]]
}

@test "map: dedupe on disk answers at once, and a signal leaves no file" {
	records 50000 1000000000 >in
	mapping <<<'dedupe: {key: id, memory: 64KiB}'
	mkfifo pipe
	rap-map -m m.yaml <pipe >got &
	pid=$!
	exec 7>pipe
	cat in >&7
	n=$(firsts in | wc -l)
	for i in {1..200}; do
		[ "$(wc -l <got)" -lt "$n" ] || break
		sleep .05
	done
	firsts in | cmp - got
	ls -l "/proc/$pid/fd" | grep -q "$TMPDIR/.*(deleted)"
	# nor was there ever one, where the file system can do that
	if python3 -c 'import os, sys
os.open(sys.argv[1], os.O_TMPFILE | os.O_RDWR)' "$TMPDIR" 2>/dev/null; then
		[ -z "$(ls -l "/proc/$pid/fd" | grep "$TMPDIR/rap\.")" ]
	fi
	[ -z "$(ls tmp)" ]
	kill -TERM "$pid"
	exec 7>&-
	wait "$pid" || status=$?
	[ "$status" = 143 ]
	[ -z "$(ls tmp)" ]
}

# --- in the middle of a mapping ---

# every J and RAP_BLOCK of a run gives what `want` has; $@ are its arguments
everywhere() {
	for block in 1 4096 4MiB; do
		for j in 1 2; do
			RAP_BLOCK=$block rap-map -j$j -m m.yaml "$@" | cmp - want
		done
	done
}

@test "map: dedupe, an expression, pivot and more, with any threads" {
	mapping <<-'EOF'
	steps:
	- dedupe: {key: id, memory: 4KiB}
	- where: v % 5 != 0
	  fields: [{to: v, expr: v * 2}]
	- pivot: {key: g, name: n, value: v, twice: last}
	- fields: [{to: names, expr: size(r) - 1}]
	- dedupe: {key: names}
	EOF
	python3 - <<-'EOF'
	import json, random
	random.seed(4)
	rows = sorted(({"id": random.randrange(2500), "g": random.randrange(200),
	    "n": "c%d" % random.randrange(30), "v": random.randrange(1000)}
	    for _ in range(4000)), key=lambda r: r["g"])
	with open("in", "w") as f:
	    for r in rows:
	        print(json.dumps(r), file=f)
	seen, groups, sizes = set(), {}, set()
	for r in rows:
	    if r["id"] in seen:
	        continue
	    seen.add(r["id"])
	    if r["v"] % 5 != 0:
	        groups.setdefault(r["g"], {"g": r["g"]})[r["n"]] = r["v"] * 2
	with open("want", "w") as f:
	    for g in groups.values():
	        g["names"] = len(g) - 1
	        if g["names"] not in sizes:
	            print(json.dumps(g, separators=(",", ":")), file=f)
	        sizes.add(g["names"])
	EOF
	[ "$(wc -l <want)" -gt 5 ]
	everywhere in
	# what is recorded is what was written
	rap-audit init --store .rap
	RAP_BLOCK=4096 rap-map -j2 --store .rap -m m.yaml in | cmp - want
	rap-audit tap want --store .rap <want >/dev/null
	[ "$(jq -r 'select(.type == "rap/stage/1") | .out.root' .rap/log.ndjson | sort -u | wc -l)" = 1 ]
	# the same in a pipe of three
	mapping <<<'dedupe: {key: id}'
	mv m.yaml one.yaml
	mapping <<-'EOF'
	where: v % 5 != 0
	fields: [{to: v, expr: v * 2}]
	pivot: {key: g, name: n, value: v, twice: last, groups: all}
	EOF
	mv m.yaml two.yaml
	mapping <<-'EOF'
	fields: [{to: names, expr: size(r) - 1}]
	dedupe: {key: names}
	EOF
	rap-map -m one.yaml in | rap-map -m two.yaml | rap-map -m m.yaml | cmp - want
}

@test "map: what one record becomes goes through two dedupes and two pivots" {
	mapping <<-'EOF'
	steps:
	- explode: {path: xs, carry: [g]}
	- dedupe: {key: [g, k]}
	- explode: {path: ys, carry: [g, k], as: y}
	- dedupe: {key: [g, y]}
	- fields: [{to: name, expr: '"y" + string(y)'}]
	- pivot: {key: g, name: name, value: k, groups: all}
	- fields: [{to: one, value: 1}, {to: g, expr: '"g" + string(g)'}]
	- pivot: {key: one, name: g, value: y1}
	EOF
	python3 - <<-'EOF'
	import json, random
	random.seed(8)
	rows = [{"g": random.randrange(4), "xs": [{"k": random.randrange(9),
	    "ys": [random.randrange(12) for _ in range(3)]} for _ in range(3)]}
	    for _ in range(60)]
	with open("in", "w") as f:
	    for r in rows:
	        print(json.dumps(r), file=f)
	first, second, wide = set(), set(), {}
	for r in rows:
	    for x in r["xs"]:
	        if (r["g"], x["k"]) in first:
	            continue
	        first.add((r["g"], x["k"]))
	        for y in x["ys"]:
	            if (r["g"], y) not in second:
	                second.add((r["g"], y))
	                wide.setdefault(r["g"], {})["y%d" % y] = x["k"]
	out = {"one": 1}
	for g in wide:
	    out["g%d" % g] = wide[g].get("y1")
	print(json.dumps(out, separators=(",", ":")), file=open("want", "w"))
	EOF
	everywhere in
	# --canonical is about what is written
	rap-map --canonical <want >canonical
	mv canonical want
	everywhere --canonical in
}

@test "map: a record that fails behind dedupe is rejected as it was, and has no key" {
	mapping <<-'EOF'
	steps:
	- explode: {path: xs, carry: [id], as: x}
	- dedupe: {key: x}
	- fields: [{to: x, type: integer}]
	EOF
	# 1: all new.  2: "a" is new and fails, so 3 and 4 are not taken.  3: 4 is
	# new, so is "b", which fails.  4: 3 is new, 1 is not.  5: no JSON.  6: all
	# of it was there, but "a", twice, which fails.  7: 4 at last.  8: nothing
	# new.
	printf '%s\n' '{"id":1,"xs":[1, 2]}' '{"id":2,"xs":["a",3,4]}' \
	    '{"id":3,"xs":[4,1,"b"]}' '{"id":4,"xs":[1,3]}' '{' \
	    '{"id":6,"xs":[1,2,3,"a","a"]}' '{"id":7,"xs":[4,4]}' \
	    '{"id":8,"xs":[1,2,3,4]}' >in
	printf '%s\n' '{"id":1,"x":1}' '{"id":1,"x":2}' '{"id":4,"x":3}' \
	    '{"id":7,"x":4}' >want
	for block in 1 30 4MiB; do
		for j in 1 2; do
			RAP_BLOCK=$block rap-map -j$j -m m.yaml --reject bad --stats s in >got 2>err || status=$?
			[ "$status" = 1 ]
			cmp got want
			[ "$(jq -c '[.read, .passed, .rejected, .filtered, .written]' s)" = '[8,3,4,1,4]' ]
			jq -r .raw bad | cmp - <(sed -n '2,3p;5,6p' in)
			[ "$(jq -c .line bad | tr '\n' ' ')" = '2 3 5 6 ' ]
			[ "$(grep -o '^rap-map: in:[0-9]*:' err | tr -dc '0-9\n' | tr '\n' ' ')" = '2 3 5 6 ' ]
			grep -q 'in:2:1: cannot cast "a" to integer at /x \[map.cast\]; in step 3' err
			# what is rejected first stops it
			RAP_BLOCK=$block run --separate-stderr rap-map -j$j -m m.yaml in
			[ "$status" = 65 ]
			[ "$output" = "$(head -2 want)" ]
			RAP_BLOCK=$block run --separate-stderr rap-map -j$j -m m.yaml --reject bad --max-rejects 2 in
			[ "$status" = 65 ]
			[[ "$stderr" == *'more than 2 records rejected [engine.rejects]'* ]]
			[ "$output" = "$(head -3 want)" ]
			[ "$(wc -l <bad)" = 3 ]
		done
	done
	# feeding the rejects back, mended, adds what was left out
	jq -c '.raw | fromjson? | .xs |= map(select(type == "number"))' bad >mended
	[ "$(cat in mended | grep -v '"[ab]"\|^{$' | rap-map -m m.yaml | jq .x | sort -n | tr '\n' ' ')" = '1 2 3 4 ' ]
}

@test "map: a million elements that fail behind dedupe are one reject" {
	python3 -c 'print("{\"a\":[" + ",".join(["1"] * 1000000) + "]}")
print("{\"a\":[true]}")' >in
	mapping <<-'EOF'
	steps:
	- explode: {path: a, as: it}
	- dedupe: {key: it}
	- fields: [{to: it, type: boolean}]
	EOF
	run -1 --separate-stderr rap-map -m m.yaml --reject bad in
	[ "$output" = '{"it":true}' ]
	[[ "$stderr" == *"in:1:1: cannot cast 1 to boolean at /it [map.cast]; say what"* ]]
	[ "$(wc -l <bad)" = 1 ]
}

@test "map: on_error: fail behind dedupe stops for what is kept only" {
	mapping <<-'EOF'
	steps:
	- dedupe: {key: id}
	- fields: [{to: v, type: integer, on_error: fail}]
	EOF
	printf '%s\n' '{"id":1,"v":1}' '{"id":1,"v":"x"}' '{"id":2,"v":2}' >in
	[ "$(rap-map -m m.yaml --reject bad in | wc -l)" = 2 ]
	[ ! -s bad ]
	printf '%s\n' '{"id":3,"v":"x"}' '{"id":4,"v":2}' >>in
	for block in 1 4MiB; do
		RAP_BLOCK=$block run --separate-stderr rap-map -m m.yaml --reject bad in
		[ "$status" = 65 ]
		[ "$output" = $'{"id":1,"v":1}\n{"id":2,"v":2}' ]
		[ "$(jq .line bad)" = 4 ]
	done
}

@test "map: a name twice is told with the files of both, pivoted or not" {
	mapping <<-'EOF'
	steps:
	- pivot: {key: [g, h], name: n, value: v}
	- pivot: {key: g, name: h, value: a}
	EOF
	printf '%s\n' '{"g":1,"h":"x","n":"a","v":1}' '{"g":1,"h":"x","n":"b","v":1}' >in
	printf '%s\n' '{"g":1,"h":"y","n":"a","v":2}' >more
	[ "$(rap-map -m m.yaml in more)" = '{"g":1,"x":1,"y":2}' ]
	printf '%s\n' '{"g":1,"h":"x","n":"b","v":5}' >twice
	for block in 1 4MiB; do
		RAP_BLOCK=$block run -65 rap-map -m m.yaml --reject bad in twice more
		[[ "$output" == 'rap-map: twice:1:1: the group {"g":1,"h":"x"} has "b" twice, first in in:2 [map.pivot];'* ]]
		[ "$(jq -c '[.source, .line]' bad)" = '["twice",1]' ]
		# rows that are alike: the second begins in twice
		RAP_BLOCK=$block run -65 rap-map -m m.yaml --reject bad in more twice
		[[ "$output" == 'rap-map: twice:1: the group {"g":1} has "x" twice, first in in:1 [map.pivot];'* ]]
		[ ! -s bad ]
	done
}

@test "map: what pivot made and a later step refuses ends the run, in its place" {
	mapping <<-'EOF'
	steps:
	- pivot: {key: g, name: n, value: v}
	- fields: [{to: a, type: integer}]
	EOF
	for g in 1 2 3 4; do
		printf '%s\n' "{\"g\":$g,\"n\":\"a\",\"v\":\"$g\"}" "{\"g\":$g,\"n\":\"b\",\"v\":$g}"
	done >in
	rap-map -m m.yaml in >want
	[ "$(tail -1 want)" = '{"g":4,"a":4,"b":4}' ]
	everywhere in
	sed 's/"3"/"x"/' in >odd
	for block in 1 100 4MiB; do
		RAP_BLOCK=$block run --separate-stderr -65 rap-map -m m.yaml --reject bad odd
		[ "$output" = "$(head -2 want)" ]
		[[ "$stderr" == 'rap-map: odd:5: cannot cast "x" to integer at /a [map.cast]; a record that pivot made'* ]]
		[ ! -s bad ]
	done
	# at the end of the input too
	head -6 odd >in
	run --separate-stderr -65 rap-map -m m.yaml in
	[[ "$stderr" == 'rap-map: in:5: cannot cast'* ]]
	# and on_error is heeded
	mapping <<-'EOF'
	steps:
	- pivot: {key: g, name: n, value: v}
	- fields: [{to: a, type: integer, on_error: null}]
	EOF
	[ "$(rap-map -m m.yaml odd | sed -n 3p)" = '{"g":3,"a":null,"b":3}' ]
}
