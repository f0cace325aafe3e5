#!/usr/bin/env bats
# The CEL conformance suite; what each file of it must pass stands in
# tests/conformance/cel.c.
load helper

@test "all conformance tests of CEL's core, optionals and strings pass" {
	need_shared conformance/cel/core.ndjson
	run "$RAP_BIN/conformance/cel" "$shared/conformance/cel/core.ndjson"
	echo "$output"
	[ "$status" -eq 0 ]
	[ "${lines[-1]}" = "1369 passed, 0 failed" ]
}

@test "the runner fails when a test of a known file fails" {
	need_shared conformance/cel/core.ndjson
	sed 's/"expr":"1 == 1"/"expr":"1 == 2"/' \
	    "$shared/conformance/cel/core.ndjson" >"$BATS_TEST_TMPDIR/t"
	run "$RAP_BIN/conformance/cel" "$BATS_TEST_TMPDIR/t"
	[ "$status" -eq 1 ]
	[[ "$output" = *REGRESSION* ]]
}

# The lines "expression  =>  value" of rap-expr(5), over the page's record.
@test "the examples of rap-expr(5) give what they show" {
	python3 - "$root/man/rap-expr.5" "$RAP_BIN/conformance/expr" <<'PY'
import re, subprocess, sys

page = open(sys.argv[1]).read().replace("\\e", "\\").replace("\\&", "")
displays = re.findall(r"^\.Bd -literal.*\n((?:.*\n)*?)\.Ed$", page, re.M)
record = displays[0].replace("\n", "")
count = failed = 0
for text, want in re.findall(r"^(.*?)  =>  (.*)$", "".join(displays), re.M):
    run = subprocess.run([sys.argv[2], text, record], capture_output=True,
                         text=True)
    count += 1
    if run.stdout != want + "\n":
        print(text, "gives", run.stdout, run.stderr, "not", want)
        failed += 1
print(count, "examples")
sys.exit(failed != 0 or count < 20)
PY
}

@test "an error points at its place and says what to do" {
	run "$RAP_BIN/conformance/expr" 'a + 1.5 > 2' '{"a":1}'
	[ "$status" -eq 65 ]
	[ "${lines[0]}" = "no overload + for int and double [expr.type]" ]
	[ "${lines[1]}" = "    a + 1.5 > 2" ]
	[ "${lines[2]}" = "      ^" ]
	[ "${lines[3]}" = "convert one side: double(x), int(x)" ]
	run "$RAP_BIN/conformance/expr" 'user.nam == "x"' '{"user":{}}'
	[ "$status" -eq 65 ]
	[ "${lines[0]}" = 'no member "nam" [expr.missing]' ]
	[ "${lines[2]}" = "         ^~~" ]
	run "$RAP_BIN/conformance/expr" 'size(1)' '{}'
	[ "$status" -eq 78 ]
	[ "${lines[0]}" = "no overload size(int) [expr.type]" ]
}
