# rap-audit: the log and what is done to it, taps, runs, exports.  e2e.bats
# has the whole pipelines; verify.py is a verifier written from the standards.
load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	rap-audit init
	export RAP_STORE=$PWD/.rap
	printf '{"a":%d,"b":"x"}\n' 1 2 3 >three
}

# Four taps: eight records.
fill() {
	for i in 1 2 3 4; do rap-audit tap t$i <three >/dev/null; done
}

# damaged WHERE CODE: verify ends with 1, names WHERE, says CODE.
damaged() {
	local rc=0
	rap-audit verify >said 2>&1 || rc=$?
	[ $rc = 1 ] || { echo "status $rc"; cat said; return 1; }
	grep -q "^rap-audit: .*$1.*\[$2\]" said || { cat said; return 1; }
	! grep -q intact said || false
}

# status WANT COMMAND...
status() {
	local want=$1 got=0
	shift
	"$@" 2>err || got=$?
	[ $got = "$want" ] || { echo "status $got: $*"; cat err; return 1; }
}

# --- the log ---

@test "audit: an empty store and a filled one are intact" {
	[ "$(rap-audit verify)" = "intact: 0 records, 0 runs, 0 objects" ]
	fill
	[ "$(rap-audit verify)" = "intact: 8 records, 0 runs, 0 objects" ]
	python3 "$root/tests/verify.py" .rap
}

@test "audit: lines swapped, doubled, put in, taken out or edited are seen" {
	fill
	cp .rap/log.ndjson good
	awk 'NR == 3 { held = $0; next } { print } NR == 4 { print held }' \
	    good >.rap/log.ndjson
	damaged 'log.ndjson:3:1' log.seq
	sed '3p' good >.rap/log.ndjson
	damaged 'log.ndjson:4:1' log.seq
	sed '5d' good >.rap/log.ndjson
	damaged 'log.ndjson:5:1' log.seq
	sed '4s/"stage":"t2"/"stage":"t9"/' good >.rap/log.ndjson
	damaged 'log.ndjson:5:1' log.chain
	sed '8s/"stage":"t4"/"stage":"t9"/' good >.rap/log.ndjson
	damaged 'log.ndjson:8:1' log.checkpoint
	sed '4s/"a/ "a/' good >.rap/log.ndjson
	damaged 'log.ndjson:4:1' log.form
	sed '4s/":3/":3.0/' good >.rap/log.ndjson
	damaged 'log.ndjson:4:' log.form
	cp good .rap/log.ndjson
	rap-audit verify
}

@test "audit: a log made anew with right hashes is not the one sealed" {
	fill
	forge -u 'log[3]["counts"]["read"] = 99'
	damaged 'log.ndjson:8:1' log.checkpoint
}

@test "audit: a damaged log takes no more records" {
	fill
	sed -i '4s/"stage":"t2"/"stage":"t9"/' .rap/log.ndjson
	rm .rap/state/head
	cp .rap/log.ndjson before
	status 1 rap-audit tap t <three >out
	grep -q 'log.ndjson:5:1.*\[log.chain\]' err
	cmp before .rap/log.ndjson
	[ ! -s out ]
}

@test "audit: a checkpoint that is gone or malformed is damage" {
	fill
	cp .rap/checkpoint good
	rm .rap/checkpoint
	damaged 'log.ndjson:9:1' log.checkpoint
	for text in '' 'x' 'o\n08\nabc\n' 'o\n8\n'; do
		printf "$text" >.rap/checkpoint
		damaged checkpoint log.checkpoint
	done
	{ cat good; echo; } >.rap/checkpoint
	damaged checkpoint log.checkpoint
	cp good .rap/checkpoint
	rap-audit verify
}

@test "audit: a log that was emptied or taken away is damage" {
	fill
	mv .rap/log.ndjson good
	damaged log.ndjson log.cut
	status 1 rap-audit init
	status 1 rap-audit tap t <three >out
	[ ! -e .rap/log.ndjson ]
	: >.rap/log.ndjson
	damaged 'log.ndjson:1:1' log.cut
	cp good .rap/log.ndjson
	rap-audit verify
}

@test "audit: a torn tail is damage until it is moved aside, and told" {
	fill
	size=$(wc -c <.rap/log.ndjson)
	printf '{"argv":["rap' >>.rap/log.ndjson
	damaged 'log.ndjson:9:1' log.torn
	rap-audit tap after <three 2>err | cmp - three
	[ "$(grep -c 'log.torn' err)" = 1 ]
	[ "$(cat .rap/log.ndjson.torn-$size)" = '{"argv":["rap' ]
	sed -n 9p .rap/log.ndjson |
	    jq -e '.torn.bytes == 13 and .torn.offset == '$size
	rap-audit verify
	python3 "$root/tests/verify.py" .rap
}

