# Whole pipelines: recorded, verified, tampered with, replayed.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	for i in $(seq 300); do
		echo "{\"driver\":$((i % 5)),\"speed\":$((i * 7 % 331))," \
		    "\"lap\":$((i / 60))}"
	done >cars.ndjson
}

table="rap-validate cars.ndjson | rap-map --drop lap |
    rap-agg -g driver 'n=count()' 'top=max(speed)'"

recorded() { # a store with one run in it
	rap-audit init --store store >/dev/null
	rap-audit run --store store -- sh -c "$table" >out
}

@test "e2e: a run gives what the pipeline gives" {
	sh -c "$table" >want
	recorded
	cmp want out
	python3 - >independent <<-'PY'
	import json
	rows = {}
	for line in open("cars.ndjson"):
	    r = json.loads(line)
	    rows.setdefault(r["driver"], []).append(r["speed"])
	for d in sorted(rows):
	    print('{"driver":%d,"n":%d,"top":%d}' % (
	        d, len(rows[d]), max(rows[d])))
	PY
	cmp independent out
}

@test "e2e: the log is a chain that another program verifies too" {
	recorded
	rap-audit verify --store store >said
	grep -q intact said
	python3 "$root/tests/verify.py" store
}

@test "e2e: stages connect by roots that another program computes too" {
	recorded
	rap-validate cars.ndjson >1
	rap-map --drop lap 1 >2
	log=store/log.ndjson
	root_of() {
		python3 "$root/tests/verify.py" --root "$1"
	}
	stage() { # PROGRAM in|out
		jq -r --arg p "$1" "select(.type == \"rap/stage/1\" and
		    .program == \$p) | .$2.root" $log
	}
	[ "$(stage rap-validate out)" = "$(root_of 1)" ]
	[ "$(stage rap-map in)" = "$(root_of 1)" ]
	[ "$(stage rap-map out)" = "$(root_of 2)" ]
	[ "$(stage rap-agg in)" = "$(root_of 2)" ]
	[ "$(stage rap-agg out)" = "$(root_of out)" ]
	jq -e -s '[.[] | select(.type == "rap/stage/1") | .counts |
	    .read == .passed + .rejected + .filtered] | length == 3 and all' \
	    $log
}

@test "e2e: every flipped byte of the log is seen, at its line" {
	recorded
	log=store/log.ndjson
	cp $log keep
	size=$(wc -c <$log)
	for at in $(seq 3 97 $((size - 1))); do
		cp keep $log
		python3 - $log $at <<-'PY'
		import sys
		path, at = sys.argv[1], int(sys.argv[2])
		b = bytearray(open(path, "rb").read())
		b[at] ^= 1
		open(path, "wb").write(b)
		PY
		line=$(($(head -c $at keep | tr -cd '\n' | wc -c) + 1))
		rc=0
		rap-audit verify --store store >said 2>&1 || rc=$?
		[ $rc = 1 ] || { echo "byte $at: $rc"; cat said; return 1; }
		grep -Eq "log.ndjson:$line(:|\b)" said ||
		    grep -Eq "log.ndjson:$((line + 1))(:|\b)" said ||
		    { echo "byte $at: not line $line"; cat said; return 1; }
	done
}

@test "e2e: a log without its last line, or a part of it, is seen" {
	recorded
	log=store/log.ndjson
	cp $log keep
	n=$(wc -l <keep)
	head -n -1 keep >$log
	rc=0
	rap-audit verify --store store >said 2>&1 || rc=$?
	[ $rc = 1 ]
	grep -q "log.ndjson:$n\|log.ndjson:$((n - 1))" said || {
		cat said
		false
	}
	head -c -1 keep >$log
	rc=0
	rap-audit verify --store store >said 2>&1 || rc=$?
	[ $rc = 1 ]
	head -c -20 keep >$log
	rc=0
	rap-audit verify --store store >said 2>&1 || rc=$?
	[ $rc = 1 ]
	grep -q "log.ndjson:$n" said
}

