#!/usr/bin/env bats
# rap-replay: a recorded run, done again.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR"
	mkdir work
	cd work
	printf '{"k":"b","v":1.5}\n{"k":"a","v":2}\n{"k":"b","v":0.1}\n' \
	    >in.ndjson
	rap-audit init
}

pipeline='rap-validate in.ndjson | rap-agg -g k "s=sum(v)"'

@test "a run is reproduced: every stage is named, exit 0" {
	rap-audit run -- sh -c "$pipeline" >out
	run rap-replay verify last
	[ "$status" -eq 0 ]
	[ "$(grep -c '^same ' <<<"$output")" -eq 2 ]
	[[ "$output" == *"reproduced: run "*", 2 stages, every stream the same" ]]
}

@test "the verdict as NDJSON agrees with python's digests of the streams" {
	rap-audit run -- sh -c "$pipeline" >out
	rap-replay --json last >verdict
	root=$(python3 - out <<'PY'
import hashlib, sys
def tree(l):
    if len(l) == 0: return hashlib.sha256(b'').digest()
    if len(l) == 1: return hashlib.sha256(b'\0' + l[0]).digest()
    k = 1
    while k * 2 < len(l): k *= 2
    return hashlib.sha256(b'\1' + tree(l[:k]) + tree(l[k:])).digest()
print(tree(open(sys.argv[1], 'rb').read().split(b'\n')[:-1]).hex())
PY
)
	[ "$(jq -r 'select(.stage=="rap-agg").replayed.out' verdict)" = "$root" ]
	[ "$(jq -r 'select(has("reproduced")).reproduced' verdict)" = true ]
}

@test "an input that has changed is named, exit 1, and nothing is run" {
	rap-audit run -- sh -c "$pipeline; echo x >>../ran" >out
	sed -i 's/1.5/1.6/' in.ndjson
	run rap-replay last
	[ "$status" -eq 1 ]
	[[ "$output" == *"in.ndjson: the input is not what the run read"* ]]
	[[ "$output" == *"[replay.input]"* ]]
	[ "$(wc -l <../ran)" -eq 1 ]
}

@test "an input that is gone is 66, and all of them are listed" {
	cp in.ndjson two.ndjson
	rap-audit run -- rap-validate in.ndjson two.ndjson >out
	rm in.ndjson two.ndjson
	run rap-replay last
	[ "$status" -eq 66 ]
	[[ "$output" == *"in.ndjson"*"two.ndjson"* ]]
	[[ "$output" == *"2 of the run's inputs"*"[replay.missing]"* ]]
}

@test "captured inputs are enough when the files have changed or gone" {
	rap-audit run --capture -- sh -c "$pipeline" >out
	rm in.ndjson
	run rap-replay last
	[ "$status" -eq 0 ]
	[[ "$output" == *"reproduced:"* ]]
}

@test "a damaged captured input is found, exit 1" {
	rap-audit run --capture -- rap-validate in.ndjson >out
	object=$(find .rap/objects -type f | head -n 1)
	chmod u+w "$object"
	printf X | dd of="$object" bs=1 seek=3 conv=notrunc 2>/dev/null
	run rap-replay last
	[ "$status" -eq 1 ]
	[[ "$output" == *"[object.digest]"* ]]
}

@test "a stage with another output for the same input is pointed at" {
	rap-audit run -- sh -c 'rap-validate in.ndjson |
	    { cat; cat /proc/sys/kernel/random/uuid | sed "s/.*/\"&\"/"; } |
	    rap-audit tap noise | rap-validate' >out
	run rap-replay last
	[ "$status" -eq 1 ]
	[[ "$output" == *"same     rap-validate  3 -> 3"* ]]
	[[ "$output" == *"differs  noise"* ]]
	[[ "$output" == *"differs  rap-validate  4 -> 4"*"its input differs already"* ]]
	[[ "$output" == *"not reproduced: run "*", 2 of 3 stages differ" ]]
}

@test "another command instead of the recorded one shows what it changes" {
	rap-audit run -- sh -c "$pipeline" >out
	run rap-replay last -- sh -c \
	    'rap-validate in.ndjson | rap-agg -g k "s=sum(v)" "n=count()"'
	[ "$status" -eq 1 ]
	[[ "$output" == *"same     rap-validate"* ]]
	[[ "$output" == *"missing  rap-agg"* ]]
	[[ "$output" == *"new      rap-agg"* ]]
}

@test "what the command writes by relative names touches nothing of mine" {
	rap-audit run -- sh -c 'rap-validate -o result in.ndjson; echo hi >note'
	echo mine >result
	echo mine >note
	rap-replay last
	[ "$(cat result)" = mine ]
	[ "$(cat note)" = mine ]
}

