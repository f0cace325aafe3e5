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
	grep -q "cannot write to a temporary file: .* \[io.write\]; it is in .*TMPDIR names another directory" err
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
	[ -z "$(ls tmp)" ]
	kill -TERM "$pid"
	exec 7>&-
	wait "$pid" || status=$?
	[ "$status" = 143 ]
	[ -z "$(ls tmp)" ]
}