@test "audit: an unsealed record is told, and sealed by the next" {
	fill
	cp .rap/checkpoint old
	rap-audit tap late <three >/dev/null
	cp old .rap/checkpoint
	rap-audit verify 2>err | grep -q 'intact: 10 records'
	grep -q '2 records came after the checkpoint' err
	rap-audit tap next <three >/dev/null
	rap-audit verify 2>err
	[ ! -s err ]
}

@test "audit: many writers at once make one chain" {
	for i in $(seq 16); do
		for k in 1 2 3; do
			rap-audit tap w$i <three >/dev/null || echo failed >>bad
		done &
	done
	wait
	[ ! -e bad ]
	[ "$(rap-audit verify)" = "intact: 96 records, 0 runs, 0 objects" ]
	python3 "$root/tests/verify.py" .rap
}

@test "audit: killed writers leave a log that goes on" {
	for i in $(seq 30); do
		rap-audit tap killed <three >/dev/null 2>&1 &
		sleep 0.00$((i % 7))
		kill -9 $! 2>/dev/null || :
		wait $! 2>/dev/null || :
	done
	rap-audit tap after <three >/dev/null
	rap-audit verify
	python3 "$root/tests/verify.py" .rap
}

@test "audit: verify never takes a writer at work for damage" {
	(while [ ! -e stop ]; do rap-audit tap w <three >/dev/null; done) &
	for i in $(seq 40); do rap-audit verify -q >/dev/null; done
	touch stop
	wait
}

@test "audit: a locked store ends with 75" {
	python3 - <<'PY' &
import fcntl, struct, time
f = open('.rap/log.ndjson', 'rb+')
fcntl.fcntl(f, 37, struct.pack('hhqqi', fcntl.F_WRLCK, 0, 0, 0, 0))
open('locked', 'w')
time.sleep(30)
PY
	holder=$!
	while [ ! -e locked ]; do sleep 0.02; done
	export RAP_LOCK_WAIT=0
	status 75 rap-audit tap t <three >out
	grep -q '\[store.lock\]' err
	status 75 rap-audit verify
	kill $holder
	wait $holder || :
	rap-audit tap t <three | cmp - three
	rap-audit verify
}

@test "audit: a store that cannot grow ends with 74 and stays whole" {
	fill
	size=$(wc -c <.rap/log.ndjson)
	(
		ulimit -f $((size / 1024))
		status 74 rap-audit tap t <three >/dev/null
	)
	[ "$(wc -c <.rap/log.ndjson)" = "$size" ]
	rap-audit verify
}

@test "audit: a store that cannot be written ends with 73" {
	fill
	chmod a-w .rap/log.ndjson
	as= # root, too, is to heed the mode
	[ "$(id -u)" != 0 ] || as="setpriv --bounding-set=-dac_override"
	$as true || skip "cannot give up CAP_DAC_OVERRIDE"
	status 73 $as rap-audit tap t <three >out
	grep -q '\[io.create\]' err
	[ ! -s out ]
	$as rap-audit verify
}

# --- objects and streams ---

