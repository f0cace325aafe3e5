#!/usr/bin/env bats
# The canonical form against RFC 8785's own vectors and python3.
load helper

@test "the six JCS vectors, but for the digits a double drops" {
	need_shared conformance/jcs
	for f in arrays french structures unicode values weird; do
		"$RAP_BIN/unit/canon" - <"$shared/conformance/jcs/input/$f.json" \
		    >"$BATS_TEST_TMPDIR/$f"
		# The one number there that a double cannot hold stays exact.
		sed 's/333333333\.3333333,/333333333.33333329,/' \
		    "$shared/conformance/jcs/output/$f.json" |
		    cmp - "$BATS_TEST_TMPDIR/$f"
	done
}

@test "random objects come out in the order of UTF-16" {
	python3 - "$BATS_TEST_TMPDIR" "$RAP_BIN/unit/canon" <<'PY'
import json, random, subprocess, sys
random.seed(8785)
chars = 'ab/"\\\n\x00\x1f\x7f\u00e9\u20ac\ud7ff\ue000\ufb33\uffff' \
    '\U00010000\U0001f600\U0010ffff'
def name():
    return ''.join(random.choice(chars) for _ in range(random.randrange(5)))
def value(depth):
    k = random.randrange(6 if depth else 3)
    if k < 2:
        return random.choice((None, True, False, 0, 17, -5, name()))
    if k == 2:
        return name()
    if k == 3:
        return [value(depth - 1) for _ in range(random.randrange(4))]
    return {name(): value(depth - 1) for _ in range(random.randrange(9))}
short = {'"': '\\"', '\\': '\\\\', '\n': '\\n'}
def string(s):
    return '"' + ''.join(short.get(c) or
        ('\\u%04x' % ord(c) if c < ' ' else c) for c in s) + '"'
def canon(v):
    if isinstance(v, str):
        return string(v)
    if isinstance(v, list):
        return '[' + ','.join(map(canon, v)) + ']'
    if isinstance(v, dict):
        return '{' + ','.join(string(k) + ':' + canon(v[k]) for k in
            sorted(v, key=lambda s: s.encode('utf-16-be'))) + '}'
    return json.dumps(v)
for i in range(300):
    v = value(4)
    text = json.dumps(v, ensure_ascii=bool(i % 2), indent=i % 3 or None)
    got = subprocess.run([sys.argv[2], '-'], input=text.encode(),
                         capture_output=True, check=True).stdout
    assert got == canon(v).encode(), (text, got)
    again = subprocess.run([sys.argv[2], '-'], input=got,
                           capture_output=True, check=True).stdout
    assert again == got
PY
}
