# The contract all six programs share, row by row: statuses, the prefix law,
# one diagnostic line, the same bytes whatever the machine does.  A row that
# fails names the program.
load helper

# The least each filter needs to do something with records on stdin.
filters="rap-fetch rap-validate rap-map rap-agg rap-audit"
parsers="rap-fetch rap-validate rap-map rap-agg"
streams="rap-fetch rap-validate rap-map rap-audit"
all="$filters rap-replay"

setup() {
	cd "$BATS_TEST_TMPDIR"
	printf '{"a":%d,"b":"x"}\n' 1 2 3 >three
}

# filter PROGRAM ARGUMENT...: the program with its least command line.
filter() {
	local program=$1
	shift
	case $program in
	rap-fetch) [ $# != 0 ] && [ -e "${!#}" ] || set -- "$@" - ;;
	rap-map) set -- --drop absent "$@" ;;
	rap-agg) set -- "$@" -g a 'n=count()' ;;
	rap-audit) set -- tap t "$@" ;;
	esac
	"$program" "$@"
}

# least PROGRAM: that command line, as words.
least() {
	case $1 in
	rap-fetch) echo rap-fetch - ;;
	rap-map) echo rap-map --drop absent ;;
	rap-agg) echo 'rap-agg n=count()' ;;
	rap-audit) echo rap-audit tap t ;;
	*) echo "$1" ;;
	esac
}

wrong() {
	echo "$*"
	[ ! -s err ] || sed 's/^/stderr: /' err
	return 1
}

# expect STATUS PROGRAM WHAT: compare with $got.
expect() {
	[ "$got" = "$1" ] || wrong "$2: $3: status $got and not $1"
}

# one_line PROGRAM CODE: stderr is one diagnostic of the program, with CODE.
one_line() {
	[ "$(grep -c "^$1: " err)" = 1 ] || wrong "$1: no single diagnostic"
	grep -q "\[$2\]" err || wrong "$1: no [$2]"
}

# --- files and pipes that fail (rows 36 to 47) ---

@test "matrix: a full device ends with 74 and one line" {
	for p in $(only $filters); do
		got=0
		filter $p <three >/dev/full 2>err || got=$?
		expect 74 $p "/dev/full"
		one_line $p io.write
	done
}

@test "matrix: a closed stdout ends with 74" {
	for p in $(only $filters); do
		got=0
		filter $p <three 2>err >&- || got=$?
		expect 74 $p ">&-"
		one_line $p io.write
	done
}

@test "matrix: a closed stdin ends with 66 and writes nothing" {
	for p in $(only $filters); do
		got=0
		filter $p 2>err <&- >out || got=$?
		expect 66 $p "<&-"
		[ ! -s out ] || wrong "$p: wrote something"
	done
}

@test "matrix: with 0 to 2 closed no data file becomes stdout" {
	for p in $(only $filters); do
		got=0
		(filter $p -o kept <three >&- 2>&- <&-) || got=$?
		[ "$got" = 66 ] || [ "$got" = 74 ] || wrong "$p: status $got"
		rm -f kept
	done
}

@test "matrix: | head -1 is silent and dies of the signal" {
	yes '{"a":1,"b":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}' |
	    head -200000 >many
	for p in $(only $streams); do
		set +e
		(filter $p <many 2>err; echo $? >status) | head -1 >out
		set -e
		got=$(cat status)
		expect 141 $p "| head -1"
		[ ! -s err ] || wrong "$p: not silent"
		[ "$(wc -l <out)" = 1 ]
	done
}

@test "matrix: | head -1 with SIGPIPE ignored ends with 74 and says so" {
	yes '{"a":1,"b":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}' |
	    head -200000 >many
	for p in $(only $streams); do
		set +e
		(trap '' PIPE; filter $p <many 2>err; echo $? >status) |
		    head -1 >out
		set -e
		got=$(cat status)
		expect 74 $p "EPIPE"
		one_line $p io.pipe
	done
}