@test "audit: tiles that are changed, cut, gone or foreign are seen" {
	seq 1000 | rap-audit tap s >/dev/null
	tiles=$(echo .rap/streams/*.tiles)
	[ "$(wc -c <$tiles)" = 128 ]
	cp $tiles good
	chmod u+w $tiles
	printf '\0' | dd of=$tiles bs=1 seek=70 conv=notrunc 2>/dev/null
	damaged streams stream.root
	head -c 96 good >$tiles
	damaged streams stream.root
	rm $tiles
	damaged 'log.ndjson:2:1' stream.missing
	cp good $tiles
	touch .rap/streams/mine
	damaged streams/mine store.foreign
	rm .rap/streams/mine
	rap-audit verify
}

@test "audit: the tiles of a stream are those of its lines" {
	seq 1000 >in
	rap-audit tap s <in >/dev/null
	python3 - <<'PY'
import glob, hashlib
leaves = [hashlib.sha256(b'\0' + l).digest()
          for l in open('in', 'rb').read().split(b'\n')[:-1]]
def root(h):
    if len(h) == 1:
        return h[0]
    k = 1
    while k * 2 < len(h):
        k *= 2
    return hashlib.sha256(b'\1' + root(h[:k]) + root(h[k:])).digest()
name, = glob.glob('.rap/streams/*')
assert name == '.rap/streams/%s.tiles' % root(leaves).hex()
assert open(name, 'rb').read() == b''.join(
    root(leaves[i:i + 256]) for i in range(0, 1000, 256))
PY
}

@test "audit: captured inputs are kept as they were used, or told" {
	echo "{\"a\":9}" >changed
	rap-audit run --capture -- sh -c 'rap-agg "n=count()" three
	    rap-agg "n=count()" changed; echo >>changed' >/dev/null 2>err
	grep -q "changed:.*\[object.changed\]; not captured" err
	sum=$(sha256sum <three | cut -c1-64)
	cmp three .rap/objects/${sum:0:2}/${sum:2}
	rap-audit log --json | tail -1 |
	    jq -e '.kept == [{"path":"three","sha256":"'$sum'"}]'
	rap-audit verify
	rm -f .rap/objects/${sum:0:2}/${sum:2}
	damaged 'log.ndjson:6:1' object.missing
}

@test "audit: a command line past the line's limit is kept whole" {
	rap-audit run -- true $(seq 20000)
	head -1 .rap/log.ndjson | jq -e '.argv.object | length == 64'
	rap-audit show | sed -n 's/^  command //p' | grep -q ' 19999 20000$'
	[ "$(rap-audit verify)" = "intact: 2 records, 1 run, 1 object" ]
}

# --- taps ---

@test "audit: a tap passes any bytes and their root is right" {
	head -c 3000000 /dev/zero >long
	printf 'a\0b\r\n\xff\xfe\n\n\xef\xbb\xbf{"a":1}\nno end' >odd
	head -c 700000 /dev/urandom >random
	: >empty
	for f in long odd random empty three; do
		rap-audit tap $f <$f >out
		cmp $f out
		want=$(python3 "$root/tests/verify.py" --root $f)
		[ "$(rap-audit log --json | tail -1 | jq -r .in.root)" = $want ]
		rap-audit log --json | tail -1 | jq -e --arg sum \
		    "$(sha256sum <$f | cut -c1-64)" --arg n "$(wc -c <$f)" '
		    .out == (.in | del(.eof)) and .in.eof and
		    .in.sha256 == $sum and (.in.bytes | tostring) == $n'
	done
	rap-audit tap slow < <(printf 'a\nb'; sleep 0.1; printf 'c\nd') >out
	[ "$(cat out)" = "$(printf 'a\nbc\nd')" ]
	rap-audit log --json | tail -1 | jq -e \
	    '.in.records == 3 and (.in.final_lf | not)'
}

@test "audit: a tap answers line by line" {
	mkfifo in out
	rap-audit tap slow <in >out &
	exec 8>in 9<out
	for i in 1 2 3; do
		echo $i >&8
		read -r -t 5 line <&9
		[ "$line" = $i ]
	done
	exec 8>&- 9<&-
	wait
}

@test "audit: a tap whose reader stops dies of SIGPIPE, with its record" {
	set +o pipefail
	yes | { rap-audit tap y 2>err || echo $? >rc; } | head -1 >/dev/null
	[ "$(cat rc)" = 141 ]
	[ ! -s err ]
	rap-audit log --json | tail -1 | jq -e '.exit.signal == 13 and
	    .in.eof == false and .type == "rap/stage/1"'
}

@test "audit: a signal ends a tap, with its record" {
	mkfifo in
	for sig in INT TERM HUP; do
		rc=0
		rm -f out
		env --default-signal=INT rap-audit tap s <in >out &
		exec 8>in
		echo 1 >&8
		while [ ! -s out ]; do sleep 0.02; done
		kill -$sig $!
		wait $! || rc=$?
		exec 8>&-
		[ $rc = $((128 + $(kill -l $sig))) ]
		rap-audit log --json | tail -1 | jq -e \
		    '.exit.signal == '$(kill -l $sig)' and .in.records == 1'
	done
	rap-audit verify
}

@test "audit: without a store a tap is a copy" {
	unset RAP_STORE
	(cd / && rap-audit tap t) <three | cmp - three
	[ "$(wc -c <.rap/log.ndjson)" = 0 ]
	RAP_STORE=nowhere status 66 rap-audit tap t <three
	grep -q 'store.absent.*rap-audit init' err
}

@test "audit: a tap finds the store upwards, and dies with its record" {
	unset RAP_STORE
	mkdir -p a/b
	(cd a/b && rap-audit tap up) <three | cmp - three
	rap-audit log --json | tail -1 | jq -e '.stage == "up"'
	set +o pipefail
	yes | (cd a && rap-audit tap y) | head -1 >/dev/null
	rap-audit log --json | tail -1 | jq -e '.exit.signal == 13 and
	    .stage == "y" and .type == "rap/stage/1"'
}

# --- runs ---

# Enough that no pipe and no block holds all of it.
many() {
	seq 1 300000 | sed 's/.*/{"n":&,"z":"&"}/' >many
}

@test "audit: what was read of a file is recorded when a stage dies early" {
	many
	set +o pipefail
	for p in 'rap-map --keep n' rap-validate 'rap-map -j 2 --drop z' \
	    rap-fetch; do
		$p many | head -1 >/dev/null
		rap-audit log --json | tail -1 >record
		jq -e '.exit.signal == 13 and (.files | length) == 1 and
		    (.files[0] | .role == "input" and .path == "many" and
		    .eof == false and .bytes > 0) and
		    (has("in") | not) or .in.eof == false' record
		n=$(jq .files[0].bytes record)
		[ "$n" -lt "$(wc -c <many)" ]
		[ "$(head -c "$n" many | sha256sum | cut -c1-64)" = \
		    "$(jq -r .files[0].sha256 record)" ]
	done
}

@test "audit: of several files the whole and the opened ones are recorded" {
	many
	set +o pipefail
	for j in 1 3; do
		rap-map -j $j --keep n many many three | head -1 >/dev/null
		rap-audit log --json | tail -1 >record
		jq -e '.in.eof == false and (.files | length) >= 1 and
		    ([.files[] | select(.eof != false)] | length) < 3' record
		jq -r '.files[] | "\(.path) \(.bytes) \(.sha256)"' record |
		while read -r path bytes sum; do
			[ "$(head -c $bytes $path | sha256sum | cut -c1-64)" \
			    = "$sum" ]
		done
	done
	cp three four
	echo '{"a"' >bad
	status 65 rap-map --keep a three bad four >/dev/null
	rap-audit log --json | tail -1 | jq -e '.files[0].path == "three" and
	    (.files[0] | has("eof") | not) and .files[1].path == "bad" and
	    .in.eof == false'
	rap-map --keep a three four >/dev/null
	rap-audit log --json | tail -1 | jq -e '.in.eof and
	    (.files | map(has("eof")) | any | not)'
	status 66 rap-map --keep a three nowhere >/dev/null
	rap-audit log --json | tail -1 | jq -e '.files[0].path == "three" and
	    (.files | length) == 1 and .in.eof == false'
}

@test "audit: a file that was read in part is captured whole" {
	many
	rap-audit run --capture -- sh -c \
	    'rap-map --keep n many | head -1' >/dev/null 2>err
	[ ! -s err ]
	sum=$(sha256sum <many | cut -c1-64)
	cmp many .rap/objects/${sum:0:2}/${sum:2}
	rap-audit log --json | tail -1 | jq -e --arg sum $sum \
	    '.kept | length == 1 and .[0].path == "many" and
	    .[0].sha256 == $sum and .[0].read != $sum'
	rap-audit verify
	rap-audit run --capture -- sh -c 'rap-map --keep n many | head -1
	    sed -i 1s/1/2/ many' >/dev/null 2>err
	grep -q 'many: its first bytes are not.*\[object.changed\]' err
}

@test "audit: outputs and rejects are recorded as files" {
	echo '{"a"' >bad
	status 1 rap-map --keep a three bad three -o out --reject rej
	rap-audit log --json | tail -1 >record
	for f in out,output rej,reject; do
		jq -e --arg path "${f%,*}" --arg role "${f#*,}" \
		    --arg sum "$(sha256sum <"${f%,*}" | cut -c1-64)" \
		    --argjson n "$(wc -c <"${f%,*}")" '.files[] |
		    select(.path == $path) == {path: $path, role: $role,
		    sha256: $sum, bytes: $n}' record
	done
	status 1 rap-fetch three bad --format ndjson -o out2 --reject rej2
	rap-audit log --json | tail -1 | jq -e \
	    --arg sum "$(sha256sum <rej2 | cut -c1-64)" \
	    '.files | map(select(.role == "reject"))[0].sha256 == $sum'
	rap-audit tap t -o tapped <three
	rap-audit log --json | tail -1 | jq -e '.files == [{path: "tapped",
	    role: "output", bytes: .out.bytes, sha256: .out.sha256}]'
	status 65 rap-map --keep a bad -o never
	rap-audit log --json | tail -1 | jq -e \
	    '.files | map(.role) | index("output") == null'
}

