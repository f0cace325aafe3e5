# rap-fetch: the formats against python3's readers, and HTTP against a server
# on the loopback that misbehaves as it is told.  Every request is bounded.
load helper
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_TMPDIR"
}

teardown() {
	[ -z "${server_in:-}" ] || exec {server_in}>&-
}

# serve [CERTIFICATE]: start a server in ./srv; $url is its address.
serve() {
	mkdir srv && mkfifo srv/in
	python3 "$root/tests/http_server.py" srv "$@" <srv/in 3>&- &
	exec {server_in}>srv/in
	for _ in $(seq 200); do
		[ ! -e srv/port ] || break
		sleep 0.05
	done
	url=http://127.0.0.1:$(cat srv/port)
}

fetch() {
	timeout 20 rap-fetch --retry-base 10ms --jitter-seed 1 "$@"
}

# gives STATUS CODE ARGUMENT...: nothing on stdout, one diagnostic with CODE.
gives() {
	local want=$1 code=$2 got=0
	shift 2
	fetch "$@" >out 2>err || got=$?
	cat err
	[ "$got" = "$want" ]
	[ ! -s out ]
	[ "$(grep -vc '^    ' err)" = 1 ]
	grep -qF "[$code]" err
}

# lacks TEXT FILE...: a line that begins with ! would never fail in bats.
lacks() {
	! grep "$@" || false
}