@test "matrix: help and version on a full device end with 74" {
	for p in $(only $all); do
		for o in -h --help -V --version; do
			got=0
			$p $o >/dev/full 2>err || got=$?
			expect 74 $p "$o >/dev/full"
		done
	done
}

@test "matrix: help and version end with 0 and name the program" {
	for p in $(only $all); do
		for o in -h --help -V --version; do
			got=0
			$p $o >out 2>err </dev/null || got=$?
			expect 0 $p "$o"
			grep -q "$p" out || wrong "$p $o: does not say $p"
			[ ! -s err ] || wrong "$p $o: stderr"
		done
	done
}

@test "matrix: an unknown option ends with 64 and reads nothing" {
	for p in $(only $all); do
		got=0
		{
			$p --no-such-option >out 2>err || got=$?
			cat >left
		} <three
		expect 64 $p "--no-such-option"
		one_line $p usage.option
		[ ! -s out ] || wrong "$p: wrote something"
		cmp -s three left || wrong "$p: read its input"
	done
}

@test "matrix: a long unknown argument ends with 64, on one line" {
	long=--$(head -c 100000 /dev/zero | tr '\0' x)
	for p in $(only $all); do
		got=0
		$p "$long" >out 2>err </dev/null || got=$?
		expect 64 $p "100 kB option"
		[ "$(wc -c <err)" -lt 2000 ] || wrong "$p: long diagnostic"
	done
}

@test "matrix: an input that is not there, or a directory, ends with 66" {
	mkdir dir
	for p in $(only rap-validate rap-map rap-agg rap-fetch); do
		for f in absent dir; do
			got=0
			case $p in
			rap-fetch) rap-fetch ./$f >out 2>err || got=$? ;;
			*) filter $p ./$f >out 2>err </dev/null || got=$? ;;
			esac
			expect 66 $p "input ./$f"
			[ "$(wc -l <err)" = 1 ] || wrong "$p: not one line"
		done
	done
}

@test "matrix: -o into a directory that is not there ends with 73" {
	for p in $(only $filters); do
		got=0
		filter $p -o no/such/file <three >out 2>err || got=$?
		expect 73 $p "-o no/such/file"
	done
}

@test "matrix: output = input ends with 64 and leaves it as it was" {
	for p in $(only $parsers); do
		cp three same
		got=0
		filter $p -o same same >out 2>err || got=$?
		expect 64 $p "-o same same"
		cmp three same || wrong "$p: the input has changed"
		got=0
		filter $p --stats same same >out 2>err || got=$?
		expect 64 $p "--stats same same"
		cmp three same || wrong "$p: --stats took the input"
		got=0
		(ulimit -f 1000; filter $p same >>same 2>err) || got=$?
		expect 64 $p "same >>same"
		cmp three same || wrong "$p: the input has changed (>>)"
	done
}

@test "matrix: two options that name one file end with 64" {
	for p in $(only $parsers); do
		for o in "--reject ./x" "--stats $PWD/x"; do
			rm -f x
			got=0
			filter $p -o x $o three >out 2>err || got=$?
			expect 64 $p "-o x $o"
			one_line $p io.samefile
			[ ! -e x ] || wrong "$p: -o x $o: made x"
		done
	done
}

@test "matrix: -o keeps the mode of the old file" {
	for p in $(only $filters); do
		echo old >kept
		chmod 600 kept
		filter $p -o kept <three
		[ "$(stat -c %a kept)" = 600 ] || wrong "$p: wider mode"
		filter $p <three | cmp - kept
	done
}