@test "audit: a stage that failed within a run that did not is told" {
	rap-audit run --name weak -- sh -c \
	    'rap-fetch nowhere 2>/dev/null | rap-agg "n=count()"' >out 2>err
	grep -q '^rap-audit: stage rap-fetch ended with 66 \[run.stage\];' err
	grep -q 'pipefail' err
	[ "$(wc -l <err)" = 1 ]
	rap-audit verify 2>&1 >/dev/null | grep -q \
	    '1 stage ended with an exit other than 0 \[run.stage\]'
	rap-audit export --format audit | jq -e '.exit == 0 and .complete and
	    (.records | map(.exit)) == [66, 0]'
	rap-audit run -q -- sh -c 'rap-fetch nowhere 2>/dev/null; :' 2>err
	[ ! -s err ]
	# The command that ended so itself has said why.
	status 66 rap-audit run -- rap-fetch nowhere
	! grep -q run.stage err
	many
	rap-audit run -- sh -c 'rap-map --keep n many | head -1' >out 2>err
	[ ! -s err ]
}

@test "audit: a stage that failed before it read anything is told, too" {
	local map what
	while IFS='|' read -r map what; do
		rm -rf .rap
		rap-audit init
		rap-audit run -- sh -c "rap-map $map three | rap-agg 'n=count()'" >out 2>err
		[ "$(cat out)" = '{"n":0}' ]
		grep -q "^rap-audit: stage $what \[run.stage\];" err
		rap-audit show >shown
		[ "$(grep -c '^stage' shown)" = 2 ]
		grep -q "status    exit ${what##* }" shown
		rap-audit verify 2>/dev/null
		[[ $map == *' -o '* ]] || rap-replay verify last 2>/dev/null
	done <<-'END'
	-m absent.yaml|rap-map ended with 66
	--where 'a = 1'|rap-map ended with 78
	--frob --stage x|rap-map ended with 64
	--stage x --frob|x ended with 64
	--keep a -o three|rap-map ended with 64
	END
	# Outside of a run the failure has nobody to tell of it later.
	rm -rf .rap
	rap-audit init
	! rap-map --where 'a = 1' three 2>/dev/null || false
	[ ! -s .rap/log.ndjson ]
}

