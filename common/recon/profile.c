#include "base/arena.h"
#include "base/err.h"
#include "json/json.h"
#include "num/num.h"
#include "recon/recon_priv.h"

/* What a string is made of. */
struct makeup {
	unsigned letters, capitals, digits, blanks, other;
	unsigned dashes, slashes, colons, dots, ats;
	unsigned groups;   /* runs of digits */
	bool year;	   /* a run of four digits, 1000 to 2999 */
	bool month;	   /* the name of a month */
};

static bool
is_month(const char *p, size_t len)
{
	static const char months[12][4] = {"jan", "feb", "mar", "apr", "may",
	    "jun", "jul", "aug", "sep", "oct", "nov", "dec"};

	if (len < 3)
		return false;
	for (size_t m = 0; m < 12; m++)
		if ((p[0] | 32) == months[m][0] &&
		    (p[1] | 32) == months[m][1] && (p[2] | 32) == months[m][2])
			return true;
	return false;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return ((c | 32) >= 'a' && (c | 32) <= 'z') || (c & 0x80);
}

static void
count_char(struct makeup *m, char c)
{
	switch (c) {
	case '-':
		m->dashes++;
		break;
	case '/':
		m->slashes++;
		break;
	case ':':
		m->colons++;
		break;
	case '.':
		m->dots++;
		break;
	case '@':
		m->ats++;
		break;
	case ' ':
		m->blanks++;
		break;
	default:
		m->other++;
	}
}

static void
look(struct str s, struct makeup *m)
{
	size_t i = 0, j;

	*m = (struct makeup){0};
	while (i < s.len) {
		j = i + 1;
		if (is_digit(s.p[i])) {
			while (j < s.len && is_digit(s.p[j]))
				j++;
			m->groups++;
			m->digits += (unsigned)(j - i);
			if (j - i == 4 && (s.p[i] == '1' || s.p[i] == '2'))
				m->year = true;
		} else if (is_letter(s.p[i])) {
			while (j < s.len && is_letter(s.p[j]))
				j++;
			for (size_t k = i; k < j; k++)
				m->capitals += s.p[k] >= 'A' && s.p[k] <= 'Z';
			m->letters += (unsigned)(j - i);
			if (m->groups != 0 || j < s.len)
				m->month |= is_month(s.p + i, j - i);
		} else {
			count_char(m, s.p[i]);
		}
		i = j;
	}
}

/* "17-Nov-2023", "Dec 5, 2021 10:00 AM", "[10/Oct/2000:13:55:36 +0000]" */
static bool
has_month(const struct makeup *m)
{
	return m->month && m->letters <= 12 && (m->year || m->groups >= 2);
}

/* A date of some layout, perhaps with a time. */
static bool
is_time(struct str s, const struct makeup *m)
{
	if (m->groups == 0 || m->letters > 24 || s.len > 48 || s.len < 6)
		return false;
	if (has_month(m))
		return true;
	if (m->letters > 5 || m->ats != 0)
		return false;
	if (m->groups >= 3 && m->year && (m->dashes >= 2 || m->slashes >= 2))
		return true;
	if (m->groups >= 3 && m->letters <= 2 && (m->slashes == 2 ||
	    (m->dots == 2 && m->year)))
		return true;
	/* 20141013T000000Z */
	return s.len >= 15 && m->groups == 2 && s.p[8] == 'T';
}

static bool
is_clock(struct str s, const struct makeup *m)
{
	if (m->groups >= 2 && m->colons >= 1 && m->colons <= 3 &&
	    m->letters <= 6 && m->slashes == 0 && m->other == 0 &&
	    m->dashes <= 1)
		return true;
	return s.len >= 3 && s.p[0] == 'P' && m->groups >= 1 &&
	    m->letters == m->capitals && m->letters <= 6 &&
	    m->blanks + m->other + m->dashes == 0 &&
	    (s.p[1] == 'T' || is_digit(s.p[1])) && !is_digit(s.p[s.len - 1]);
}

static bool
is_hex(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!is_digit(s.p[i]) && s.p[i] != '-' &&
		    ((s.p[i] | 32) < 'a' || (s.p[i] | 32) > 'f'))
			return false;
	return true;
}

static bool
contains(struct str s, const char *z)
{
	size_t n = strlen(z);

	for (size_t i = 0; i + n <= s.len; i++)
		if (memcmp(s.p + i, z, n) == 0)
			return true;
	return false;
}

static bool
is_ip(struct str s, const struct makeup *m)
{
	if (m->dots == 3 && m->groups == 4 && m->letters == 0 &&
	    m->blanks == 0 && m->dashes == 0 && m->slashes <= 1)
		return true;
	if (m->colons < 2 || m->blanks + m->other + m->slashes != 0 ||
	    s.len > 39)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] != ':' && s.p[i] != '.' && !is_digit(s.p[i]) &&
		    ((s.p[i] | 32) < 'a' || (s.p[i] | 32) > 'f'))
			return false;
	return m->colons >= 5 || contains(s, "::");
}

static bool
is_word_of_truth(struct str s)
{
	static const char *const words[] = {"true", "false", "yes", "no", "y",
	    "n", "t", "f"};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		size_t n = strlen(words[i]), k = 0;

		while (k < n && k < s.len && (s.p[k] | 32) == words[i][k])
			k++;
		if (k == n && n == s.len)
			return true;
	}
	return false;
}

