# Configuration files: JSON and YAML of the same text read the same.
load helper

@test "conf: what is JSON reads the same as YAML, numbers by their digits" {
	cd "$BATS_TEST_TMPDIR"
	# 200 texts of a fixed seed, as JSON and, behind "---", as YAML; what
	# was read is printed.  Strings may come out with other escapes.
	python3 - <<'PY'
import json
import random
import subprocess

random.seed(7)
NUMBERS = ["1e5", "-0", "1E-7", "0.10", "-1.50e+10", "0", "-0.0", "7",
           "123456789012345678901234567890", "99.9900"]
CHARS = "aZ09 :#-?,[]{}&*!|>'\"%@`\\/~é中\n\t\x01😀"


def string():
    text = "".join(random.choice(CHARS) for _ in range(random.randint(0, 12)))
    return json.dumps(text, ensure_ascii=False)


def value(depth):
    kind = random.random()
    if depth > 4 or kind < 0.3:
        return random.choice(NUMBERS)
    if kind < 0.5:
        return string()
    if kind < 0.6:
        return random.choice(["true", "false", "null"])
    n = random.randint(0, 4)
    if kind < 0.8:
        return "[" + ",".join(value(depth + 1) for _ in range(n)) + "]"
    names = sorted({string() for _ in range(n)})
    return "{" + ",".join(k + ":" + value(depth + 1) for k in names) + "}"


def reading(text):
    return repr(json.loads(text, parse_int=lambda d: "i" + d,
                           parse_float=lambda d: "f" + d))


for i in range(200):
    text = '{"rap":"map/1","fields":[{"to":"a","value":%s}]}\n' % value(0)
    for start in ("", "--- "):
        with open("m.yaml", "w") as f:
            f.write(start + text)
        got = subprocess.run(["rap-map", "-m", "m.yaml", "--print"],
                             capture_output=True, text=True, check=True)
        assert reading(got.stdout) == reading(text), (text, got.stdout)
        assert start or got.stdout == text
PY
}

@test "conf: a billion laughs end at once" {
	cd "$BATS_TEST_TMPDIR"
	{
		echo 'rap: map/1'
		echo 'a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]'
		for i in 1 2 3 4 5 6 7 8 9; do
			p="*a$((i - 1))"
			echo "a$i: &a$i [$p, $p, $p, $p, $p, $p, $p, $p, $p]"
		done
	} >m.yaml
	run rap-map -m m.yaml </dev/null
	[ "$status" = 78 ]
	# a0 has 46 bytes; aliases copy 46 (9 + ... + 9^n): past 1 MiB in a5
	[[ "$output" == *"m.yaml:7:"*"[conf.alias]"* ]]
}
