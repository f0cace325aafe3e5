#!/bin/sh
# run.sh TARGET SECONDS: run a fuzz target on seeds, the lines of NAME.seeds or
# the JSON here; what it finds is kept beside it as TARGET.crash-*.
set -u
target=$1 seconds=$2
here=$(dirname "$0")
corpus=$(mktemp -d) || exit 73
trap 'rm -rf "$corpus"' EXIT

name=${target##*/fuzz-}
dict=$here/json.dict
[ ! -f "$here/$name.dict" ] || dict=$here/$name.dict
[ ! -f "$here/$name.seeds" ] ||
    split -a 3 -l 1 "$here/$name.seeds" "$corpus/own-"
# What judges blocks of lines also begins with some.
[ "$name" != kernels ] ||
    split -a 3 -l 5 "$here/$name.seeds" "$corpus/block-"

# One file per line: the shapes that scanners get wrong.
split -l 1 - "$corpus/seed-" <<'SEEDS'
{"event_id":"e1","properties":{"price_usd":4.99,"level":3},"ok":true}
[1,-0,1.10,1E+2,1e400,123e-10000000,0.1e-7,12345678901234567890]
{"a":1,"\u0061":2}
{"a":{"b":[null,false,true,"",[],{}]},"é":"\u00e9\ud83d\ude02"}
"\"\\\/\b\f\n\r\t\u0000\u001f\u2028"
["\ud800","\udc00\ud800","\ud83d\u0041"]
[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
{"z":1,"a":2,"aa":3,"":4,"\ufb33":5,"😂":6}
[NaN,Infinity,01,+1,.5,1.,0x1]
{"a":1} {"b":2}
  -0.0e5
"cut
{"k":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\"}
SEEDS
printf '\357\273\277{}' >"$corpus/bom"
printf '"\300\257\355\240\200\364\220\200\200\377"' >"$corpus/utf8"
printf '{"a":"\t\001"}\r' >"$corpus/ctrl"
printf '\037\213\010\000' >"$corpus/gzip"

"$target" -max_total_time="$seconds" -max_len=4096 -timeout=5 \
    -rss_limit_mb=1024 -dict="$dict" -verbosity=0 \
    -artifact_prefix="$target.crash-" "$corpus"
