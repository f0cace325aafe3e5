#!/usr/bin/env bats
# Matching of field names on labelled tables; the targets stand in
# tests/conformance/fieldmatch.c.
load helper

fieldmatch() {
	"$RAP_BIN/conformance/fieldmatch" "$@" "$root"/share/lexicon/*.yaml
}

@test "the labelled tables are matched as well as promised" {
	need_shared data/fieldmatch/dev.ndjson
	run fieldmatch "$shared/data/fieldmatch/dev.ndjson"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "tables of other domains are matched as well as promised" {
	run fieldmatch "$root/tests/conformance/fieldmatch.ndjson"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a lexicon that leaves out the words fails the targets" {
	need_shared data/fieldmatch/dev.ndjson
	printf 'rap: lexicon/1\nnoise: [the]\n' >"$BATS_TEST_TMPDIR/l.yaml"
	run "$RAP_BIN/conformance/fieldmatch" \
	    "$shared/data/fieldmatch/dev.ndjson" "$BATS_TEST_TMPDIR/l.yaml"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ "$output" == *"failed: F1 is"* ]]
}