@test "audit: a body that was fetched is kept by a run that captures" {
	mkdir www
	cp three www/three.ndjson
	python3 -u -m http.server --bind 127.0.0.1 --directory www 0 \
	    >port 2>/dev/null &
	server=$!
	while ! grep -q port port; do sleep 0.05; done
	port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' port)
	url=http://127.0.0.1:$port/three.ndjson
	rap-audit run -- rap-fetch "$url" >out
	[ -z "$(find .rap/objects -type f)" ]
	rap-audit run --capture -- rap-fetch "$url" >out 2>err
	kill $server
	cmp out three
	[ ! -s err ]
	sum=$(sha256sum <three | cut -c1-64)
	cmp three .rap/objects/${sum:0:2}/${sum:2}
	rap-audit log --json | jq -sce '[.[] | select(.type == "rap/stage/1")] |
	    .[-1].files[0].kept'
	rap-audit verify
}

@test "audit: run ends as its command does, and says so" {
	unset RAP_STORE
	status 0 rap-audit run -- true
	status 3 rap-audit run -- sh -c 'exit 3'
	status 143 rap-audit run -- sh -c 'kill -TERM $$'
	status 127 rap-audit run -- no-such-command
	status 126 rap-audit run -- .
	rap-audit log --json | jq -sce 'map(select(.type == "rap/end/1").exit) ==
	    [{code:0,signal:0},{code:3,signal:0},{code:0,signal:15},
	     {code:127,signal:0},{code:126,signal:0}]'
	rap-audit verify | grep -q '10 records, 5 runs'
}

@test "audit: run records what ran, where, in what" {
	rap-audit run --name job sh -c 'echo $RAP_STORE $RAP_RUN
	    rap-audit run -- true; cd /; rap-audit tap in' <three >out
	read -r store run <out
	[ "$store" = "$(realpath .rap)" ]
	rap-audit log --json | jq -sce --arg run "$run" --arg cwd "$(realpath .)" '
	    .[0].type == "rap/run/1" and .[0].name == "job" and
	    .[0].run == $run and .[0].cwd == $cwd and .[0].argv[0] == "sh" and
	    .[1].parent == $run and
	    .[3].run == $run and .[3].type == "rap/begin/1" and
	    .[4].begin == 3 and .[4].cwd == "/" and
	    .[5].type == "rap/end/1" and .[5].run == $run'
	sum=$(sha256sum <"$(command -v rap-audit)" | cut -c1-64)
	rap-audit log --json | jq -sce --arg sum $sum \
	    'all(has("exe") | not or .exe.sha256 == $sum)' ||
	rap-audit log --json | jq -sce --arg sum $sum \
	    'map(select(.exe)) | all(.exe.sha256 == $sum)'
}