@test "--here runs where the run was" {
	rap-audit run -- sh -c 'rap-validate -o result in.ndjson'
	rm result
	rap-replay --here last
	cmp result in.ndjson
}

@test "inputs above the working directory are found in the mirror" {
	mkdir -p deep/er
	cd deep/er
	rap-audit run -- rap-validate ../../in.ndjson >out
	run rap-replay last
	[ "$status" -eq 0 ]
}

@test "a command with a secret is refused with 77, and can be given again" {
	rap-audit run -- env TOKEN=hunter2 rap-validate in.ndjson >out
	run rap-replay last
	[ "$status" -eq 77 ]
	[[ "$output" == *"[replay.redacted]"* ]]
	run rap-replay last -- env TOKEN=hunter2 rap-validate in.ndjson
	[ "$status" -eq 0 ]
}

@test "a run without a recorded stage is 66 with a hint" {
	rap-audit run -- true
	run rap-replay last
	[ "$status" -eq 66 ]
	[[ "$output" == *"rap-audit tap"* ]]
}

@test "no such run 66, no store 66, damaged log 1" {
	rap-audit run -- rap-validate in.ndjson >out
	run rap-replay ffffffff
	[ "$status" -eq 66 ]
	[[ "$output" == *"[run.absent]"* ]]
	run rap-replay --store nowhere last
	[ "$status" -eq 66 ]
	sed -i '2s/rap-validate/rap-validatf/' .rap/log.ndjson
	run rap-replay last
	[ "$status" -eq 1 ]
	[[ "$output" == *"log.ndjson:"* ]]
}

# Enough that no pipe and no block holds all of it.
many() {
	seq 1 300000 | sed 's/.*/{"w":&,"z":"&"}/' >many.ndjson
}

@test "a stage whose reader stopped early is told so and not compared" {
	many
	rap-audit run --capture -- sh -c \
	    'rap-map --keep w many.ndjson | head -n 2 | rap-agg "n=count()"' >out
	for i in 1 2; do
		run rap-replay
		[ "$status" -eq 0 ]
		[[ "$output" == *"same     rap-map"*", signal 13, "*", stopped early"* ]]
		[[ "$output" == *"same     rap-agg  2 -> 1 records, exit 0"* ]]
		[[ "$output" == *"reproduced: run "*", 2 stages, 1 stopped early and was not compared" ]]
		[[ "$output" != *"look here"* ]]
		rm -f many.ndjson # captured whole, though read in part
	done
	rap-replay --json | jq -se '(.[] | select(.stage == "rap-map")) |
	    .stopped_early and .replayed.signal == 13 and
	    .replayed.exit == 0 and .input == "cut"'
	rap-replay --json | jq -se '.[-1].stopped_early == 1 and
	    .[-1].reproduced'
}

@test "of a file that was read in part its first bytes must be the same" {
	many
	rap-audit run -- sh -c 'rap-map --keep w many.ndjson | head -n 2' >out
	echo '{"w":"behind what was read"}' >>many.ndjson
	rap-replay
	sed -i '1s/1/7/' many.ndjson
	run rap-replay
	[ "$status" -eq 1 ]
	[[ "$output" == *"many.ndjson: the input is not what the run read"* ]]
}

@test "a file one stage read in part and another whole is checked whole" {
	many
	rap-audit run -- sh -c 'rap-map --keep w many.ndjson | head -n 1
	    rap-agg "n=count()" many.ndjson' >out
	rap-replay
	echo '{"w":"behind what was read"}' >>many.ndjson
	run rap-replay
	[ "$status" -eq 1 ]
	[[ "$output" == *"[replay.input]"* ]]
}

@test "a pipe with a name is not waited for" {
	mkfifo fifo
	cat in.ndjson >fifo &
	timeout 20 rap-audit run --capture -- rap-validate fifo >out 2>err
	grep -q 'fifo: it is no regular file.*not captured' err
	run timeout 20 rap-replay
	[ "$status" -eq 66 ]
	[[ "$output" == *"fifo: it is no regular file"*"[replay.missing]"* ]]
}

@test "input from a command that records nothing is told, with a hint" {
	rap-audit run -- sh -c 'cat in.ndjson | rap-agg "n=count()"' >out
	run rap-replay
	[ "$status" -eq 1 ]
	[[ "$output" == *"differs  rap-agg  3 -> 1"* ]]
	[[ "$output" == *"no recorded stage wrote it: put rap-audit tap before"* ]]
	[[ "$output" != *"look here"* ]]
	[[ "$output" == *"[replay.scratch]; try --here"* ]]
	rap-replay --here
}