# same_csv FILE SKIP [OPTION...]: rows as python's csv module has them.
same_csv() {
	local file=$1 skip=$2
	shift 2
	rap-fetch "$@" "$file" >out
	python3 - "$file" "$skip" <<-'PY' >want
	import csv, io, json, sys
	text = open(sys.argv[1], encoding="utf-8-sig", newline="").read()
	for _ in range(int(sys.argv[2])):
	    text = text[text.index("\n") + 1:]
	for row in csv.DictReader(io.StringIO(text, newline=""), strict=True):
	    print(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
	PY
	cmp out want
}

# same_json FILE [OPTION...]: elements as python's json module has them, with
# the order of names and the spelling of numbers.
same_json() {
	rap-fetch "$@" >out
	python3 - "$1" <<-'PY'
	import json, sys
	def read(s):
	    return json.loads(s, parse_float=lambda n: ("n", n),
	        parse_int=lambda n: ("n", n), object_pairs_hook=tuple)
	want = read(open(sys.argv[1], encoding="utf-8").read())
	got = [read(line) for line in open("out", encoding="utf-8")]
	assert got == want and len(want) > 0
	PY
}

three='{"n":1}
{"n":2}
{"n":3}'

# --- documents ---

@test "json: elements of an array keep their bytes, blanks go when on several lines" {
	printf '[{"a": 1.50, "b":"\\u00e9"},\n {"z" :\n [1, 2E+3] , "a":"x  y"} ]' >d
	run -0 rap-fetch --format json d
	[ "$output" = '{"a": 1.50, "b":"\u00e9"}
{"z":[1,2E+3],"a":"x  y"}' ]
}

@test "json: the real arrays are what python reads" {
	need_shared data/f1
	for f in "$shared"/data/f1/*.json "$shared"/data/ncaaf/*.json; do
		same_json "$f"
	done
}

@test "json: the only array is found, two must be told apart" {
	echo '{"count":2,"items":[{"a":1},{"a":2}]}' >one.json
	run -0 rap-fetch one.json
	[ "$output" = '{"a":1}
{"a":2}' ]
	echo '{"x":[1],"y":[2]}' >two.json
	run -65 --separate-stderr rap-fetch two.json
	[ "$output" = "" ]
	[[ $stderr == *"[fetch.records]"*"/x, /y"* ]]
	run -0 rap-fetch --records /y two.json
	[ "$output" = 2 ]
	run -0 rap-fetch --records '' two.json
	[ "$output" = '{"x":[1],"y":[2]}' ]
	run -65 rap-fetch --records /z two.json
	echo '{"a":1}' >none.json
	run -0 rap-fetch none.json
	[ "$output" = '{"a":1}' ]
}

@test "json: the plays of a real game" {
	need_shared data/nhl
	rap-fetch --records /plays "$shared/data/nhl/2024021015.json" >out
	[ "$(wc -l <out)" = 295 ]
	rap-fetch --records '' "$shared/data/nhl/2024021015.json" >whole
	cmp <(cat "$shared/data/nhl/2024021015.json"; echo) whole
}

@test "json: a cut document ends with 65 after its good elements" {
	printf '[{"n":1},{"n":2},{"n":' >d
	run -65 --separate-stderr rap-fetch --format json d
	[ "$output" = '{"n":1}
{"n":2}' ]
	[[ $stderr == *"d:1:23: "*"[json.trunc]"* ]]
	for text in '[1,2' '[1,' '[' '[1 2]' '[1,]' '[,1]' '[1]]' '[1] 2' '[1}'; do
		printf '%s' "$text" >d
		run -65 rap-fetch --format json d
	done
	printf ' [ ] \n' >d
	run -0 rap-fetch --format json d
	[ "$output" = "" ]
}

@test "json: a bad element is put aside with --reject, with its place" {
	printf '[{"a":1},\n{"a":2,"a":3},\n {"a":1e},\n{"a":4}]' >d
	run -1 --separate-stderr rap-fetch --format json --reject rej d
	[ "$output" = '{"a":1}
{"a":4}' ]
	[[ $stderr == *"d:2:8: "*"[json.dupkey]"*"d:3:"*"[json.number]"* ]]
	[ "$(jq -r '[.line,.code,.raw]|@tsv' rej)" = \
"2	json.dupkey	{\"a\":2,\"a\":3}
3	json.number	{\"a\":1e}" ]
}

# --- lines ---

@test "ndjson: lines pass byte for byte, each is checked" {
	printf '\xef\xbb\xbf{"a": 1}\r\n\n  [1,  2]\n"x"' >d
	run -0 rap-fetch --format ndjson d
	[ "$output" = $'{"a": 1}\n  [1,  2]\n"x"' ]
	printf '{"a":1}\n{"a":1} {"b":2}\n' >d
	run -65 --separate-stderr rap-fetch d
	[[ $stderr == *"d:2:9: "*"[json.trail]"* ]]
}

@test "lines: each line is a string" {
	printf 'a "b"\\\n\nlast' >d
	run -0 rap-fetch --format lines d
	[ "$output" = '{"line":"a \"b\"\\"}
{"line":""}
{"line":"last"}' ]
}

@test "ndjson: an overlong line is one bad record" {
	{ echo '{"a":1}'; head -c 5000 /dev/zero | tr '\0' x; echo
	  echo '{"a":2}'; } >d
	run -1 --separate-stderr rap-fetch --max-line 2KiB --reject rej d
	[ "$output" = '{"a":1}
{"a":2}' ]
	[ "$(jq -r .code rej)" = json.linelen ]
}

# --- CSV ---

@test "csv: real files are what python's csv reads" {
	need_shared data/sn
	same_csv "$shared/data/sn/des_sn5yr_hd.csv" 0
	same_csv "$shared/data/comments/apify_like.csv" 4 --header-line 5
	[ "$(wc -l <out)" = 30 ]
	same_csv "$shared/data/comments/apify_like.csv" 4 --skip-lines 4
}

@test "csv: made-up rows of every kind are what python's csv reads" {
	python3 - <<-'PY'
	import csv, random
	rnd = random.Random(7)
	alphabet = ["a", "é", "日", '"', ",", "\n", "\r\n", " ", "\t", "1", "\\",
	    "\x00", "\U0001F600", "=", ";"]
	with open("d.csv", "w", encoding="utf-8", newline="") as f:
	    w = csv.writer(f, lineterminator="\r\n")
	    w.writerow(["x", 'na"me', "z,z"])
	    for _ in range(3000):
	        row = ["".join(rnd.choices(alphabet, k=rnd.randrange(6)))
	            for _ in range(3)]
	        w.writerow(row)
	PY
	tr -d '\000' <d.csv >nonul.csv
	same_csv nonul.csv 0
	for block in 1 2 3 7 100; do
		RAP_BLOCK=$block rap-fetch nonul.csv | cmp - want
	done
}

@test "csv: numbers only when asked, and only what stays what it was" {
	printf 'v\n%s\n' 1 -2.50 0 007 +1 1_000 -0 -0.0 -0.00e-7 -0.10 1e5 5E0012 1e+21 1.027e+01 . 1. \
	    .5 '"1"' 0x1F NaN ' 1' 12345678901234567890123 >d.csv
	run -0 rap-fetch --infer safe d.csv
	[ "$(echo "$output" | grep -v '"v":"' | tr '\n' ' ')" = \
'{"v":1} {"v":-2.50} {"v":0} {"v":-0.10} {"v":1e+21} {"v":12345678901234567890123} ' ]
	run -0 rap-fetch d.csv
	[ "$(echo "$output" | grep -vc '"v":"')" = 0 ]
}

@test "csv: bad rows are told with their line and cost that line only" {
	printf 'a,b\n1,2\n3\n4,x"y\n5,"6"7\n8,"open\n9,10\n' >d.csv
	run -65 --separate-stderr rap-fetch d.csv
	[ "$output" = '{"a":"1","b":"2"}' ]
	[[ $stderr == *"d.csv:3:1: "*"[csv.ragged]"* ]]
	run -1 --separate-stderr rap-fetch --reject rej --stats st d.csv
	[ "$output" = '{"a":"1","b":"2"}
{"a":"9","b":"10"}' ]
	[ "$(jq -r '[.line,.code,.raw]|@tsv' rej)" = \
"3	csv.ragged	3
4	csv.quote	4,x\"y
5	csv.quote	5,\"6\"7
6	csv.quote	8,\"open" ]
	[ "$(jq -c '[.read,.passed,.rejected]' st)" = '[6,2,4]' ]
	[ "$(jq -r .offset rej | head -2 | tr '\n' ' ')" = "8 13 " ]
}

@test "csv: an open quote cannot swallow the rest" {
	{ printf 'a,b\n1,2\n2,"open\n'; yes 3,4 | head -1500
	  printf '5,x"\n6,7\n'; } >d.csv
	run -1 --separate-stderr rap-fetch --reject rej d.csv
	[ "${#lines[@]}" = 1502 ]
	[ "$(jq -r '[.line,.code]|@tsv' rej)" = "3	csv.quote
1504	csv.quote" ]
	[[ ${lines[1501]} == '{"a":"6","b":"7"}' ]]
}

@test "empty input is no records" {
	for f in auto json ndjson csv tsv lines; do
		got=0
		rap-fetch --format $f </dev/null >out || got=$?
		[ ! -s out ]
		[ "$got" = "$([ $f = json ] && echo 65 || echo 0)" ]
	done
}

@test "csv: a bad header, and a header that is not there" {
	printf 'a,b,a\n1,2,3\n' >d.csv
	run -65 --separate-stderr rap-fetch d.csv
	[[ $stderr == *"d.csv:1:5: "*"[csv.header]"* ]]
	run -0 rap-fetch --no-header d.csv
	[ "${lines[1]}" = '{"c1":"1","c2":"2","c3":"3"}' ]
	run -65 rap-fetch --header-line 9 d.csv
	printf 'a,\n1,2\n' >d.csv
	run -0 rap-fetch d.csv
	[ "$output" = '{"a":"1","c2":"2"}' ]
}

@test "csv: another delimiter; tsv has no quotes" {
	printf 'a;b\n1,5;"x;y"\n' | run -0 rap-fetch --format csv --delimiter ';' -
	printf 'a;b\n1,5;"x;y"\n' >d
	run -0 rap-fetch --format csv --delimiter ';' d
	[ "$output" = '{"a":"1,5","b":"x;y"}' ]
	printf 'a\tb\n"1\t2"\n' >d.tsv
	run -0 rap-fetch d.tsv
	[ "$output" = '{"a":"\"1","b":"2\""}' ]
	run -64 rap-fetch --delimiter ';;' d
}

@test "csv: cells that are listed become null" {
	printf 'a,b,c\n,"",NA\n"NA",null,x\n' >d.csv
	run -0 rap-fetch --null-values ,NA,null d.csv
	[ "${lines[0]}" = '{"a":null,"b":"","c":null}' ]
	[ "${lines[1]}" = '{"a":"NA","b":null,"c":"x"}' ]
	run -0 rap-fetch --null-values '' d.csv
	[ "${lines[0]}" = '{"a":null,"b":"","c":"NA"}' ]
	run -0 rap-fetch --null-values NA d.csv
	[ "${lines[0]}" = '{"a":"","b":"","c":null}' ]
	printf 'a\tb\n\t-9\n' >d.tsv
	run -0 rap-fetch --infer safe --null-values -9 d.tsv
	[ "$output" = '{"a":"","b":null}' ]
}

@test "table: blanks between, comments, #name headers" {
	printf '#name z\tmb\n# no row\n\n a   1.5 -\n\tb 2\t0.10 \r\n#c 3 4\n' >d
	run -0 --separate-stderr rap-fetch --format table --infer safe \
	    --null-values - d
	[ "$output" = '{"name":"a","z":1.5,"mb":null}
{"name":"b","z":2,"mb":0.10}' ]
	[ -z "$stderr" ]
	for block in 1 2 3 7; do
		[ "$(RAP_BLOCK=$block rap-fetch --format table --infer safe \
		    --null-values - d)" = "$output" ]
	done
	# A blank behind # makes a comment, unless the line is named.
	printf '# x y\n1 2\n' >d
	run -65 --separate-stderr rap-fetch --format table d
	[[ $stderr == *"d:2:1: "*"[csv.header]"*"--no-header"* ]]
	[ "$(rap-fetch --format table --header-line 1 d)" = '{"x":"1","y":"2"}' ]
	[ "$(rap-fetch --format table --no-header d)" = '{"c1":"1","c2":"2"}' ]
	printf 'x y\n1 2\n' >d
	[ "$(rap-fetch --format table d)" = '{"x":"1","y":"2"}' ]
	printf 'x x\n1 2\n' >d
	run -65 --separate-stderr rap-fetch --format table d
	[[ $stderr == *"d:1:3: "*"[csv.header]"* ]]
}

@test "table: rows of another width are bad, names without fields are told" {
	printf 'x y z\n1 2\n3\n4 5 6\n7 8\n\xff 9\n' >d
	run -1 --separate-stderr rap-fetch --format table --reject r d
	[ "$output" = '{"x":"1","y":"2"}
{"x":"7","y":"8"}' ]
	[[ $stderr == *'3 names'*'2 fields: no "z" [table.short]'* ]]
	[ "$(jq -r '[.line,.offset,.code,.raw]|@tsv' r | head -2)" = \
"3	10	csv.ragged	3
4	12	csv.ragged	4 5 6" ]
	[ "$(jq -r .code r | tail -1)" = csv.utf8 ]
	run -65 --separate-stderr rap-fetch -q --format table d
	[[ $stderr != *table.short* ]]
	printf 'x\n1 2\n' >d
	run -65 --separate-stderr rap-fetch --format table d
	[[ $stderr == *"d:2:1: "*"[csv.ragged]"* ]]
}

@test "table: the real tables are what python reads" {
	need_shared data/sn/pantheon_lcparam.txt
	for f in sn/pantheon_lcparam.txt sn/union3_lcparam.txt; do
		python3 - "$shared/data/$f" >want <<'PY'
import json, sys
head, *rows = [l.split() for l in open(sys.argv[1])]
head[0] = head[0].lstrip('#')
for r in rows:
    print(json.dumps(dict(zip(head, r)), separators=(',', ':')))
PY
		rap-fetch -q --format table "$shared/data/$f" | cmp - want
	done
	for f in "$shared"/data/bao/*; do
		rap-fetch --format table --no-header "$f" >got
		[ "$(wc -l <got)" = "$(grep -vc '^#' "$f")" ]
		jq -r '[.[]]|join(" ")' got >words
		grep -v '^#' "$f" | awk '{$1=$1}1' | cmp - words
	done
}

@test "options: a value that is none is told with those that are" {
	check() {
		run -64 rap-fetch "${@:2}" d
		[[ "$output" == *"[usage.value]"*"$1"* ]]
	}
	check 'csv, tsv, table or lines' --format xml
	check safe --infer all
	check 'format table' --delimiter '  '
	check 'from 1' --header-line 0
	printf '{"plays":[1],"x":2}' >d.json
	run -65 rap-fetch --records /playz d.json
	[[ "$output" == *"[fetch.records]; it has /plays, /x" ]]
	run -0 --separate-stderr rap-fetch -v d.json
	[[ "$stderr" == *"d.json: read as json"* ]]
	printf '{"x":2}\n{"x":3}\n' >d
	run -0 --separate-stderr rap-fetch -v d
	[[ "$stderr" == *"d: read as ndjson"* ]]
}

@test "csv: bytes that are not UTF-8, and a lone carriage return" {
	printf 'a,b\n1,\xff\n2,x\ry\n3,4\n' >d.csv
	run -1 --separate-stderr rap-fetch --reject rej d.csv
	[ "$output" = '{"a":"3","b":"4"}' ]
	[ "$(jq -r .code rej | tr '\n' ' ')" = "csv.utf8 csv.cr " ]
	[ "$(jq -r .raw64 rej | head -1 | base64 -d | od -An -tx1)" = " 31 2c ff" ]
}

# --- packed ---

@test "gzip and zstd: by their bytes, all members, also on stdin" {
	printf '{"n":1}\n{"n":2}\n' >a
	echo '{"n":3}' >b
	{ gzip -c a; gzip -c b; } >ab.gz
	run -0 rap-fetch ab.gz
	[ "$output" = "$three" ]
	[ "$(rap-fetch <ab.gz)" = "$three" ]
	[ "$(RAP_BLOCK=1 rap-fetch <ab.gz)" = "$three" ]
	printf 'a,b\n1,2\n' | gzip >x.csv.gz
	run -0 rap-fetch x.csv.gz
	[ "$output" = '{"a":"1","b":"2"}' ]
	command -v zstd || skip "no zstd"
	{ zstd -qc a; zstd -qc b; } >ab.zst
	[ "$(rap-fetch ab.zst)" = "$three" ]
	[ "$(RAP_BLOCK=1 rap-fetch ab.zst)" = "$three" ]
	head -c -3 ab.zst >cut.zst
	run -65 --separate-stderr rap-fetch cut.zst
	[[ $stderr == *"[zstd.trunc]"* ]]
}

@test "gzip: a cut or a damage ends with 65 after the good records" {
	seq 20000 | sed 's/.*/{"n":&}/' | gzip >d.gz
	head -c 20000 d.gz >cut.gz
	got=0
	rap-fetch cut.gz >out 2>err || got=$?
	[ "$got" = 65 ]
	grep -q 'gzip.trunc' err
	[ "$(wc -l <out)" -gt 100 ]
	cmp -n "$(wc -c <out)" out <(zcat d.gz)
	tail -c 1 out | od -An -tx1 | grep -q 0a
	python3 - <<-'PY'
	d = bytearray(open("d.gz", "rb").read())
	d[-6] ^= 1
	open("crc.gz", "wb").write(d)
	PY
	run -65 --separate-stderr rap-fetch crc.gz
	[[ $stderr == *"[gzip.data]"* ]]
	{ cat d.gz; echo junk; } >junk.gz
	run -65 --separate-stderr rap-fetch junk.gz
	[[ $stderr == *"[gzip.trail]"* ]]
}

# --- operands ---

@test "files: what is absent or a directory ends with 66" {
	gives 66 source.absent nosuch
	gives 66 io.open ./nosuch.json
	gives 66 io.open .
}

@test "files: several are read in order, stdin among them" {
	echo '{"n":1}' >a
	echo '{"n":3}' >c
	[ "$(echo '{"n":2}' | rap-fetch ./a - ./c)" = "$three" ]
}

@test "a digest that is given must be the file's; nothing is written else" {
	echo '{"a":1}' >d.ndjson
	rap-fetch --sha256 "$(sha256sum <d.ndjson | cut -c1-64)" d.ndjson
	gives 77 fetch.digest --sha256 "$(sha256sum </dev/null | cut -c1-64)" \
	    d.ndjson
}

@test "source: a file may have the shortest of names" {
	printf 'rap: source/2\n' >a.yml
	run rap-fetch a.yml
	[[ "$output" == *source.version* ]]
}

@test "source: parameters are checked, encoded and may be left out" {
	serve
	cat >mine.yaml <<-EOF
	rap: source/1
	url: $url/echo/{what}/x
	params:
	  what: {required: true}
	  q:
	  n: {default: 5}
	query: {q: "{q}", n: "{n}", fixed: "a b"}
	format: json
	EOF
	fetch mine what='ü/?&' 'q=1 2+3' | jq -r '.path' >got
	[ "$(cat got)" = '/echo/%C3%BC%2F%3F%26/x?q=1%202%2B3&n=5&fixed=a%20b' ]
	[ "$(fetch mine what=x n= | jq -r .path)" = '/echo/x/x?n=&fixed=a%20b' ]
	gives 64 source.missing mine
	gives 64 source.param mine what=1 whta=2
	grep -q "did you mean 'what'" err
	gives 64 source.param mine what=..
	echo 'recrods: ""' >>mine.yaml
	gives 78 conf.unknown mine what=1
	grep -q 'mine.yaml:9' err
	printf 'rap: source/1\nurl: "http://{h}/"\nparams: {h: }\n' >bad.yaml
	gives 78 source.url bad h=1
	printf 'rap: source/2\nurl: "http://h/"\n' >bad.yaml
	gives 78 source.version bad.yaml
}

@test "source: the ones that are shipped make the URLs of their services" {
	for s in openf1 nhl; do
		sed "s,https://[a-z0-9.-]*,PLACE," "$root/share/sources/$s.yaml" \
		    >$s-here.yaml
	done
	serve
	sed -i "s,PLACE/v1,$url/echo," openf1-here.yaml nhl-here.yaml
	[ "$(fetch openf1-here session=9158 driver=1 | jq -r .path)" = \
	    '/echo/car_data?session_key=9158&driver_number=1' ]
	[ "$(fetch nhl-here game=2024021015 | jq -r .path)" = \
	    '/echo/gamecenter/2024021015/play-by-play' ]
	gives 64 source.missing openf1 driver=1
}

@test "source: the schema accepts the shipped ones" {
	command -v rap-validate || skip "no rap-validate"
	python3 -c 'import yaml' || skip "no python3-yaml"
	for s in "$root"/share/sources/*.yaml; do
		python3 -c 'import sys,yaml,json
print(json.dumps(yaml.safe_load(open(sys.argv[1]))))' "$s" |
		    rap-validate -s "$root/share/schemas/source-1.json"
	done
}

# --- HTTP ---

@test "http: a body, chunked, gzip coded, a gzip file, CSV by its type" {
	serve
	for path in ok chunked gzip gzipfile; do
		[ "$(fetch $url/$path)" = "$three" ]
	done
	[ "$(fetch $url/csv)" = '{"a":"1","b":"x"}' ]
	fetch $url/none >out
	[ ! -s out ]
	[ "$(http_proxy=http://127.0.0.1:1 fetch $url/ok)" = "$three" ]
}

@test "http: failures that may pass are tried again, so many times" {
	serve
	fetch -v $url/flaky >out 2>err
	[ "$(cat out)" = "$three" ]
	[ "$(grep -c ' try ' err)" = 2 ]
	[ "$(fetch $url/cutonce)" = "$three" ]
	gives 69 http.status $url/down
	[ "$(grep -c '"/down"' srv/requests)" = 4 ]
	gives 69 http.status $url/nosuch
	[ "$(grep -c '"/nosuch"' srv/requests)" = 1 ]
	gives 69 http.status $url/forbidden
	gives 69 http.connect --retry 1 http://127.0.0.1:1/
}

@test "http: the same seed waits the same" {
	serve
	fetch -v --jitter-seed 9 $url/down 2>&1 | grep ' try ' >a
	fetch -v --jitter-seed 9 $url/down 2>&1 | grep ' try ' >b
	[ -s a ]
	cmp a b
}

@test "http: Retry-After in seconds and as a date; too long ends at once" {
	serve
	[ "$(fetch "$url/busy?once=1")" = "$three" ]
	[ "$(fetch "$url/busy?once=date2")" = "$three" ]
	SECONDS=0
	gives 75 http.busy --timeout 15s "$url/busy?x=3600"
	gives 75 http.busy --timeout 15s "$url/busy?x=date3600"
	[ $SECONDS -lt 10 ]
	gives 75 http.busy --retry 0 "$url/busy?x=1"
}

@test "http: five redirects, no more, no loop" {
	serve
	[ "$(fetch $url/hops/5 | jq -r .path)" = /hops/0 ]
	gives 76 http.redirects $url/hops/6
	gives 76 http.redirects $url/loop
}

@test "http: a redirect does not lead to another scheme or a private network" {
	serve
	for to in file:///etc/passwd gopher://x/ ftp://x/; do
		gives 77 http.scheme "$url/to?$to"
	done
	for to in 127.0.0.2 0x7f.2 2130706434 169.254.169.254 10.0.0.1 \
	    '[::1]' '[::ffff:7f00:1]' '[fd00::1]' 0; do
		gives 77 http.private "$url/to?http://$to:${url##*:}/ok"
	done
	# The same address by another port is another origin.
	gives 77 http.private "$url/to?http://127.0.0.1:1/"
	gives 69 http.connect --retry 0 --allow-private \
	    "$url/to?http://127.0.0.1:1/"
	for scheme in file ftp gopher; do
		gives 77 http.scheme $scheme://x/y
	done
}

@test "http: credentials do not follow to another origin" {
	serve
	mv srv first
	there=$url
	first_in=$server_in
	serve
	export K=sesame
	for to in "$there/echo" /echo; do
		fetch --allow-private -H 'X-Api-Key: ${env:K}' \
		    -H 'Accept: application/json' \
		    "http://u:pw@${url#http://}/to?$to" 2>err >out
		if [ "$to" = /echo ]; then
			jq -e '.["x-api-key"] == "sesame" and .authorization' out
		else
			jq -e '.accept == "application/json"' out
			jq -e '(.["x-api-key"] // .authorization) == null' out
			grep -q http.strayed err
		fi
	done
	exec {first_in}>&-
}

@test "http: secrets come from the environment or a closed file, not argv" {
	serve
	printf 'sesame\n' >secret
	chmod 600 secret
	[ "$(fetch -H 'X-Api-Key: ${file:secret}' $url/echo |
	    jq -r '.["x-api-key"]')" = sesame ]
	chmod 644 secret
	gives 77 header.file -H 'X-Api-Key: ${file:secret}' $url/echo
	gives 78 header.env -H 'X-Api-Key: ${env:NOT_THERE}' $url/echo
	gives 64 header.literal -H 'Authorization: Bearer x' $url/echo
	lacks 'Bearer x' err
	gives 78 header.syntax -H 'no colon' $url/echo
	K=$'a\r\nX-Evil: 1' gives 78 header.value -H 'X-Api-Key: ${env:K}' \
	    $url/echo
}

@test "http: no diagnostic and no record holds a secret" {
	serve
	rap-audit init .rap >/dev/null 2>&1 || mkdir .rap
	RAP_STORE=.rap fetch -v \
	    "http://user:sesame@${url#http://}/ok?token=sesame&a=1" >out 2>err ||
	    true
	gives 69 http.status "http://user:sesame@${url#http://}/no?api_key=sesame" \
	    -q
	cat err
	lacks sesame -r .rap err
	grep -q 'REDACTED@.*api_key=REDACTED' err
}

@test "http: half a body is never used" {
	serve
	for path in short chunkcut nothing; do
		gives 76 http.short --retry 0 $url/$path
	done
	gives 76 http.encoding --retry 0 $url/gzipcut
	gives 76 http.encoding $url/brotli
	gives 65 json.trunc $url/half
	gives 76 http.nolength --require-length $url/nolength
	fetch $url/nolength >out 2>err
	[ "$(cat out)" = "$three" ]
	grep -q http.nolength err
}

@test "http: a body or headers past the limit" {
	serve
	gives 76 http.toobig --max-body 1MiB $url/bomb
	gives 76 http.headers $url/headers
	gives 76 http.headers $url/longheader
}

@test "http: a drip and a silence end in time" {
	serve
	SECONDS=0
	gives 75 http.timeout --timeout 1s $url/drip
	gives 75 http.timeout --timeout 10s --retry 0 --slow-timeout 1s $url/drip
	gives 75 http.timeout --timeout 1s $url/silence
	[ $SECONDS -lt 15 ]
}

@test "http: a certificate nobody vouches for is refused" {
	command -v openssl || skip "no openssl"
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 \
	    -addext subjectAltName=IP:127.0.0.1 -keyout key -out cert 2>/dev/null
	cat key cert >pem
	serve pem
	gives 77 http.tls "https${url#http}/ok"
}

@test "http: a digest that is given must be the body's" {
	serve
	sum=$(printf '[{"n":1},\n {"n":2},\n {"n":3}]\n' | sha256sum | cut -c1-64)
	[ "$(fetch --sha256 $sum $url/ok)" = "$three" ]
	[ "$(fetch --sha256 $sum $url/gzip)" = "$three" ]
	gives 77 fetch.digest --sha256 ${sum//[0-9]/a} $url/ok
}

@test "http: a signal ends a wait" {
	serve
	rap-fetch --timeout 15s $url/silence >out 2>err &
	pid=$!
	sleep 0.7
	SECONDS=0
	kill -TERM $pid
	got=0
	wait $pid || got=$?
	[ "$got" = 143 ]
	[ $SECONDS -lt 5 ]
}

@test "the record of a stage tells of its inputs" {
	rap-audit init .rap || skip "no rap-audit"
	serve
	echo '{"a":1}' >d.ndjson
	RAP_STORE=.rap fetch $url/ok d.ndjson >out
	stage=$(grep '"rap/stage/1"' .rap/log.ndjson)
	echo "$stage"
	sum=$(printf '[{"n":1},\n {"n":2},\n {"n":3}]\n' | sha256sum | cut -c1-64)
	[[ $stage == *$sum* ]]
	[[ $stage == *$(sha256sum <d.ndjson | cut -c1-64)* ]]
	[ "$(echo "$stage" | jq -c '.fetch[0]|[.status,.tries,.complete]')" = \
	    '[200,1,true]' ]
}

@test "what is kept of an overlong record is its beginning, nothing behind it" {
	long=$(printf 'x%.0s' $(seq 2000))
	printf 'a,b\n%s,"y"z\n' "$long" >t.csv
	printf '[{"a":"%s"}]' "$long" >t.json
	printf '{"a":[{"b":"%s"}]}' "$long" >t2.json
	for f in t.csv t.json "--records /a t2.json"; do
		run rap-fetch --max-line 1KiB --reject bad $f
		[ "$status" -eq 1 ]
		jq -e '.truncated and (.raw | length == 1024)' bad
	done
}

@test "blanks before the first record are looked at once" {
	head -c 30000000 /dev/zero | tr '\0' '\n' >in
	echo '{"a":1}' >>in
	timeout 10 rap-fetch - <in >out
	[ "$(cat out)" = '{"a":1}' ]
	printf '[1]' >in
	head -c 30000000 /dev/zero | tr '\0' ' ' >>in
	[ "$(timeout 10 rap-fetch - <in)" = 1 ]
}

@test "a signal ends a source that is always ready, it is told as not read whole" {
	rap-audit init store
	mkfifo fifo
	timeout 20 yes '{}' >fifo &
	rap-fetch --store store fifo >out &
	pid=$!
	while [ ! -s out ]; do sleep 0.05; done
	kill -TERM $pid
	status=0
	timeout 10 tail --pid=$pid -f /dev/null
	wait $pid || status=$?
	[ "$status" -eq 143 ]
	tail -n 1 store/log.ndjson | jq -e '.files | length == 1 and
	    .[0].path == "fifo" and .[0].eof == false'
}

@test "--max-body is the very size up to which a file is held" {
	echo '{"a":1}' >small
	seq 14000 >big
	sum=$(sha256sum <small | cut -c1-64)
	[ "$(rap-fetch --sha256 $sum --max-body 8 small)" = '{"a":1}' ]
	run -65 rap-fetch --sha256 $sum --max-body 7 small
	sum=$(sha256sum <big | cut -c1-64)
	size=$(wc -c <big)
	rap-fetch --sha256 $sum --max-body $size big | cmp - big
	run -65 rap-fetch --sha256 $sum --max-body $((size - 1)) big
}

@test "fetch: the digest of a file is its own, whatever becomes of it" {
	seq 0 9000 | sed 's/.*/{"i":&,"text":"abcdefghijklmnopqrstuvwxyz"}/' \
	    >same.ndjson
	sed 's/$/\r/' same.ndjson >crlf.ndjson
	sed '7000s/^/\n\n/' same.ndjson >blank.ndjson
	sed '7000s/.*/{"bad/' same.ndjson >bad.ndjson
	printf '\357\273\277{"bom":1}\n' >bom.ndjson
	head -c -1 same.ndjson >open.ndjson
	(cat same.ndjson; printf '  \n\t') >tail.ndjson
	python3 -c 'print("{}\n[\"" + "x" * 3000000 + "\"]\n{}")' >long.ndjson
	printf '[{"a":1},\n{"a":2}]\n' >doc.json
	printf '{"a":1}\n' >one.json
	printf 'a,b\n1,2\n' >rows.csv
	gzip -c same.ndjson >same.ndjson.gz
	: >empty.ndjson
	files=$(ls *.ndjson *.json *.csv *.gz)
	for block in 262144 1000 1; do
		[ $block != 1 ] || files="bom.ndjson one.json doc.json rows.csv"
		for f in $files; do
			rm -rf store
			rap-audit init --store store >/dev/null
			# As the first source, and as the second.
			RAP_BLOCK=$block rap-fetch --store store --reject no \
			    one.json $f $f >out 2>/dev/null || [ $? = 1 ]
			RAP_BLOCK=$block rap-fetch --store store --reject no \
			    $f one.json >out 2>/dev/null || [ $? = 1 ]
			jq -r 'select(.type == "rap/stage/1") | .files[] |
			    select(.role == "input") |
			    .sha256 + "  " + .path' store/log.ndjson >sums
			[ $(wc -l <sums) = 5 ]
			sha256sum -c --quiet sums
		done
	done
	# A run that stops in the middle: what was read of it.
	rm -rf store
	rap-audit init --store store >/dev/null
	RAP_BLOCK=1000 rap-fetch --store store bad.ndjson >out 2>/dev/null &&
	    false
	jq -r 'select(.type == "rap/stage/1") | .files[0] |
	    "\(.bytes) \(.sha256)"' store/log.ndjson >got
	read -r bytes sum <got
	[ $bytes -lt $(wc -c <bad.ndjson) ]
	[ $sum = "$(head -c $bytes bad.ndjson | sha256sum | cut -c 1-64)" ]
}
