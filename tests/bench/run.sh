#!/bin/sh
# run.sh: how fast are we, and the tools people use instead?  Prints a table
# of medians and leaves $O/bench/results.ndjson.  RUNS (5) per case, RECORDS
# (940000) game events; slow peers read SLICE (60000) of them and say so.
set -eu
cd "$(dirname "$0")/../.."
: "${O:=build}" "${RUNS:=5}" "${RECORDS:=940000}" "${SLICE:=60000}"
data=$O/bench
mkdir -p "$data"
[ -e "$data/events-$RECORDS.ndjson" ] || {
	"$O/generate-events" "$RECORDS" >"$data/tmp"
	mv "$data/tmp" "$data/events-$RECORDS.ndjson"
}
head -n "$SLICE" "$data/events-$RECORDS.ndjson" >"$data/slice.ndjson"
export PATH="$PWD/$O:$PATH"
unset RAP_STORE RAP_RUN RAP_FAULT
exec python3 tests/bench/measure.py "$data" \
    "$data/events-$RECORDS.ndjson" "$RECORDS" "$SLICE" "$RUNS"