/* A number by the grammar of JSON, a plus sign and commas let through. */
static bool
is_numeric(struct str s, const struct makeup *m)
{
	size_t i = 0;

	if (m->digits == 0 || m->letters > 1 || m->dots > 1 ||
	    m->blanks + m->slashes + m->colons + m->ats != 0)
		return false;
	if (s.p[0] == '-' || s.p[0] == '+')
		i = 1;
	for (; i < s.len; i++)
		if (!is_digit(s.p[i]) && s.p[i] != '.' && s.p[i] != ',' &&
		    s.p[i] != 'e' && s.p[i] != 'E' && s.p[i] != '-' &&
		    s.p[i] != '%')
			return false;
	return m->dashes <= 1u + (m->letters != 0) &&
	    (m->dashes == 0 || s.p[0] == '-' || m->letters != 0);
}

static enum recon_shape
shape_of_code(struct str s, const struct makeup *m)
{
	if (m->letters == 0)
		return m->digits >= 7 && m->groups >= 2 ? RECON_PHONE :
		    m->groups == 2 && m->other + m->dots == 0 ? RECON_PAIR :
		    m->digits != 0 ? RECON_OPAQUE : RECON_PHRASE;
	if (m->blanks != 0)
		return RECON_PHRASE;
	if (m->digits == 0)
		return m->letters <= 5 && m->capitals == m->letters &&
		    s.len <= 6 ? RECON_CODE : RECON_WORD;
	return RECON_OPAQUE;
}

static bool
is_url(struct str s)
{
	return contains(s, "://") ||
	    (s.len > 4 && memcmp(s.p, "www.", 4) == 0);
}

static bool
is_phone(struct str s, const struct makeup *m)
{
	return s.p[0] == '+' && m->digits >= 7 && m->letters == 0;
}

/* An array or an object that was written as a string. */
static bool
is_nested(struct str s)
{
	char last = s.p[s.len - 1];

	return (s.p[0] == '[' && last == ']') || (s.p[0] == '{' && last == '}');
}

static enum recon_shape
shape_of_text(struct str s)
{
	struct makeup m;

	if (s.len > 256)
		s.len = 256;
	look(s, &m);
	if (is_url(s))
		return RECON_URL;
	if (m.ats == 1 && m.dots >= 1 && m.blanks == 0 && m.letters > 2)
		return RECON_EMAIL;
	if (is_phone(s, &m))
		return RECON_PHONE;
	if (is_numeric(s, &m))
		return RECON_NUMERIC;
	if (is_word_of_truth(s))
		return RECON_BOOLEAN;
	if (is_ip(s, &m))
		return RECON_IP;
	if (s.len == 36 && m.dashes == 4 && is_hex(s))
		return RECON_UUID;
	if (is_time(s, &m))
		return RECON_TIME;
	if (is_clock(s, &m))
		return RECON_CLOCK;
	if (s.p[0] == '/' && m.blanks == 0)
		return RECON_PATH;
	return is_nested(s) ? RECON_NESTED : shape_of_code(s, &m);
}

/* 20230131: a day written as one number. */
static bool
is_day(double v)
{
	int32_t n;

	if (!(v >= 19000101 && v <= 21001231))
		return false;
	n = (int32_t)v;
	return n / 100 % 100 >= 1 && n / 100 % 100 <= 12 && n % 100 >= 1 &&
	    n % 100 <= 31;
}

static enum recon_shape
shape_of_number(struct recon_profile *p, const struct json_doc *d,
    uint32_t node)
{
	struct err e;
	double v;

	if (num_to_double(json_raw(d, node), &v, &e) != 0)
		return RECON_FRACTION;
	if (p->numbers == 0 || v < p->lo)
		p->lo = v;
	if (p->numbers == 0 || v > p->hi)
		p->hi = v;
	if (p->numbers < RECON_SAMPLE)
		p->samples[p->numbers] = v;
	p->numbers++;
	p->zero_one += v == 0 || v == 1;
	if (!num_is_integer(json_raw(d, node)))
		return v > 1e9 && v < 2e9 ? RECON_EPOCH : RECON_FRACTION;
	if ((v > 6e8 && v < 2.6e9) || (v > 6e11 && v < 2.6e12) ||
	    (v > 6e14 && v < 2.6e15) || is_day(v))
		return RECON_EPOCH;
	return RECON_INTEGER;
}

uint64_t
values_hash(struct str s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < s.len; i++) {
		unsigned c = (unsigned char)s.p[i];

		h = (h ^ (c >= 'A' && c <= 'Z' ? c + 32 : c)) *
		    0x100000001b3u;
	}
	return h;
}

static void
remember(struct recon_profile *p, struct str s)
{
	uint64_t h = values_hash(s);

	if (p->nseen == RECON_SAMPLE)
		return;
	for (uint32_t i = 0; i < p->nseen; i++)
		if (p->seen[i] == h)
			return;
	p->seen[p->nseen++] = h;
}

void
recon_profile_add(struct recon_profile *p, const struct json_doc *d,
    uint32_t node)
{
	struct arena mem = {0};
	enum recon_shape shape;
	struct str s;

	p->n++;
	switch (json_type(d, node)) {
	case JSON_NULL:
		p->nulls++;
		return;
	case JSON_FALSE:
	case JSON_TRUE:
		shape = RECON_BOOLEAN;
		break;
	case JSON_NUMBER:
		shape = shape_of_number(p, d, node);
		remember(p, json_raw(d, node));
		break;
	case JSON_STRING:
		s = json_string(d, node, &mem);
		if (s.len == 0) {
			p->nulls++;
			return;
		}
		if (s.len > p->longest)
			p->longest = (uint32_t)s.len;
		shape = shape_of_text(s);
		remember(p, s);
		arena_free(&mem);
		break;
	default:
		shape = RECON_NESTED;
	}
	p->shapes[shape]++;
}