@test "matrix: a file limit during -o ends with 74, the old file stays" {
	yes '{"a":1,"b":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}' |
	    head -20000 >many
	for p in $(only $streams); do
		echo old >kept
		got=0
		(ulimit -f 64; trap '' XFSZ
		filter $p -o kept <many 2>err) || got=$?
		expect 74 $p "ulimit -f, ignored"
		got=0
		(ulimit -f 64; filter $p -o kept <many 2>err) || got=$?
		expect 74 $p "ulimit -f"
		[ "$(cat kept)" = old ] || wrong "$p: the old file is gone"
		rm -f kept
		[ -z "$(find . -newer many -type f ! -name err)" ] ||
		    wrong "$p: left $(find . -newer many -type f)"
	done
}

@test "matrix: a full disk during -o ends with 74, the old file stays" {
	unshare -rm true 2>/dev/null || skip "no user namespaces here"
	mkdir disk
	yes '{"a":1,"b":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}' |
	    head -20000 >many
	export -f filter
	for p in $(only $streams); do
		unshare -rm bash -c '
		mount -t tmpfs -o size=64k none disk || exit 0
		echo old >disk/kept
		got=0
		filter '$p' -o disk/kept <many 2>err || got=$?
		[ $got = 74 ] || { echo "'$p': status $got"; exit 1; }
		[ "$(ls -A disk)" = kept ] || { ls -A disk; exit 1; }
		[ "$(cat disk/kept)" = old ]'
	done
}

@test "matrix: -o publishes the same bytes as stdout" {
	for p in $(only $filters); do
		filter $p <three >out
		filter $p -o file <three >nothing
		cmp out file || wrong "$p: differs"
		[ ! -s nothing ] || wrong "$p: stdout as well"
		rm file
	done
}

# --- what a line may be (rows 1 to 35) ---

@test "matrix: an empty input is complete and fine" {
	for p in $(only $streams); do
		got=0
		filter $p </dev/null >out 2>err || got=$?
		expect 0 $p "empty stdin"
		[ ! -s out ] && [ ! -s err ] || wrong "$p: says something"
	done
	[ "$(rap-agg 'n=count()' </dev/null)" = '{"n":0}' ]
}

@test "matrix: blank lines are skipped, and counted for positions" {
	for p in $(only $parsers); do
		got=0
		printf '\n  \n\t\r\n' | filter $p >out 2>err || got=$?
		expect 0 $p "blank lines"
		[ ! -s out ] || wrong "$p: output for blank lines"
		got=0
		printf '\n\n{"a":tru}\n' | filter $p >out 2>err || got=$?
		expect 65 $p "error after blank lines"
		grep -q ':3:' err || wrong "$p: not line 3"
	done
}

@test "matrix: a last line without its line feed is a line" {
	for p in $(only $filters); do
		filter $p <three >want
		head -c -1 three | filter $p >out
		[ $p = rap-audit ] && truncate -s -1 want
		cmp want out || wrong "$p: differs"
	done
}

@test "matrix: CRLF is read, LF is written" {
	sed 's/$/\r/' three >crlf
	for p in $(only $parsers); do
		filter $p <three >want
		filter $p <crlf >out
		cmp want out || wrong "$p: differs"
	done
	for p in $(only rap-audit); do
		rap-audit tap t <crlf | cmp - crlf
	done
}

@test "matrix: a byte order mark begins an input, and nothing else" {
	(printf '\357\273\277'; cat three) >bom
	for p in $(only $parsers); do
		filter $p <three >want
		got=0
		filter $p <bom >out 2>err || got=$?
		expect 0 $p "BOM"
		cmp want out || wrong "$p: differs"
		got=0
		cat three bom | filter $p >out 2>err || got=$?
		expect 65 $p "a BOM in the middle"
		one_line $p json.bom
	done
	for p in $(only rap-audit); do
		rap-audit tap t <bom | cmp - bom
	done
}

# refused CODE BYTES: in line 2 of 3, by all who parse, with the prefix out.
refused() {
	printf '{"a":1}\n' >first
	(cat first; printf "$2"; printf '\n'; cat first) >bad
	for p in $(only $parsers); do
		got=0
		filter $p <bad >out 2>err || got=$?
		expect 65 $p "$2"
		one_line $p "$1"
		grep -q ':2:' err || wrong "$p: $2: not line 2"
		[ $p = rap-agg ] || cmp -s first out ||
		    wrong "$p: $2: stdout is no prefix"
	done
}

