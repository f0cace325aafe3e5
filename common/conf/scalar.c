#include "conf/conf_priv.h"

#include "json/write.h"

/* Plain scalars by the core schema of YAML 1.2.2, section 10.3.2. */

static bool
is_word(struct str s, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, str_of(words[i])))
			return true;
	return false;
}

static size_t
digits(struct str s, size_t i)
{
	while (i < s.len && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i;
}

/* The parts of a decimal number; false when s is none. */
struct decimal {
	bool minus, is_float;
	struct str whole, frac, exp; /* exp with its sign, without 'e' */
};

static bool
split(struct str s, struct decimal *d)
{
	size_t i = 0, j;

	*d = (struct decimal){0};
	if (i < s.len && (s.p[i] == '-' || s.p[i] == '+'))
		d->minus = s.p[i++] == '-';
	j = digits(s, i);
	d->whole = (struct str){s.p + i, j - i};
	i = j;
	if (i < s.len && s.p[i] == '.') {
		d->is_float = true;
		j = digits(s, ++i);
		d->frac = (struct str){s.p + i, j - i};
		i = j;
	}
	if (d->whole.len == 0 && d->frac.len == 0)
		return false;
	if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E')) {
		d->is_float = true;
		j = i + 1;
		if (j < s.len && (s.p[j] == '-' || s.p[j] == '+'))
			j++;
		if (digits(s, j) == j)
			return false;
		d->exp = (struct str){s.p + i, digits(s, j) - i};
		i += d->exp.len;
	}
	/* 012 and 007.5 look like codes, not like numbers: strings. */
	return i == s.len && !(d->whole.len > 1 && d->whole.p[0] == '0');
}

static void
put_decimal(struct buf *out, const struct decimal *d)
{
	if (d->minus)
		buf_putc(out, '-');
	if (d->whole.len == 0)
		buf_putc(out, '0');
	buf_str(out, d->whole);
	if (d->frac.len != 0) {
		buf_putc(out, '.');
		buf_str(out, d->frac);
	} else if (d->is_float && d->exp.len == 0) {
		buf_put(out, ".0", 2);
	}
	buf_str(out, d->exp);
}

/* 0o17 and 0x1F: true when s is one; *wrong when it does not fit. */
static bool
based(struct str s, unsigned long long *v, bool *wrong)
{
	unsigned base;

	if (s.len < 3 || s.p[0] != '0' || (s.p[1] != 'o' && s.p[1] != 'x'))
		return false;
	base = s.p[1] == 'o' ? 8 : 16;
	*v = 0;
	*wrong = false;
	for (size_t i = 2; i < s.len; i++) {
		unsigned d = (unsigned)str_hex(s.p[i]);

		if (d >= base)
			return false;
		*wrong |= *v > (~0ull - d) / base;
		*v = *v * base + d;
	}
	return true;
}

static bool
not_finite(struct str s)
{
	static const char *const words[] = {".inf", ".Inf", ".INF", ".nan",
	    ".NaN", ".NAN"};

	if (s.len > 1 && (s.p[0] == '-' || s.p[0] == '+'))
		s = (struct str){s.p + 1, s.len - 1};
	return is_word(s, words, ARRAY_LEN(words));
}

/* null, true, false: the type's letter, or 0. */
static char
keyword(struct str s, const char **json)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	static const char *const trues[] = {"true", "True", "TRUE"};
	static const char *const falses[] = {"false", "False", "FALSE"};

	if (is_word(s, nulls, ARRAY_LEN(nulls))) {
		*json = "null";
		return 'n';
	}
	if (is_word(s, trues, ARRAY_LEN(trues))) {
		*json = "true";
		return 'b';
	}
	*json = "false";
	return is_word(s, falses, ARRAY_LEN(falses)) ? 'b' : 0;
}

const char *
conf_scalar(struct buf *out, struct str s, char want)
{
	static const char mismatch[] =
	    "the value is not of the type of its tag";
	struct decimal d;
	unsigned long long v;
	const char *json;
	bool wrong;
	char is = keyword(s, &json);

	if (is != 0) {
		if (want != 0 && want != is)
			return mismatch;
		buf_puts(out, json);
		return NULL;
	}
	if (not_finite(s))
		return "JSON has no infinity and no not-a-number";
	if (based(s, &v, &wrong)) {
		if (wrong)
			return "integer does not fit 64 bits";
		if (want != 0 && want != 'i')
			return mismatch;
		buf_u64(out, v);
		return NULL;
	}
	if (split(s, &d)) {
		if (want == 'f' || want == 0 || (want == 'i' && !d.is_float)) {
			put_decimal(out, &d);
			return NULL;
		}
		return mismatch;
	}
	if (want != 0)
		return mismatch;
	json_put_string(out, s);
	return NULL;
}