@test "audit: a signal sent to run alone reaches the command" {
	rc=0
	rap-audit run -- sh -c 'trap "echo got; exit 5" TERM; echo up
	    while :; do sleep 0.05; done' >out &
	while ! grep -q up out; do sleep 0.02; done
	kill -TERM $!
	wait $! || rc=$?
	[ $rc = 5 ]
	grep -q got out
	rap-audit log --json | tail -1 | jq -e '.exit.code == 5'
}

@test "audit: a run that was killed stays visible" {
	rap-audit run -- sh -c 'echo $PPID >pid; rap-audit tap t' \
	    < <(echo 1; sleep 1) >/dev/null &
	while [ "$(wc -l <.rap/log.ndjson)" -lt 2 ]; do sleep 0.02; done
	kill -9 $(cat pid)
	wait || :
	rap-audit verify >said 2>err
	grep -q 'intact' said
	grep -q '1 run and . stages\? began and did not end.*\[run.abandoned\]' err
}

@test "audit: a command starts with SIGPIPE as it should be" {
	rap-audit run -- sh -c 'yes | head -1' >/dev/null 2>err
	[ ! -s err ]
	(
		trap '' PIPE
		rap-audit run -- bash -c 'yes | head -1; exit ${PIPESTATUS[0]}'
	) >/dev/null 2>err || rc=$?
	[ "$rc" = 141 ]
}

@test "audit: stores are found upwards, and told when there is none" {
	unset RAP_STORE
	mkdir -p a/b
	cd a/b
	rap-audit run -- true
	rap-audit verify | grep -q 2.records
	cd /
	status 66 rap-audit verify
	grep -q '\[store.absent\]; rap-audit init makes one' err
	status 66 rap-audit verify "$BATS_TEST_TMPDIR/a"
	rap-audit verify "$BATS_TEST_TMPDIR/.rap"
	rap-audit --store "$BATS_TEST_TMPDIR/.rap" verify
	rap-audit verify --store "$BATS_TEST_TMPDIR/.rap"
}

# --- reports ---

@test "audit: show tells the edges between the stages" {
	rap-audit run --name edges -- sh -c 'cat three | rap-audit tap raw |
	    rap-map --keep a | rap-audit tap mid | rap-agg "n=count()"' >/dev/null
	rap-audit show >said
	sed -n '/^edges/,$p' said >edges
	grep -q '^  raw -> rap-map (3 records, ' edges
	grep -q '^  rap-map -> mid -> rap-agg (3 records, ' edges
	[ "$(wc -l <edges)" = 3 ]
	id=$(sed -n 's/^run //p' said)
	rap-audit show $id | cmp - said
	rap-audit show ${id:0:30} | cmp - said
	status 66 rap-audit show ffff
	grep -q '\[run.absent\]' err
	rap-audit run -- true
	status 64 rap-audit show ${id:0:2}
	grep -q '\[run.ambiguous\]' err
}

@test "audit: show folds many files of a directory, but with -v" {
	mkdir maps
	for i in 1 2 3 4 5; do
		printf 'rap: map/1\nunmapped: keep\n' >maps/m$i.yaml
	done
	steps() {
		{ printf 'rap: map/1\nsteps:\n'; printf -- '- use: maps/m%d.yaml\n' "$@"; } >m.yaml
	}
	steps 1 2 3 4 5
	rap-audit run -- rap-map -m m.yaml three >/dev/null
	rap-audit show >said
	[ "$(grep -c '^  config .*maps: 5 files$' said)" = 1 ]
	[ "$(grep -c '^  config ' said)" = 2 ]
	[ "$(grep -c 'maps/m' said)" = 0 ]
	rap-audit show -v >said
	[ "$(grep -c '^  config .*maps/m[1-5].yaml$' said)" = 5 ]
	for i in 1 2 3 4 5; do
		grep -A1 "maps/m$i.yaml" said |
		    grep -q "sha256  $(sha256sum <maps/m$i.yaml | cut -c1-64)"
	done
	[ "$(grep -c 'files$' said)" = 0 ]
	# four are not many
	steps 1 2 3 4
	rap-audit run -- rap-map -m m.yaml three >/dev/null
	[ "$(rap-audit show | grep -c '^  config .*maps/m')" = 4 ]
	# and inputs are what a run is about
	for i in 1 2 3 4 5 6; do cp three in$i; done
	rap-audit run -- rap-map --keep a in? >/dev/null
	rap-audit show >said
	for i in 1 2 3 4 5 6; do grep -q "in$i\$" said; done
}

