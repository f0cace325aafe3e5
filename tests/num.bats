#!/usr/bin/env bats
# Arithmetic on number texts against python3's decimal, fractions and float.
load helper

# The questions go to q, python's answers to want.
oracle() {
	python3 - "$1" >"$BATS_TEST_TMPDIR/q" 3>"$BATS_TEST_TMPDIR/want" <<'PY'
import decimal, fractions, os, random, sys

random.seed(20240607)
want = os.fdopen(3, 'w')
exact = decimal.Context(prec=20000, Emax=decimal.MAX_EMAX,
                        Emin=decimal.MIN_EMIN)
half_even = decimal.Context(prec=34, rounding=decimal.ROUND_HALF_EVEN,
                            Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)

def layout(d):
    """ECMAScript's Number::toString of an exact decimal"""
    sign, digits, exp = d.as_tuple()
    digits = ''.join(map(str, digits)).lstrip('0')
    stripped = digits.rstrip('0')
    exp += len(digits) - len(stripped)
    k, digits = len(stripped), stripped
    if k == 0:
        return '0'
    n = exp + k
    if k <= n <= 21:
        s = digits + '0' * (n - k)
    elif 0 < n <= 21:
        s = digits[:n] + '.' + digits[n:]
    elif -6 < n <= 0:
        s = '0.' + '0' * -n + digits
    else:
        s = digits[0] + ('.' + digits[1:] if k > 1 else '')
        s += 'e%+d' % (n - 1)
    return ('-' if sign else '') + s

def digits(n):
    return ''.join(random.choice('0123456789') for _ in range(n))

def number(kind):
    """the text of a JSON number"""
    if kind == 'price':
        t = '%d.%02d' % (random.randrange(1000), random.randrange(100))
    elif kind == 'short':
        t = str(random.randrange(10 ** random.randrange(1, 19)))
        if random.random() < .6:
            t += '.' + digits(random.randrange(1, 19))
    else:
        t = str(random.randrange(10 ** random.choice((1, 5, 20, 60, 300))))
        if random.random() < .6:
            t += '.' + digits(random.choice((1, 9, 40, 400)))
        if random.random() < .6:
            t += random.choice(('e', 'E', 'e+')) + str(random.randrange(300))
        elif random.random() < .5:
            t += 'e-' + str(random.randrange(300))
    return ('-' if random.random() < .4 else '') + t

def total(numbers):
    s = decimal.Decimal(0)
    for t in numbers:
        s = exact.add(s, decimal.Decimal(t))
    return s

def shortest(f):
    return layout(decimal.Decimal(repr(f)))

for _ in range(int(sys.argv[1])):
    kind = random.choice(('price', 'short', 'short', 'wild'))
    ns = [number(kind) for _ in range(random.randrange(1, 12))]
    if random.random() < .2:       # cancel to nothing, or nearly
        ns += [t[1:] if t[0] == '-' else '-' + t for t in ns[1:]]
        random.shuffle(ns)
    cut = random.randrange(len(ns) + 1)
    text = ' '.join(ns[:cut]) + ' | ' + ' '.join(ns[cut:])
    print('canon ' + ns[0])
    print(layout(decimal.Decimal(ns[0])), file=want)
    print('sum ' + text)
    print(layout(half_even.plus(total(ns))), file=want)
    n = random.choice((len(ns), 3, 7, random.randrange(1, 2 ** 64)))
    print('mean', n, text)
    try:
        q = float(fractions.Fraction(total(ns)) / n)
        print(shortest(q), file=want)
    except OverflowError:
        print('num.range', file=want)
    print('double ' + ns[0])
    f = float(ns[0])
    print(shortest(f) if abs(f) != float('inf') else 'num.range', file=want)

# Doubles on a boundary: powers of two, neighbours, ties between two.
for _ in range(int(sys.argv[1])):
    f = random.choice((1.0, 1.5, random.random() + 1)) \
        * 2.0 ** random.randrange(-1074, 1000)
    mid = fractions.Fraction(f)
    if f > 1e-300:
        mid += fractions.Fraction(f) * fractions.Fraction(1, 2 ** 53)
    d = exact.divide(decimal.Decimal(mid.numerator),
                     decimal.Decimal(mid.denominator))
    for t in (repr(f), str(d)[:5000]):
        print('double ' + t)
        print(shortest(float(t)), file=want)
PY
}

@test "canonical text, sums, means and doubles agree with python3" {
	oracle 4000
	"$RAP_BIN/unit/num" - <"$BATS_TEST_TMPDIR/q" >"$BATS_TEST_TMPDIR/got"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/want")" -ge 24000 ]
	cmp "$BATS_TEST_TMPDIR/got" "$BATS_TEST_TMPDIR/want"
}

@test "a canonical text is its own canonical text" {
	oracle 500
	sed -n 's/^canon //p' "$BATS_TEST_TMPDIR/q" | sed 's/^/canon /' |
	    "$RAP_BIN/unit/num" - >"$BATS_TEST_TMPDIR/once"
	sed 's/^/canon /' "$BATS_TEST_TMPDIR/once" | "$RAP_BIN/unit/num" - |
	    cmp - "$BATS_TEST_TMPDIR/once"
}

@test "a million digits take linear time" {
	python3 -c 'print("canon " + "7" * 1000000)' |
	    timeout 5 "$RAP_BIN/unit/num" - >"$BATS_TEST_TMPDIR/got"
	python3 -c 'print("7." + "7" * 999999 + "e+999999")' |
	    cmp - "$BATS_TEST_TMPDIR/got"
}