@test "matrix: half a value is json.trunc" {
	refused json.trunc '{"a":'
	refused json.trunc '"abc'
	refused json.trunc '[1,2'
	refused json.trunc '{"a":tru'
}

@test "matrix: control bytes and NUL are json.ctrl" {
	refused json.ctrl '\000'
	refused json.ctrl '{"a":"\000"}'
	refused json.ctrl '{"a":"x\ty"}'
	refused json.ctrl '{"a":"\001"}'
}

@test "matrix: what is not UTF-8 is json.utf8" {
	refused json.utf8 '{"a":"\377"}'
	refused json.utf8 '{"a":"\300\257"}'
	refused json.utf8 '{"a":"\355\240\200"}'
	refused json.utf8 '{"a":"\364\220\200\200"}'
	refused json.utf8 '{"a":"\374\200\200\200\200\257"}'
}

@test "matrix: lone surrogates are json.surrogate" {
	refused json.surrogate '{"a":"\\ud800"}'
	refused json.surrogate '{"a":"\\udc00\\ud800"}'
	refused json.surrogate '{"a":"\\ud83dx"}'
}

@test "matrix: a name used twice is json.dupkey, escaped or not" {
	refused json.dupkey '{"a":1,"a":2}'
	refused json.dupkey '{"a":1,"\\u0061":2}'
	refused json.dupkey '{"x":{"a":1,"b":2,"a":3}}'
}

@test "matrix: what is not a number is refused" {
	for n in 01 +1 .5 1. 0x1 1e 1e+ -; do
		printf '{"a":1}\n{"a":%s}\n' "$n" >bad
		for p in $(only $parsers); do
			got=0
			filter $p <bad >out 2>err || got=$?
			expect 65 $p "$n"
		done
	done
	refused json.syntax '{"a":NaN}'
	refused json.syntax '{"a":Infinity}'
	refused json.numlimit '{"a":1e1234567890123456789}'
}

@test "matrix: two values on a line are json.trail" {
	refused json.trail '{"a":1}{"a":2}'
	refused json.trail '{"a":1} {"a":2}'
}

@test "matrix: gzip fed by mistake is named, not parsed" {
	gzip -c three >bad
	for p in $(only rap-validate rap-map rap-agg); do
		got=0
		filter $p <bad >out 2>err || got=$?
		expect 65 $p gzip
		one_line $p json.magic
		[ ! -s out ] || wrong "$p: wrote something"
	done
}

@test "matrix: depth 1024 is read, 1025 and ten million are json.depth" {
	deep() { # DEPTH
		python3 -c "import sys
n = $1 - 1
print('{\"a\":' + '[' * n + ']' * n + '}')"
	}
	for p in $(only rap-validate rap-map); do
		got=0
		deep 1024 | filter $p >out 2>err || got=$?
		expect 0 $p "depth 1024"
		got=0
		deep 1025 | filter $p >out 2>err || got=$?
		expect 65 $p "depth 1025"
		one_line $p json.depth
		got=0
		head -c 10000000 /dev/zero | tr '\0' '[' |
		    filter $p >out 2>err || got=$?
		expect 65 $p "10 M ["
		one_line $p json.depth
	done
}

@test "matrix: a line of 16 MiB is read, one byte more is refused" {
	python3 -c 'print("{\"a\":\"" + "x" * ((16 << 20) - 8) + "\"}")' >full
	[ "$(wc -c <full)" = $(((16 << 20) + 1)) ]
	(cat three; sed 's/x"/xx"/' full; cat three) >over
	for p in $(only rap-validate rap-map); do
		filter $p <full | cmp - full || wrong "$p: changes it"
		got=0
		filter $p <over >out 2>err || got=$?
		expect 65 $p "16 MiB + 1"
		cmp three out || wrong "$p: stdout is no prefix"
		grep -q ':4:' err || wrong "$p: not line 4"
		got=0
		filter $p --reject bad <over >out 2>err || got=$?
		expect 1 $p "16 MiB + 1, --reject"
		cat three three | cmp - out || wrong "$p: no resync"
	done
}