@test "audit: show tells what was left out, and what never ended" {
	printf '{"a":9}\n{"a"\n' >more
	rap-audit run -- rap-map --where 'a < 3' three more --reject rej \
	    >out 2>/dev/null || [ $? = 1 ]
	rap-audit show >said
	grep -q '^  rejected  1 records$' said
	grep -q '^  filtered  2 records$' said
	grep -q '^  reject    rej$' said
	run_killed
	rap-audit show | grep -A2 '^stage stuck (record ' |
	    grep -q '  status    began and did not end'
	rap-audit export --format audit | jq -e '.complete == false'
}

@test "audit: a command is shown as a shell takes it" {
	rap-audit run -- printf '%s|' a 'b c' "it's" '' 'x$y' 'a\b' \
	    $'tab\there\\n' ü >out
	words=$(rap-audit show | sed -n 's/^  command   //p')
	[ "$(bash -c "$words")" = "$(cat out)" ]
	long=$(printf 'x y%.0s' $(seq 1000))
	rap-audit run -- true "$long"
	rap-audit show | grep -qF "  command   true '$long'"
}

@test "audit: stages outside of a run are shown as -" {
	status 66 rap-audit show -
	rap-audit tap out-there <three >/dev/null
	rap-audit run -- rap-map --keep a three >/dev/null
	rap-audit show - >said
	grep -q '^stages outside of a run$' said
	grep -q '^stage out-there (record 1)$' said
	! grep -q rap-map said
	status 64 rap-audit export --format audit -
}

