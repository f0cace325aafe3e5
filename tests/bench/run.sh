#!/bin/sh
# run.sh: how fast are we, and the tools people use instead?  Prints tables
# and leaves $O/bench/results.{txt,ndjson}; RESULTS=1 keeps the text in
# tests/bench/RESULTS.  RUNS (5) rounds; SIZE (100) percent of 640 MB of data;
# PEERS=no leaves out what comes through npm.
set -eu
cd "$(dirname "$0")/../.."
: "${O:=build}" "${RUNS:=5}" "${SIZE:=100}" "${RESULTS:=}" "${PEERS:=yes}"
data=$O/bench
mkdir -p "$data/peers"

# make_data SHAPE RECORDS PART COMMAND...: the file, and its beginning.
make_data() {
	shape=$1 records=$(($2 * SIZE / 100)) part=$3
	shift 3
	echo "$* $records" | cmp -s - "$data/$shape.made" || {
		echo "making $shape" >&2
		"$@" "$records" >"$data/$shape.ndjson"
		head -n "$part" "$data/$shape.ndjson" \
		    >"$data/$shape.part.ndjson"
		ln -f "$data/$shape.part.ndjson" "$data/$shape.part.jsonl"
		echo "$* $records" >"$data/$shape.made"
	}
}
make_data events 940000 60000 "$O/generate-events"
make_data telemetry 900000 60000 "$O/generate-shapes" telemetry
make_data lines 200 14 "$O/generate-shapes" lines

# The in-process yardstick: the library and its flags as they are here.
[ "$data/yardstick" -nt tests/bench/yardstick.cc ] ||
    g++ -O2 -march=native -std=c++17 -o "$data/yardstick" \
	tests/bench/yardstick.cc -lsimdjson -lpthread >"$data/yardstick.log" \
	2>&1 || echo "no simdjson: see $data/yardstick.log" >&2

# npm_peer PACKAGE VERSION [MORE]: into the scratch folder, or why not.
npm_peer() {
	why=$data/peers/$(echo "$1" | tr / _).absent
	[ -e "$data/peers/node_modules/$1/package.json" ] && {
		rm -f "$why"
		return
	}
	if [ "$PEERS" = no ]; then
		echo "not wanted (PEERS=no)" >"$why"
	elif ! command -v npm >/dev/null 2>&1; then
		echo "no npm here" >"$why"
	elif timeout 300 npm install --prefix "$data/peers" --no-audit \
	    --no-fund --loglevel=error "$1@$2" ${3:+"$3@$2"} \
	    >"$data/peers/log" 2>&1; then
		rm -f "$why"
	else
		echo "npm: $(grep -i error "$data/peers/log" | head -n 1)" \
		    >"$why"
	fi
}
npm_peer @duckdb/node-api 1.5.6-r.1
# npm forgets its optional part, the library itself.
npm_peer nodejs-polars 0.26.1 \
    "nodejs-polars-linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')-gnu"
npm_peer ajv 8.20.0
npm_peer @sourcemeta/jsonschema 16.11.0

unset RAP_STORE RAP_RUN RAP_FAULT RAP_BLOCK
python3 tests/bench/measure.py "$data" "$RUNS"
[ -z "$RESULTS" ] || cp "$data/results.txt" tests/bench/RESULTS