@test "matrix: a byte order mark is no part of the longest line" {
	python3 -c 'print("\ufeff{\"a\":\"" + "x" * 2040 + "\"}", end="")' >full
	[ "$(wc -c <full)" -eq 2051 ]
	for p in $(only rap-validate rap-map); do
		got=0
		{ cat full; sleep 0.2; echo; } |
		    filter $p --max-line 2KiB >out 2>err || got=$?
		expect 0 $p "a line cut off its line feed"
		{ cat full; echo; } | filter $p --max-line 2KiB | cmp - out
	done
}

@test "matrix: a line without an end does not take memory" {
	[ -z "$RAP_SAN" ] || skip "a sanitizer needs address space"
	for p in $(only rap-validate rap-map rap-agg); do
		got=0
		(ulimit -v 400000
		head -c 600000000 /dev/zero | tr '\0' x |
		    filter $p -j1 >out 2>err) || got=$?
		expect 65 $p "600 MB without a line feed"
	done
}

@test "matrix: a million names in an object take no quadratic time" {
	python3 -c 'print("{" + ",".join("\"k%d\":0" % i
    for i in range(1000000)) + "}")' >wide
	for p in $(only rap-validate rap-map); do
		timeout 60 bash -c "$(declare -f filter); filter $p <wide" |
		    cmp - wide || wrong "$p: changes it or is too slow"
	done
}

@test "matrix: numbers and escapes pass as they were spelt" {
	cat >odd <<-'LINES'
	{"n":[12345678901234567890,1.000000000000000005,1e400,123e-10000000]}
	{"n":[-0,-0.0e5,1.10,1E+2],"s":"\u0000\/\u00e9\ud83d\ude02"}
	{"z":[ 1 , 2 ],"a":{ "b" : "\u0041" }}
	LINES
	printf '{"\303\251":"NFC","e\314\201":"NFD"}\n' >>odd
	for p in $(only $streams); do
		filter $p <odd >out
		cmp odd out || wrong "$p: changes a spelling"
	done
}

@test "matrix: ten megabytes of digits pass in linear time" {
	(printf '{"a":'; head -c 10000000 /dev/zero | tr '\0' 7
	printf '}\n') >digits
	for p in $(only rap-validate rap-map); do
		timeout 30 bash -c "$(declare -f filter); filter $p <digits" |
		    cmp - digits || wrong "$p: changes it or is too slow"
	done
	got=0
	rap-agg 's=sum(a)' <digits >out 2>err || got=$?
	expect 65 rap-agg "a sum of it"
	one_line rap-agg num.limit
}

@test "matrix: a top-level scalar is JSON, and no record" {
	for p in $(only rap-validate); do
		[ "$(echo 3 | rap-validate)" = 3 ] || wrong "$p: a scalar"
	done
	for p in $(only rap-map rap-agg); do
		got=0
		echo 3 | filter $p >out 2>err || got=$?
		expect 65 $p "a scalar"
	done
}

@test "matrix: a diagnostic is one line without foreign control bytes" {
	name=$'ev\n\033[2Jil'
	for p in $(only rap-validate rap-map rap-agg); do
		printf '{"\033[2J\302\233\342\200\256":1}\n' >"$name"
		got=0
		filter $p "$name" >out 2>err || got=$?
		expect 65 $p "hostile names"
		[ "$(wc -l <err)" -le 2 ] || wrong "$p: forged lines"
		! LC_ALL=C grep -q $'[\001-\010\013-\037\177]' err ||
		    wrong "$p: control bytes"
		! LC_ALL=C grep -q $'\302\233\|\342\200\256' err ||
		    wrong "$p: C1 or direction marks"
	done
}

