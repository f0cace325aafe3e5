# Every allocation, read, write, sync, rename and close fails once, at points
# spread over the run: the status is the right one, stdout an exact prefix of
# whole lines, and no file is half.  Needs RAP_FAULT: a debug build.
load ../helper
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
	for i in $(seq 400); do
		echo "{\"id\":$i,\"k\":\"k$((i % 7))\",\"v\":$((i % 100)).25}"
	done >data
	cat >schema.json <<-'SCHEMA'
	{"type":"object","required":["id"],"properties":{
	"k":{"type":"string","pattern":"^k[0-9]$"},"v":{"minimum":0}}}
	SCHEMA
	export RAP_BLOCK=1024
}

command_of() {
	case $1 in
	rap-fetch) echo rap-fetch - ;;
	rap-validate) echo rap-validate -s schema.json ;;
	rap-map) echo rap-map --drop v ;;
	rap-agg) echo "rap-agg -g k n=count() s=sum(v)" ;;
	rap-audit) echo rap-audit tap t --store store ;;
	esac
}

# calls KIND COMMAND...: how many there are in a run without faults.
calls() {
	kind=$1
	shift
	RAP_FAULT=count:1 "$@" <data 2>&1 >/dev/null |
	    awk -v k="$kind" '$1 == "fault" && $2 == k { print $3 }'
}

# points N: at most 40 of 1..N, the first ten and the last always.
points() {
	awk -v n="$1" 'BEGIN {
		step = n > 40 ? int((n - 10) / 30) + 1 : 1
		for (i = 1; i <= n; i += i < 10 ? 1 : step)
			print i
		if (n > 10 && (n - 10) % step)
			print n
	}'
}

prefix_of() { # WANT GOT
	[ ! -s "$2" ] && return
	head -c "$(wc -c <"$2")" "$1" | cmp -s - "$2" &&
	    [ "$(tail -c 1 "$2" | od -An -c | tr -d ' ')" = '\n' ]
}

# torture KIND STATUSES -jN: all five programs.  0 is right only with all the
# bytes: what failed was of no consequence (a cache, its own digest).
torture() {
	kind=$1 statuses=" $2 " jobs=$3
	for p in $(only rap-fetch rap-validate rap-map rap-agg rap-audit); do
		rm -rf store
		rap-audit init --store store >/dev/null
		set -- $(command_of $p) $jobs
		"$@" <data >want
		n=$(calls $kind "$@")
		[ "$n" -gt 0 ] || { echo "$p: no $kind at all"; return 1; }
		hits=0
		for i in $(points $n); do
			rc=0
			RAP_FAULT=$kind:$i "$@" <data >got 2>err || rc=$?
			[ $rc = 0 ] || hits=$((hits + 1))
			[[ $statuses == *" $rc "* ]] || {
				echo "$p $kind:$i of $n: status $rc"
				cat err
				return 1
			}
			prefix_of want got || {
				echo "$p $kind:$i of $n: stdout is no prefix"
				return 1
			}
			[ $rc != 0 ] || cmp want got || {
				echo "$p $kind:$i of $n: 0 and other bytes"
				return 1
			}
			[ $rc = 0 ] || [ -s err ] || {
				echo "$p $kind:$i of $n: $rc without a word"
				return 1
			}
		done
		[ $hits -gt 0 ] || { echo "$p: no $kind failed"; return 1; }
	done
}

@test "fault: each allocation that fails ends with 71 and a prefix" {
	torture alloc "0 71" -j1
}

@test "fault: each allocation in threads that fails ends the same way" {
	torture alloc "0 71" -j4
}

@test "fault: each read that fails ends with 74 or 66 and a prefix" {
	torture read "0 74 66" -j1
}

@test "fault: each write that fails ends with 74 and a prefix" {
	torture write "0 74" -j1
}

@test "fault: one byte reads and writes change nothing" {
	for p in $(only rap-fetch rap-validate rap-map rap-agg rap-audit); do
		rm -rf store
		rap-audit init --store store >/dev/null
		$(command_of $p) <data >want
		RAP_FAULT=short:1 $(command_of $p) <data >got
		cmp want got || { echo "$p differs"; return 1; }
	done
}

# Its keys do not fit in memory: files without a name are written and read.
# How often depends a little on the seed of their hashes, so that the last
# faults may come too late.
@test "fault: dedupe on disk ends with 74 and a prefix" {
	[[ " $(only rap-map) " == *rap-map* ]] || skip "no rap-map"
	printf 'rap: map/1\nsteps:\n- dedupe: {key: id, memory: 4KiB}\n- drop: v\n' >m.yaml
	awk 'BEGIN { for (i = 0; i < 9000; i++)
		printf "{\"id\":%d,\"v\":1}\n", i * 7919 % 8000 }' >data
	mkdir tmp
	export TMPDIR=$PWD/tmp RAP_BLOCK=65536
	rap-map -j1 -m m.yaml <data >want
	[ "$(wc -l <want)" = 8000 ]
	for kind in read write; do
		n=$(calls $kind rap-map -j1 -m m.yaml)
		[ "$n" -gt 9 ]
		for i in $(points $n); do
			rc=0
			RAP_FAULT=$kind:$i rap-map -j1 -m m.yaml <data >got 2>err || rc=$?
			[ $rc = 0 ] && [ $((i * 4)) -gt $((n * 3)) ] &&
			    cmp want got && continue
			[ $rc = 74 ] && [ -s err ] && prefix_of want got ||
			    { echo "$kind:$i of $n: $rc"; cat err; return 1; }
		done
	done
	[ -z "$(ls tmp)" ]
	RAP_FAULT=short:1 rap-map -j1 -m m.yaml <data | cmp - want
}

# Published files: fsync, rename and close fail; the old one stays.
@test "fault: a published file is the old or the new one" {
	for p in $(only rap-fetch rap-validate rap-map rap-agg); do
		$(command_of $p) <data >want
		for kind in fsync rename close write; do
			n=$(calls $kind $(command_of $p) -o kept)
			[ "$n" -gt 0 ] || { echo "$p: no $kind"; return 1; }
			for i in $(seq $((n > 12 ? 12 : n))); do
				echo old >kept
				rc=0
				RAP_FAULT=$kind:$i $(command_of $p) -o kept \
				    <data 2>err || rc=$?
				[[ " 0 73 74 " == *" $rc "* ]] || {
					echo "$p $kind:$i: status $rc"
					return 1
				}
				[ "$(cat kept)" = old ] || cmp want kept ||
				    { echo "$p $kind:$i: half"; return 1; }
				[ $rc != 0 ] || cmp want kept || return 1
				[ -z "$(find . -name '*kept*' ! -name kept)" ] ||
				    { ls -A; echo "$p $kind:$i"; return 1; }
			done
		done
	done
}

@test "fault: a log that cannot be written is said, and stays whole" {
	rap-audit init --store store >/dev/null
	rap-validate --store store <data >want
	for kind in write fsync; do
		n=$(calls $kind rap-validate --store store)
		for i in $(points $n); do
			rc=0
			RAP_FAULT=$kind:$i rap-validate --store store <data \
			    >got 2>err || rc=$?
			[ $rc != 0 ] || rap-audit verify --store store
			[[ " 0 73 74 " == *" $rc "* ]] ||
			    { echo "$kind:$i of $n: $rc"; cat err; return 1; }
			prefix_of want got
		done
	done
	# what is left can be appended to, and then verifies
	rap-validate --store store <data >/dev/null
	rap-audit verify --store store
}
