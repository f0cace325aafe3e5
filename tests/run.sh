#!/bin/sh
# run.sh quick|all: run the tests, print what fails, end with the line
# "N passed, N failed" (", N skipped" where some were).  `make check` calls it.
#
#	quick	house rules, unit tests and bats of the build in O
#	all	that, the same under ASan+UBSan, the threads under TSan, and
#		60 seconds (FUZZ_SECONDS) of each fuzz target
set -u
cd "$(dirname "$0")/.." || exit 70
: "${O:=build}" "${SAN:=}" "${MAKE:=make}" "${BATS:=bats}"
: "${FUZZ_SECONDS:=60}"
unset MAKEFLAGS
work=$(mktemp -d) || exit 73
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
passed=0 failed=0 skipped=0
still= # a prefix for commands

say() {
	echo "== $*"
}

# count PASSED FAILED SKIPPED
count() {
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# one NAME COMMAND...: a check that passes or fails as a whole.
one() {
	what=$1
	shift
	if "$@" >"$work/out" 2>&1; then
		count 1 0 0
	else
		cat "$work/out"
		echo "failed: $what"
		count 0 1 0
	fi
}

# build DIR SANITIZERS: the programs and unit tests, or stop here.
build() {
	say "building $1${2:+ (-fsanitize=$2)}"
	if ! $MAKE -s -j"$(nproc)" O="$1" SAN="$2" check-build \
	    >"$work/out" 2>&1; then
		cat "$work/out"
		count 0 1 0
		finish
	fi
}

# units DIR: every unit test built there; its last line has its counts.
units() {
	for test in "$1"/unit/*; do
		[ -f "$test" ] && [ -x "$test" ] || continue
		$still "$test" >"$work/out" 2>&1
		status=$?
		last=$(tail -n 1 "$work/out")
		p=$(expr "$last" : '\([0-9][0-9]*\) passed, [0-9]* failed$')
		f=$(expr "$last" : '[0-9]* passed, \([0-9][0-9]*\) failed$')
		if [ -z "$p" ] || { [ "$status" != 0 ] && [ "$f" = 0 ]; }; then
			p=0 f=1
			echo "$test: ended with status $status"
		fi
		[ "$f" = 0 ] || cat "$work/out"
		count "$p" "$f" 0
	done
}

# bats_in DIR ARGUMENT...: bats with DIR's programs; prints what is not ok.
bats_in() {
	dir=$1
	shift
	jobs=
	command -v parallel >/dev/null 2>&1 && jobs="--jobs $(nproc)"
	RAP_BIN=$(cd "$dir" && pwd) RAP_SAN=$SAN \
	    $still $BATS $jobs --formatter tap "$@" </dev/null >"$work/tap" 2>&1
	status=$?
	p=$(grep -c '^ok ' "$work/tap")
	f=$(grep -c '^not ok ' "$work/tap")
	s=$(grep -c '^ok .* # skip' "$work/tap")
	awk '/^(not )?ok / || /^1\.\./ { show = /^not ok / } show' "$work/tap"
	if [ "$status" != 0 ] && [ "$f" = 0 ] || [ "$p" = 0 ]; then
		grep -v '^ok ' "$work/tap"
		echo "bats ended with status $status after $p tests"
		f=$((f + 1))
	fi
	grep '^ok .* # skip' "$work/tap" | sed 's/.*# skip *//' | sort |
	    uniq -c
	count $((p - s)) "$f" "$s"
}

# Each report of a sanitizer is a failure, whoever looked at the status; but a
# thread that ended while leaks were looked for is none.
reports() {
	for report in "$work"/san.*; do
		[ -e "$report" ] || continue
		grep -v '^==[0-9]*==Unable to get registers from thread' \
		    "$report" || continue
		count 0 1 0
		rm -f "$report"
	done
}

# Every target, as many at a time as there are processors.
fuzz() {
	targets=
	for target in tests/fuzz/*.c; do
		name=fuzz-$(basename "$target" .c)
		one "build of $name" $MAKE -s O="$O" "$O/$name"
		[ ! -x "$O/$name" ] || targets="$targets $name"
	done
	[ -n "$targets" ] || count 0 1 0 # nothing fuzzed is no success
	say "$FUZZ_SECONDS s of each:$targets"
	printf '%s\n' $targets | xargs -P "$(nproc)" -I '{}' sh -c "
	    tests/fuzz/run.sh $O/{} $FUZZ_SECONDS >$work/{}.log 2>&1 ||
	    mv $work/{}.log $work/{}.failed"
	for name in $targets; do
		one "$name" test ! -e "$work/$name.failed"
		[ ! -e "$work/$name.failed" ] || tail -n 40 "$work/$name.failed"
	done
}

finish() {
	tail=
	[ "$skipped" = 0 ] || tail=", $skipped skipped"
	echo "$passed passed, $failed failed$tail"
	[ "$failed" = 0 ]
	exit
}

export ASAN_OPTIONS="exitcode=99:log_path=$work/san"
export UBSAN_OPTIONS="exitcode=99:print_stacktrace=1:log_path=$work/san"
export TSAN_OPTIONS="exitcode=99:log_path=$work/san"

say "house rules"
one layers tests/layers.sh
one style tests/style.sh
one headers $MAKE -s O="$O" check-headers
build "$O" "$SAN"
say "unit tests"
units "$O"
say "bats"
bats_in "$O" tests $([ -z "$SAN" ] || echo tests/fault)
reports
[ "${1:-quick}" = all ] || finish

SAN=address,undefined
build "$O-asan" $SAN
# The suite ran with the fastest scanner; now with the reference.  The others
# meet the sanitizers in tests/unit/scan.c and tests/fuzz/kernels.c.
say "unit tests and bats under $SAN, scalar"
units "$O-asan"
RAP_TEST_CPU=scalar bats_in "$O-asan" tests tests/fault
reports
SAN=thread
# TSan of gcc 12 dies where addresses are very random.
setarch -R true 2>/dev/null && still="setarch -R"
build "$O-tsan" $SAN
say "threads under $SAN"
units "$O-tsan"
bats_in "$O-tsan" --filter thread tests
reports
still=
fuzz
finish