# --- the same bytes (rows 41, 66 to 69) ---

sample() { # LINES
	python3 - "$1" <<-'PY'
	import json, sys
	x = 7
	for i in range(int(sys.argv[1])):
	    x = (x * 1103515245 + 12345) % (1 << 31)
	    r = {"a": x % 13, "b": "é😂" * (x % 5), "price": x % 1000 / 100,
	         "nested": {"list": [1, {"k": None}], "t": True}}
	    if x % 3 == 0: r["extra"] = "\u0000\t\"\\"
	    print(json.dumps(r, ensure_ascii=x % 2 == 0))
	PY
}

@test "matrix: threads and block sizes change no byte" {
	sample 3000 >data
	for p in $(only $filters); do
		filter $p -j1 <data >want
		for j in 1 2 8 64; do
			for block in 1 7 4096 65536 4194304; do
				RAP_BLOCK=$block filter $p -j$j <data >out ||
				    wrong "$p -j$j RAP_BLOCK=$block: $?"
				cmp want out ||
				    wrong "$p -j$j RAP_BLOCK=$block"
			done
		done
	done
}

@test "matrix: how the pipe is cut changes no byte" {
	sample 40 >data
	for p in $(only $filters); do
		filter $p <data >want
		for n in 1 2 3 5 13 67; do
			dd if=data bs=$n 2>/dev/null | filter $p >out
			cmp want out || wrong "$p: writes of $n bytes"
		done
	done
}

@test "matrix: a slow producer is answered line by line" {
	for p in $(only $streams); do
		mkfifo pipe
		rm -f out
		filter $p <pipe >out &
		pid=$!
		exec 7>pipe
		head -1 three >&7
		for i in $(seq 100); do
			[ -s out ] && break
			sleep 0.1
		done
		first=$(wc -l <out)
		tail -2 three >&7
		exec 7>&-
		wait $pid
		rm pipe
		[ "$first" = 1 ] || wrong "$p: waits for more"
		cmp three out || wrong "$p: differs"
	done
}

@test "matrix: locale, time zone and umask change no byte" {
	sample 200 >data
	for p in $(only $filters); do
		filter $p <data >want
		for l in de_DE.UTF-8 tr_TR.UTF-8 C POSIX; do
			LC_ALL=$l TZ=Asia/Kathmandu filter $p <data >out
			cmp want out || wrong "$p: LC_ALL=$l"
		done
		(umask 077; filter $p -o private <data)
		cmp want private || wrong "$p: umask"
		[ "$(stat -c %a private)" = 600 ] || wrong "$p: mode"
		rm private
	done
}

@test "matrix: the scalar kernel gives the same bytes" {
	sample 300 >data
	for p in $(only $filters); do
		filter $p <data >want
		RAP_CPU=scalar filter $p <data >out || wrong "$p: $?"
		cmp want out || wrong "$p: RAP_CPU=scalar"
	done
}

@test "matrix: an error in record 5 stops exactly before it" {
	sample 20000 | sed '5s/$/,/' >data
	head -4 data >four
	for p in $(only rap-validate rap-map rap-fetch); do
		filter $p <four >want
		for j in 1 8; do
			got=0
			filter $p -j$j <data >out 2>err || got=$?
			expect 65 $p "record 5 bad, -j$j"
			[ "$(wc -l <err)" -le 2 ] || wrong "$p: more errors"
			grep -q ':5:' err || wrong "$p: not line 5"
			cmp want out || wrong "$p -j$j: not four lines"
		done
	done
}

# --- rejects, counts, signals ---