@test "audit: verify takes the directory above, says more, tells once" {
	rap-audit run --capture -- sh -c \
	    'rap-map --keep a three; rap-map --keep b three' >/dev/null
	(unset RAP_STORE; rap-audit verify . && cd / && rap-audit verify "$OLDPWD")
	rap-audit verify -v 2>&1 >/dev/null | grep -q 'objects (1)'
	rap-audit run --capture -- rap-map --keep a three >/dev/null
	rm -f .rap/objects/*/*
	damaged log.ndjson object.missing
	[ "$(grep -c object.missing said)" = 1 ]
}

@test "audit: foreign bytes in a report are escaped" {
	rap-audit run --name $'\e[31mred\nline' -- true
	rap-audit log >said
	rap-audit show >>said
	! grep -q $'\e' said || false
	grep -q '\\x1b\[31mred\\nline' said
}

@test "audit: export has the mapping, turned round, and is repeatable" {
	printf 'rap: map/1\nfields:\n' >m.yaml
	printf '  - {to: %s}\n' 'x, from: a' 'y, from: a' 'z, from: b' >>m.yaml
	rap-audit run -- rap-map -m m.yaml three >out
	rap-audit export --format audit >one
	rap-audit export --format audit -o two
	cmp one two
	jq -e --arg in "sha256:$(sha256sum <three | cut -c1-64)" \
	    --arg out "sha256:$(sha256sum <out | cut -c1-64)" '
	    keys == ["adapter","complete","exit","records","run_id",
		"timestamp"] and .complete and .exit == 0 and
	    .adapter == "rap-map" and (.records | length) == 1 and
	    .records[0] == {input_hash: $in, output_hash: $out,
		field_mapping: {a: ["x","y"], b: "z"},
		reconciliation_confidence: 1, exit: 0}' one
}

@test "audit: export of a damaged log is refused" {
	rap-audit run -- rap-agg 'n=count()' three >/dev/null
	sed -i '2s/rap-agg/rap-agh/' .rap/log.ndjson
	status 1 rap-audit export --format audit -o out
	[ ! -e out ]
	status 1 rap-audit show
	status 1 rap-audit log
}

@test "audit: words that mean nothing end with 64" {
	status 64 rap-audit
	status 64 rap-audit verfy
	grep -q "did you mean 'verify'" err
	status 64 rap-audit run
	status 64 rap-audit tap
	status 64 rap-audit tap a b
	status 64 rap-audit verify --capture
	status 64 rap-audit run --json -- true
	status 64 rap-audit export
	status 64 rap-audit export --format xml
	status 64 rap-audit log --no-such
}

@test "audit: a well-made log with odd records is read and never trusted" {
	cat >odd.py <<'PY'
import base64, hashlib, json, random, sys
random.seed(int(sys.argv[1]))
H = lambda b: hashlib.sha256(b).digest()
odd = [None, True, 0, -5, 2**53 - 1, '', 'x', 'a' * 64, '\x1b[2J\n', [], {},
       [1, 'two', None, {'path': 3, 'role': 'input', 'kept': True}],
       {'bytes': 1, 'object': '0' * 64}, {'code': 'x', 'signal': 99},
       {'records': 'many', 'bytes': [], 'root': 7, 'sha256': None},
       {'records': 10**9, 'bytes': 1, 'root': '/../../x', 'sha256': 'g'},
       [{'to': 1, 'from': 'a'}, {'to': 'b', 'from': [[], 'c'],
        'confidence': 'high'}, {'to': 'd', 'from': 'c', 'confidence': '0.5'}]]
run = '01a1f7a0-7808-7afc-8f9e-14d00b366d65'
names = ['run', 'name', 'stage', 'argv', 'in', 'out', 'files', 'exit', 'kept',
         'mapping', 't0', 't1', 'begin', 'cwd', 'counts', 'torn', 'program']
types = ['rap/run/1', 'rap/begin/1', 'rap/stage/1', 'rap/end/1', 'odd']
leaves, out, last = [], b'', H(b'')
for seq in range(12):
    r = {'type': random.choice(types + [odd[0], 5]), 'run': run}
    if seq == 0:
        r['type'] = 'rap/run/1'
    for n in random.sample(names, random.randrange(len(names))):
        r[n] = random.choice(odd)
    if random.random() < .7 or seq == 0:
        r['run'] = run
    r.update(seq=seq, prev=last.hex())
    line = json.dumps(r, sort_keys=True, ensure_ascii=False,
                      separators=(',', ':')).encode()
    last = H(b'\0' + line)
    leaves.append(last)
    out += line + b'\n'
def root(h):
    if len(h) == 1:
        return h[0]
    k = 1
    while k * 2 < len(h):
        k *= 2
    return H(b'\1' + root(h[:k]) + root(h[k:]))
open('.rap/log.ndjson', 'wb').write(out)
open('.rap/checkpoint', 'w').write('odd\n12\n%s\n' %
    base64.b64encode(root(leaves)).decode())
PY
	for seed in $(seq 15); do
		python3 odd.py $seed
		for verb in verify log show 'export --format audit'; do
			rc=0
			rap-audit $verb >out 2>err || rc=$?
			[[ " 0 1 66 " == *" $rc "* ]] || {
				echo "seed $seed, $verb: status $rc"
				cat err
				false
			}
			! grep -q $'\e' out err || false
			! grep -q '\[log\.' err || false
		done
	done
}

@test "audit: a root that is no digest cannot drive a terminal" {
	forge '
odd = {"bytes": 1, "records": "\x9b2J", "root": "\x1b[2J"}
log[:] = [{"type": "rap/run/1", "run": run},
          {"type": "rap/stage/1", "run": run, "stage": "a", "out": odd},
          {"type": "rap/stage/1", "run": run, "stage": "b", "in": odd},
          {"type": "rap/end/1", "run": run}]'
	rap-audit show last >out
	grep -q 'a -> b' out
	! grep -q $'\e' out || false
	! grep -q $'\xc2\x9b' out || false
}

@test "audit: a store with links or FIFOs in it is refused with 77" {
	rap-audit init st
	rap-audit run --store st -- true
	echo precious >victim
	cp -r st good
	for name in log.ndjson checkpoint state/head; do
		rm -rf st
		cp -r good st
		rm -f "st/$name"
		ln -s "$PWD/victim" "st/$name"
		run timeout 10 rap-audit tap t --store st <victim
		[ "$status" -eq 77 ] || [ "$name" = state/head ]
		[ "$(cat victim)" = precious ]
		rm -f "st/$name"
		mkfifo "st/$name"
		run timeout 10 rap-audit verify st
		[ "$status" -eq 77 ] || [ "$name" = state/head ]
		[ "$status" -ne 124 ]
	done
}

@test "audit: a checkpoint whose origin is no name is damage" {
	rap-audit init st
	rap-audit run --store st -- true
	sed -i '1s/^./\x01/' st/checkpoint
	run rap-audit verify st
	[ "$status" -eq 1 ]
	[[ "$output" == *"[log.checkpoint]"* ]]
}