@test "e2e: a flipped byte of a captured object is seen, by its name" {
	recorded
	for object in $(find store/objects -type f); do
		cp "$object" keep
		chmod u+w "$object"
		python3 - "$object" <<-'PY'
		import sys
		b = bytearray(open(sys.argv[1], "rb").read())
		b[len(b) // 2] ^= 1
		open(sys.argv[1], "wb").write(b)
		PY
		rc=0
		rap-audit verify --store store >said 2>&1 || rc=$?
		[ $rc = 1 ] || { echo "$object: $rc"; cat said; return 1; }
		grep -q "$(basename "$object")" said
		cp keep "$object"
	done
	rap-audit verify --store store
}

@test "e2e: a replay reproduces, and says where it does not" {
	recorded
	rap-replay --store store verify last >said
	grep -q reproduced said
	sed -i '150s/"speed":/"speed":1/' cars.ndjson
	rc=0
	rap-replay --store store verify last >said 2>&1 || rc=$?
	[ $rc = 1 ] || { echo "status $rc"; cat said; false; }
	! grep -q '^reproduced' said || false
}

@test "e2e: | head is recorded as an exact prefix" {
	seq 200000 | sed 's/.*/{"n":&}/' >many.ndjson
	rap-audit init --store store >/dev/null
	rap-audit run --store store -- sh -c \
	    'rap-validate many.ndjson | head -3' >out || :
	[ "$(cat out)" = "$(head -3 many.ndjson)" ]
	rap-audit verify --store store
	jq -e -s 'any(.[]; .type == "rap/stage/1" and .out.records >= 3)' \
	    store/log.ndjson
}

@test "e2e: export gives the audit file, record by record" {
	recorded
	rap-audit export --format audit --store store -o audit.json
	jq -e '(.run_id | type == "string") and (.timestamp | type == "string")
	    and has("adapter") and (.records | length > 0) and
	    all(.records[]; has("input_hash") and has("output_hash") and
	    has("field_mapping") and has("reconciliation_confidence"))' \
	    audit.json
}

@test "e2e: secrets do not reach the log" {
	rap-audit init --store store >/dev/null
	SECRET_TOKEN=hunter2 rap-audit run --store store -- sh -c \
	    'rap-fetch cars.ndjson | rap-validate' >/dev/null
	rap-fetch 'http://u:hunter2@127.0.0.1:9/x?token=hunter2' --store store \
	    >/dev/null 2>err || :
	! grep -rq hunter2 store || false
	! grep -q hunter2 err || false
}

@test "e2e: ten tenths are one, and prices sum to the cent" {
	for i in 1 2 3 4 5 6 7 8 9 10; do echo '{"x":0.1}'; done |
	    rap-agg 's=sum(x)' >out
	[ "$(cat out)" = '{"s":1}' ]
	"$RAP_BIN/generate-events" 20000 |
	    rap-agg 's=sum(properties.revenue)' >out
	"$RAP_BIN/generate-events" 20000 | python3 -c '
import json, sys
from decimal import Decimal
s = sum(json.loads(l, parse_float=Decimal)["properties"].get("revenue", 0)
        for l in sys.stdin)
print("{\"s\":%s}" % s.normalize())' >want
	cmp want out
}

@test "e2e: shuffled input aggregates to the same bytes" {
	"$RAP_BIN/generate-events" 20000 >events
	rap-agg -g event_type 'n=count()' 's=sum(properties.revenue)' \
	    'm=mean(properties.duration)' 'lo=min(properties.score)' \
	    'hi=max(properties.score)' events >want
	for seed in 1 2 3; do
		shuf --random-source=<(yes $seed) events |
		    rap-agg -j$seed -g event_type 'n=count()' \
		    's=sum(properties.revenue)' \
		    'm=mean(properties.duration)' \
		    'lo=min(properties.score)' 'hi=max(properties.score)' >out
		cmp want out
	done
	python3 - events >independent <<-'PY'
	import json, sys
	from decimal import Decimal
	from fractions import Fraction
	g = {}
	for line in open(sys.argv[1]):
	    r = json.loads(line, parse_float=Decimal)
	    g.setdefault(r["event_type"], []).append(r["properties"])
	for k in sorted(g):
	    def col(name):
	        return [p[name] for p in g[k] if name in p]
	    d, s = col("duration"), col("score")
	    mean = float(sum(map(Fraction, d)) / len(d)) if d else None
	    print(json.dumps({"event_type": k, "n": len(g[k]),
	        "s": float(sum(col("revenue"))) or 0, "m": mean,
	        "lo": min(s) if s else None, "hi": max(s) if s else None}))
	PY
	jq -c . independent >a
	jq -c . out >b
	diff a b
}

@test "e2e: examples/f1 gives its expected table" {
	make -s -C "$root/examples/f1" BIN="$RAP_BIN" \
	    OUT="$BATS_TEST_TMPDIR/f1" check
}

@test "e2e: examples/nhl gives its expected plays and table" {
	make -s -C "$root/examples/nhl" BIN="$RAP_BIN" \
	    OUT="$BATS_TEST_TMPDIR/nhl" check
}

@test "e2e: the demo prints the table, intact, reproduced, and the audit" {
	make -s -C "$root/examples/f1" BIN="$RAP_BIN" \
	    OUT="$BATS_TEST_TMPDIR/f1" demo >said
	head -20 said | cmp - "$root/examples/f1/expected.ndjson"
	grep -q intact said
	grep -q reproduced said
	jq -e '.records | length > 0' \
	    "$BATS_TEST_TMPDIR/f1/reproducibility_audit.json"
}

@test "e2e: the real game: 295 plays, 254 kept, names joined" {
	need_shared data/nhl/2024021015.json
	game=$shared/data/nhl/2024021015.json
	rap-fetch "$game" --records "" | rap-validate -s nhl-play-by-play.json |
	    rap-map -m nhl.yaml --stats stats >plays
	[ "$(wc -l <plays)" = 254 ]
	python3 "$root/examples/nhl/expected.py" plays <"$game" >want
	jq -cS . want >a
	jq -cS . plays >b
	diff a b
	! jq -r .team_name plays | grep -qvx 'Penguins\|Wild' || false
	[ "$(jq -s '[.[] | select(.event_type_code == "GOAL")] | length' \
	    plays)" = 4 ]
}

# What is recorded is what crossed, however odd: the roots and digests of a
# stage against tests/verify.py's own computation.
stream_matches() { # FILE MEMBER
	rap-audit log --json --store store | tail -n 1 >record
	jq -r ".$2 | [.records, .bytes, .sha256, .root] | map(tostring) |
	    join(\" \")" record >said
	python3 - "$1" >right <<'PY'
import hashlib, sys
d = open(sys.argv[1], 'rb').read()
lines = d.split(b'\n')
if lines[-1] == b'': lines.pop()
def tree(l):
    if len(l) == 0: return hashlib.sha256(b'').digest()
    if len(l) == 1: return hashlib.sha256(b'\0' + l[0]).digest()
    k = 1
    while k * 2 < len(l): k *= 2
    return hashlib.sha256(b'\1' + tree(l[:k]) + tree(l[k:])).digest()
print(len(lines), len(d), hashlib.sha256(d).hexdigest(), tree(lines).hex())
PY
	diff said right
}

@test "e2e: lines past the limit are hashed whole, as they were read" {
	python3 -c 'print("1\n\"%s\"\n2\n[\"%s\"]\n3" % ("x" * 5000, "y" * 9999))' >in
	rap-audit init store
	for block in 1 100 4096 4MiB; do
		run env RAP_BLOCK=$block rap-validate --store store -j4 \
		    --max-line 1KiB --reject bad in
		[ "$status" -eq 1 ]
		stream_matches in in
		printf '1\n2\n3\n' >out
		stream_matches out out
		[ "$(jq -r '.files[0].sha256' record)" = \
		    "$(sha256sum <in | cut -d ' ' -f 1)" ]
	done
}

@test "e2e: an input that passes unchanged is hashed once, and right" {
	seq 1000 >in
	rap-audit init store
	rap-validate --store store -j4 in >out
	cmp in out
	stream_matches in in
	stream_matches out out
	# Unchanged at first, then not.
	{ seq 20000; printf '{"a":1}\r\n\n'; seq 500; printf 7; } >in
	RAP_BLOCK=64KiB rap-validate --store store -j2 in >out
	stream_matches in in
	stream_matches out out
	[ "$(wc -l <out)" -eq 20502 ]
}

@test "e2e: roots are the same however they are hashed" {
	# Lines of 0 to 3000 bytes, some bad; no last LF.
	python3 -c '
import json
for i in range(4000):
    print(json.dumps({"id": i, "drop": i % 3, "text": "x" * (i * i % 97)
        if i % 50 else "y" * (i % 3000)}), end="\n" if i < 3999 else "")
    if i % 700 == 5:
        print("{\"cut\":")' >data
	# One that changes every record, and one that leaves some out.
	for filter in 'rap-map --drop drop' rap-validate; do
		$filter --reject bad data >out 2>/dev/null || [ $? = 1 ]
		for f in data out; do
			python3 "$root/tests/verify.py" --root $f
			sha256sum <$f | cut -c 1-64
		done >want
		for cpu in "$RAP_CPU" scalar; do
			for how in '1 262144' '3 262144' '1 1000' '3 1000'; do
				rm -rf store
				rap-audit init --store store >/dev/null
				RAP_CPU=$cpu RAP_BLOCK=${how#* } $filter \
				    -j${how% *} --store store --reject bad \
				    <data >again 2>/dev/null || [ $? = 1 ]
				cmp out again
				jq -r 'select(.type == "rap/stage/1") |
				    .in, .out | .root, .sha256' \
				    store/log.ndjson >got
				diff want got
			done
		done
	done
}

@test "e2e: an input that was left in its last file was not read to its end" {
	echo '{"a":1}' >first
	printf '{"a":2}\nbad\n' >second
	rap-audit init store
	run rap-validate --store store first second
	[ "$status" -eq 65 ]
	[ "$(tail -n 1 store/log.ndjson | jq .in.eof)" = false ]
	rap-validate --store store first first >out
	[ "$(tail -n 1 store/log.ndjson | jq .in.eof)" = true ]
}