@test "matrix: --reject goes on, ends with 1, and can be driven again" {
	(head -1 three; echo '{"a":nul}'; tail -2 three) >data
	for p in $(only rap-validate rap-map rap-agg); do
		filter $p <three >want
		got=0
		filter $p --reject bad --stats stats <data >out 2>err ||
		    got=$?
		expect 1 $p --reject
		cmp want out || wrong "$p: differs"
		[ "$(jq -r .raw bad)" = '{"a":nul}' ] || wrong "$p: raw"
		jq -e '.line == 2 and .code == "json.syntax"' bad ||
		    wrong "$p: $(cat bad)"
		jq -e '.read == 4 and .passed == 3 and .rejected == 1 and
		    .read == .passed + .rejected + .filtered' stats ||
		    wrong "$p: $(cat stats)"
		rm bad stats
	done
}

@test "matrix: bytes that are no text are kept as raw64" {
	printf '{"a":"\377"}\n' >data
	for p in $(only rap-validate rap-map rap-agg); do
		got=0
		filter $p --reject bad <data >out 2>err || got=$?
		expect 1 $p --reject
		jq -r .raw64 bad | base64 -d >raw
		printf '{"a":"\377"}' | cmp - raw || wrong "$p: $(cat bad)"
		rm bad
	done
}

@test "matrix: more rejects than --max-rejects stop with 65" {
	yes '{"a":nul}' | head -50 >data
	for p in $(only rap-validate rap-map rap-agg); do
		got=0
		filter $p --reject bad --max-rejects 50 <data >out 2>err ||
		    got=$?
		expect 1 $p "50 of 50"
		got=0
		filter $p --reject bad --max-rejects 49 <data >out 2>err ||
		    got=$?
		expect 65 $p "50 of 49"
		grep -q 'engine.rejects' err || wrong "$p: not said why"
		[ "$(grep -c json.syntax err)" -le 21 ] ||
		    wrong "$p: a flood of alike lines"
	done
}

@test "matrix: SIGTERM and SIGINT end whole lines and die of the signal" {
	for p in $(only $streams); do
		for s in 15 2; do
			mkfifo pipe
			rm -f out
			exec 7<>pipe
			# what bash runs with & ignores SIGINT
			python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' $(least $p) <pipe >out 2>err 7>&- &
			pid=$!
			cat three >&7
			for i in $(seq 100); do
				[ -s out ] && break
				sleep 0.1
			done
			kill -$s $pid
			for i in $(seq 200); do
				kill -0 $pid 2>/dev/null || break
				sleep 0.1
			done
			! kill -9 $pid 2>/dev/null ||
			    wrong "$p: signal $s: still there"
			got=0
			wait $pid || got=$?
			exec 7>&-
			rm pipe
			expect $((128 + s)) $p "signal $s"
			cmp three out || wrong "$p: signal $s: lines lost"
		done
	done
}

@test "matrix: --explain knows the codes it prints" {
	for p in $(only $all); do
		for code in json.utf8 json.dupkey io.write usage.option; do
			got=0
			$p --explain $code >out 2>err || got=$?
			expect 0 $p "--explain $code"
			[ "$(wc -c <out)" -gt 40 ] || wrong "$p: $code: short"
		done
		got=0
		$p --explain no.such >out 2>err || got=$?
		expect 64 $p "--explain no.such"
	done
}

@test "matrix: --diag json is one object a line" {
	echo '{"a":nul}' >data
	for p in $(only rap-validate rap-map rap-agg); do
		filter $p --diag json <data >out 2>err || :
		jq -e '.code == "json.syntax" and .line == 1' err ||
		    wrong "$p: --diag json"
	done
}

@test "matrix: start-up takes milliseconds" {
	[ -z "$RAP_SAN" ] || skip "a sanitizer is slow to start"
	for p in $(only $filters); do
		# of the processor: the machine may be busy
		ms=$(python3 -c 'import resource, subprocess, sys
for i in range(10):
    subprocess.run(sys.argv[1:], stdin=open("three"), check=True,
                   stdout=subprocess.DEVNULL)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(int((use.ru_utime + use.ru_stime) * 100))' $(least $p) -j1)
		[ "$ms" -le 20 ] || wrong "$p: $ms ms"
	done
}