@test "only the same whole input with another output is the place to look" {
	cat >noise <<-'EOF'
	#!/bin/sh
	cat; cat /proc/sys/kernel/random/uuid | sed 's/.*/{"u":"&"}/'
	EOF
	chmod +x noise
	rap-audit run -- sh -c "rap-fetch in.ndjson | $PWD/noise | rap-map --keep u" >out
	run rap-replay
	[ "$status" -eq 1 ]
	[[ "$output" == *"differs  rap-map"*"its input differs already, and no recorded stage"* ]]
	[[ "$output" != *"look here"* ]]
	# As if the program had been another one: the record has another root,
	# and the log is made anew around it.
	rap-audit run -- sh -c 'rap-fetch in.ndjson | rap-map --keep k' >out
	forge '
for r in log:
    if r["type"] == "rap/stage/1" and r["stage"] == "rap-map":
        r["out"]["root"] = "ab" * 32'
	run rap-replay
	[ "$status" -eq 1 ]
	[[ "$output" == *"same     rap-fetch"* ]]
	[[ "$output" == *"differs  rap-map  3 -> 3"*"root abababab"*"the same input gave another output: look here"* ]]
}

@test "the same input and another configuration is told as that" {
	printf 'rap: map/1\nfields:\n  - {to: x, from: k}\n' >m.yaml
	rap-audit run -- rap-map -m m.yaml in.ndjson >out
	sed -i 's/from: k/from: v/' m.yaml
	rap-replay # the recorded mapping, not the one of now
	run rap-replay last -- rap-map -m m.yaml in.ndjson
	[ "$status" -eq 1 ]
	[[ "$output" == *"the same input gave another output, and its configuration differs"* ]]
	[[ "$output" != *"look here"* ]]
}

@test "a command given now finds the mapping of now" {
	printf 'rap: map/1\nfields:\n  - {to: k, from: k}\n' >old.yaml
	rap-audit run --capture -- sh -c \
	    'rap-validate in.ndjson | rap-map -m old.yaml' >out
	printf 'rap: map/1\nfields:\n  - {to: x, from: v}\n' >new.yaml
	rm in.ndjson
	run rap-replay last -- sh -c \
	    'rap-validate in.ndjson | rap-map -m new.yaml'
	[ "$status" -eq 1 ]
	[[ "$output" == *"same     rap-validate"* ]]
	[[ "$output" == *"missing  rap-map  3 -> 3"* ]]
	[[ "$output" == *"new      rap-map  3 -> 3"* ]]
}

@test "why there is nothing to compare decides the hint" {
	rap-audit run -- no-such-command 2>/dev/null || :
	run rap-replay
	[ "$status" -eq 66 ]
	[[ "$output" == *"its command was not found"* ]]
	run_killed
	run rap-replay
	[ "$status" -eq 66 ]
	[[ "$output" == *"1 stage began and did not end"* ]]
	rap-audit tap outside --store .rap <in.ndjson >out
	run rap-replay -
	[ "$status" -eq 64 ]
}

@test "a reader that stopped early is no difference" {
	rap-audit run -- sh -c 'rap-validate in.ndjson | head -n 1' >out
	run rap-replay last
	[ "$status" -eq 0 ]
}

@test "no scratch directory is left behind, whatever the verdict" {
	export TMPDIR=$BATS_TEST_TMPDIR/tmp
	mkdir "$TMPDIR"
	rap-audit run -- rap-validate in.ndjson >out
	rap-replay last
	echo >>in.ndjson
	run rap-replay last
	[ "$status" -eq 1 ]
	[ -z "$(ls "$TMPDIR")" ]
}

@test "a record whose command is no text is told, not run" {
	forge '
log[:] = [{"type": "rap/run/1", "run": run, "cwd": "/", "argv": ["echo", 7]},
          {"type": "rap/stage/1", "run": run, "stage": "x"}]'
	run rap-replay verify last
	[ "$status" -eq 65 ]
	[[ "$output" == *"[replay.command]"* ]]
}

# of_run MEMBER VALUE: the log of one run with another member.
of_run() {
	forge 'for r in log:
    if r["type"] == "rap/run/1": r[args[0]] = json.loads(args[1])' "$@"
}

@test "a hostile record leads nowhere outside the scratch directory" {
	rap-audit run -- rap-validate in.ndjson >out
	cp -r .rap clean
	mkdir ../outside
	of_run cwd "\"/../../..$BATS_TEST_TMPDIR/outside/new\""
	rap-audit verify
	run rap-replay last
	[ ! -e ../outside/new ]
	for member in cwd:'""' cwd:'"a"' cwd:'"/a\u0000b"' argv:'[1,null]' \
	    argv:'["true\u0000x"]' argv:'{}' argv:'[]'; do
		rm -rf .rap
		cp -r clean .rap
		of_run "${member%%:*}" "${member#*:}"
		run rap-replay last
		[ "$status" -eq 65 ] || { echo "$member $status $output"; false; }
	done
}
