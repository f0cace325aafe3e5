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
