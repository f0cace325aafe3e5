#!/usr/bin/env bats
# Options that all programs share: where they come from, where output goes.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	printf '{"a":1}\n{"a":2}\n' >in
}

@test "options: --config holds a section for each program" {
	cat >c.yaml <<'Y'
rap-validate:
  stats: counts.json
rap-agg:
  group: [a]
  output-format: csv
Y
	rap-validate --config c.yaml in >out
	[ "$(jq .passed counts.json)" -eq 2 ]
	rap-agg --config c.yaml 'n=count()' in >out
	printf 'a,n\n1,1\n2,1\n' | diff - out
}

@test "options: the command line wins over --config, for lists too" {
	printf 'rap-map:\n  keep: [a, b]\n  jobs: 1\n' >c.yaml
	printf '{"a":1,"b":2,"c":3}\n' >in
	[ "$(rap-map --config c.yaml in)" = '{"a":1,"b":2}' ]
	[ "$(rap-map --config c.yaml --keep c in)" = '{"c":3}' ]
	[ "$(rap-map --keep c --config c.yaml in)" = '{"c":3}' ]
	printf 'rap-agg:\n  quiet: true\n' >c.yaml
	rap-agg --config c.yaml -g a 'c=count()' in
}

@test "options: what --config cannot mean is 78 with file and line" {
	bad() { # TEXT MESSAGE
		printf "$1" >c.yaml
		run rap-validate --config c.yaml in
		[ "$status" -eq 78 ]
		[[ "$output" == *"$2"* ]] || { echo "$output"; false; }
	}
	bad 'reject: r\n' 'c.yaml:1:1: unknown key "reject"'
	bad 'rap-valdate:\n  quiet: true\n' 'did you mean "rap-validate"?'
	bad 'rap-validate: [a]\n' 'is no mapping of options'
	bad 'rap-validate:\n  config: x\n' 'cannot name another one'
	bad 'rap-validate:\n  quiet: true\n  jobz: 2\n' 'c.yaml:3'
	bad 'rap-validate:\n  jobs: two\n' 'c.yaml:2'
	bad 'rap-validate:\n  stats: {a: 1}\n' 'c.yaml:2'
	bad '[1]\n' 'c.yaml:1'
	run rap-validate --config nowhere.yaml in
	[ "$status" -eq 66 ]
}

@test "options: -o writes to what is no regular file as it is" {
	mkfifo fifo
	cat fifo >got &
	rap-validate -o fifo in
	wait
	cmp in got
	[ -p fifo ]
	rap-validate -o /dev/null in
	[ -c /dev/null ]
	rap-validate --stats /dev/fd/4 in 4>counts >out
	[ "$(jq .read counts)" -eq 2 ]
}

@test "options: -o replaces a link and never writes through it" {
	echo precious >target
	ln -s target link
	rap-validate -o link in
	[ "$(cat target)" = precious ]
	[ ! -L link ]
	cmp in link
}

@test "options: -o - is stdout; --reject - and --stats - are refused" {
	rap-validate -o - in >out
	cmp in out
	[ ! -e ./- ]
	for option in --reject --stats; do
		run rap-validate $option - in
		[ "$status" -eq 64 ]
	done
	run rap-validate --reject x --stats x in
	[ "$status" -eq 64 ]
}

@test "options: --stats of a run that was killed names the signal" {
	mkfifo fifo
	rap-validate --stats counts.json fifo >out &
	pid=$!
	exec 5>fifo
	echo '{"a":1}' >&5
	while [ ! -s out ]; do sleep 0.05; done
	kill -TERM $pid
	wait $pid || status=$?
	exec 5>&-
	[ "$status" -eq 143 ]
	[ "$(jq -c '[.signal, .exit, .read]' counts.json)" = '[15,null,1]' ]
}

@test "options: with --diag json every line of stderr is JSON" {
	seq 30 | sed 's/.*/x&/' >bad
	run rap-validate --reject /dev/null --diag json -v bad
	[ "$status" -eq 1 ]
	[ "$(jq -s length <<<"$output")" -eq 22 ]
	[[ "$output" == *'"message":"10 more like this"'* ]]
	run rap-validate --reject /dev/null -q bad
	[ "$output" = "" ]
}

@test "options: a wrong rate is told before a file is touched" {
	echo keep >kept
	run rap-validate --reject kept --max-reject-rate often in
	[ "$status" -eq 64 ]
	[ "$(cat kept)" = keep ]
	run rap-fetch --max-reject-rate often in
	[ "$status" -eq 64 ]
}
