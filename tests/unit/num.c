/*
 * Fixed vectors, and with operations on stdin ("op number...") a calculator
 * for tests/num.bats to hold against python3.
 */
#include <math.h>
#include <stdlib.h>

#include "test.h"

#include "base/buf.h"
#include "base/err.h"
#include "num/num.h"

static void
canon_is(const char *text, const char *want)
{
	struct buf b = {0};

	num_canon(str_of(text), &b);
	TEST_STR(b, want);
	buf_free(&b);
}

static void
test_canon(void)
{
	static const char *const v[][2] = {{"0", "0"}, {"-0", "0"},
	    {"-0.0e5", "0"}, {"0.000", "0"}, {"1.10", "1.1"}, {"1E+2", "100"},
	    {"1e2", "100"}, {"10", "10"}, {"-10.0", "-10"}, {"0.5", "0.5"},
	    {"100e-2", "1"}, {"1e20", "100000000000000000000"},
	    {"1e21", "1e+21"}, {"123e-9", "1.23e-7"},
	    {"0.000001", "0.000001"}, {"0.0000001", "1e-7"},
	    {"12345678901234567890", "12345678901234567890"},
	    {"123456789012345678901", "123456789012345678901"},
	    {"1234567890123456789012", "1.234567890123456789012e+21"},
	    {"1.000000000000000005", "1.000000000000000005"},
	    {"1e400", "1e+400"}, {"123e-10000000", "1.23e-9999998"},
	    {"333333333.33333329", "333333333.33333329"},
	    {"0.10e+000000000000000000000000002", "10"},
	    {"1200.3400e1", "12003.4"}};

	for (size_t i = 0; i < ARRAY_LEN(v); i++)
		canon_is(v[i][0], v[i][1]);
}

static void
test_cmp(void)
{
	static const char *const up[] = {"-1e400", "-10", "-9.99", "-9",
	    "-1e-400", "-0", "1e-400", "0.09", "0.1", "0.11", "1", "1.0001",
	    "9007199254740992", "9007199254740993", "1e16", "1e400"};

	for (size_t i = 0; i < ARRAY_LEN(up); i++)
		for (size_t k = 0; k < ARRAY_LEN(up); k++) {
			int c = num_cmp(str_of(up[i]), str_of(up[k]));

			TEST((c > 0) - (c < 0) == (i > k) - (i < k));
		}
	TEST(num_cmp(STR("1.0"), STR("1")) == 0);
	TEST(num_cmp(STR("10e-1"), STR("0.001E3")) == 0);
	TEST(num_cmp(STR("-0.0"), STR("0e9")) == 0);
}

static void
test_integer(void)
{
	int64_t v = 7;

	TEST(num_is_integer(STR("1.0")) && num_is_integer(STR("1e2")));
	TEST(num_is_integer(STR("-0.0e-9")) && num_is_integer(STR("120e-1")));
	TEST(!num_is_integer(STR("1.5")) && !num_is_integer(STR("1e-1")));
	TEST(num_to_i64(STR("9223372036854775807"), &v) == 0 &&
	    v == INT64_MAX);
	TEST(num_to_i64(STR("-9223372036854775808"), &v) == 0 &&
	    v == INT64_MIN);
	TEST(num_to_i64(STR("9223372036854775808"), &v) == -1);
	TEST(num_to_i64(STR("-9223372036854775809"), &v) == -1);
	TEST(num_to_i64(STR("9.2e18"), &v) == 0 && v == 9200000000000000000);
	TEST(num_to_i64(STR("-1.20e1"), &v) == 0 && v == -12);
	TEST(num_to_i64(STR("-0"), &v) == 0 && v == 0);
	TEST(num_to_i64(STR("1e99999"), &v) == -1);
	TEST(num_to_i64(STR("1e19"), &v) == -1);
	TEST(num_to_i64(STR("0.5"), &v) == -1);
}

/* RFC 8785 appendix B: the bits of a double and its text. */
static void
test_put_double(void)
{
	static const struct {
		uint64_t bits;
		const char *text;
	} v[] = {{0x0000000000000000, "0"}, {0x8000000000000000, "0"},
	    {0x0000000000000001, "5e-324"}, {0x8000000000000001, "-5e-324"},
	    {0x7fefffffffffffff, "1.7976931348623157e+308"},
	    {0xffefffffffffffff, "-1.7976931348623157e+308"},
	    {0x4340000000000000, "9007199254740992"},
	    {0xc340000000000000, "-9007199254740992"},
	    {0x4430000000000000, "295147905179352830000"},
	    {0x44b52d02c7e14af5, "9.999999999999997e+22"},
	    {0x44b52d02c7e14af6, "1e+23"},
	    {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
	    {0x444b1ae4d6e2ef4e, "999999999999999700000"},
	    {0x444b1ae4d6e2ef4f, "999999999999999900000"},
	    {0x444b1ae4d6e2ef50, "1e+21"},
	    {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
	    {0x3eb0c6f7a0b5ed8d, "0.000001"},
	    {0x41b3de4355555553, "333333333.3333332"},
	    {0x41b3de4355555554, "333333333.33333325"},
	    {0x41b3de4355555555, "333333333.3333333"},
	    {0x41b3de4355555556, "333333333.3333334"},
	    {0x41b3de4355555557, "333333333.33333343"},
	    {0xbecbf647612f3696, "-0.0000033333333333333333"},
	    {0x43143ff3c1cb0959, "1424953923781206.2"},
	    /* 2^-44, where the nearest 16 digits do not read back. */
	    {0x3d30000000000000, "5.684341886080802e-14"}};

	for (size_t i = 0; i < ARRAY_LEN(v); i++) {
		struct buf b = {0};
		double d;

		memcpy(&d, &v[i].bits, sizeof d);
		num_put_double(&b, d);
		TEST_STR(b, v[i].text);
		buf_free(&b);
	}
}

static void
test_to_double(void)
{
	struct buf b = {0};
	struct err e;
	double v;

	TEST(num_to_double(STR("0.1"), &v, &e) == 0 && v == 0.1);
	TEST(num_to_double(STR("-4.99"), &v, &e) == 0 && v == -4.99);
	TEST(num_to_double(STR("1e400"), &v, &e) == -1 &&
	    strcmp(e.id, "num.range") == 0);
	TEST(num_to_double(STR("-1e-400"), &v, &e) == 0 && v == 0);
	TEST(num_to_double(STR("1e999999999"), &v, &e) == -1);
	/* Half way between 1 and the next double, and a little more. */
	TEST(num_to_double(STR("1.00000000000000011102230246251565404"
			       "236316680908203125"), &v, &e) == 0 && v == 1);
	TEST(num_to_double(STR("1.00000000000000011102230246251565404"
			       "2363166809082031250000000001"), &v, &e) == 0 &&
	    v == nextafter(1, 2));
	/* The same difference past every digit that is looked at. */
	buf_puts(&b, "1.00000000000000011102230246251565404"
		     "236316680908203125");
	for (int i = 0; i < 2000; i++)
		buf_putc(&b, '0');
	buf_putc(&b, '1');
	TEST(num_to_double(buf_view(&b), &v, &e) == 0 && v == nextafter(1, 2));
	buf_free(&b);
}

static void
sum_is(const char *const *text, size_t n, const char *want)
{
	struct num_sum s = {0};
	struct buf b = {0};
	struct err e;

	for (size_t i = 0; i < n; i++)
		TEST(num_sum_add(&s, str_of(text[i]), &e) == 0);
	num_sum_put(&s, &b);
	TEST_STR(b, want);
	num_sum_free(&s);
	buf_free(&b);
}

#define SUM(want, ...)                                                         \
	sum_is((const char *const[]){__VA_ARGS__},                             \
	    ARRAY_LEN(((const char *const[]){__VA_ARGS__})), want)

static void
test_sum(void)
{
	SUM("1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1", "0.1",
	    "0.1");
	SUM("1", "1e16", "1", "-1e16");
	SUM("0", "0", "-0.0", "0e99999999");
	SUM("0", "1e1000", "-1e1000");
	SUM("1e-1000", "1e1000", "1e-1000", "-1e1000");
	SUM("3", "1", "2.000");
	SUM("-0.75", "-0.5", "-0.25");
	SUM("1999999999999999998", "999999999999999999",
	    "999999999999999999");
	SUM("1999999999999999999.8", "999999999999999999.9",
	    "999999999999999999.9");
	/* 34 digits are exact, the 35th rounds half to even. */
	SUM("1.000000000000000000000000000000001",
	    "1.000000000000000000000000000000001");
	SUM("1.000000000000000000000000000000002",
	    "1.0000000000000000000000000000000015");
	SUM("1.000000000000000000000000000000002",
	    "1.0000000000000000000000000000000025");
	SUM("1.000000000000000000000000000000003",
	    "1.00000000000000000000000000000000250000000001");
	SUM("10", "9.99999999999999999999999999999999995");
}

static void
test_sum_limits(void)
{
	struct num_sum s = {0};
	struct buf b = {0};
	struct err e;

	TEST(num_sum_add(&s, STR("5"), &e) == 0);
	TEST(num_sum_add(&s, STR("1e1001"), &e) == -1 &&
	    strcmp(e.id, "num.limit") == 0 && e.code == ERR_DATA);
	TEST(num_sum_add(&s, STR("1e-1001"), &e) == -1);
	for (int i = 0; i < 1001; i++)
		buf_putc(&b, '7');
	TEST(num_sum_add(&s, buf_view(&b), &e) == -1);
	b.len = 1000;
	TEST(num_sum_add(&s, buf_view(&b), &e) == 0);
	b.p[0] = '-';
	b.p[1] = '7';
	TEST(num_sum_add(&s, (struct str){b.p, 1000}, &e) == 0);
	b.p[0] = '7';
	b.len = 0;
	num_sum_put(&s, &b);
	/* 7777... (1000) less 777... (999) plus 5 is 7e999 + 5 */
	TEST_STR(b, "7e+999");
	buf_free(&b);
	num_sum_free(&s);
}

/* The tie 1 + 2^-53 three times, off by `more`, a third of it. */
static void
mean_is(const char *more, const char *want)
{
	static const char tie[] =
	    "1.00000000000000011102230246251565404236316680908203125";
	struct num_sum s = {0};
	struct buf b = {0};
	struct err e;

	for (int i = 0; i < 3; i++)
		TEST(num_sum_add(&s, str_of(tie), &e) == 0);
	TEST(num_sum_add(&s, str_of(more), &e) == 0);
	TEST(num_sum_put_mean(&s, 3, &b, &e) == 0);
	TEST_STR(b, want);
	num_sum_free(&s);
	buf_free(&b);
}

static void
test_mean(void)
{
	struct num_sum s = {0};
	struct buf b = {0};
	struct err e;

	mean_is("0", "1");
	mean_is("1e-60", "1.0000000000000002");
	mean_is("-1e-60", "1");
	mean_is("1e-900", "1.0000000000000002");
	TEST(num_sum_add(&s, STR("1e400"), &e) == 0);
	TEST(num_sum_put_mean(&s, 2, &b, &e) == -1 &&
	    strcmp(e.id, "num.range") == 0);
	num_sum_free(&s);
	buf_free(&b);
}

static struct num_sum
sum_of(char *words)
{
	struct num_sum s = {0};
	struct err e;
	char *save;

	for (char *w = strtok_r(words, " ", &save); w != NULL;
	     w = strtok_r(NULL, " ", &save))
		if (num_sum_add(&s, str_of(w), &e) != 0)
			exit(2);
	return s;
}

/* "sum A B | C": two partial sums, merged; "mean N A B"; "canon A"; ... */
static void
calculate(char *line, struct buf *out)
{
	char *arg = strchr(line, ' ') + 1, *rest = strchr(arg, '|');
	bool mean = line[0] == 'm';
	uint64_t n = mean ? strtoull(arg, &arg, 10) : 0;
	struct num_sum a, b;
	struct err e;
	double v;

	if (line[0] == 'c') {
		num_canon(str_of(arg), out);
	} else if (line[0] == 'd') {
		if (num_to_double(str_of(arg), &v, &e) == 0)
			num_put_double(out, v);
		else
			buf_puts(out, e.id);
	} else {
		if (rest != NULL)
			*rest++ = '\0';
		a = sum_of(arg);
		b = sum_of(rest != NULL ? rest : arg + strlen(arg));
		num_sum_merge(&a, &b);
		if (!mean)
			num_sum_put(&a, out);
		else if (num_sum_put_mean(&a, n, out, &e) != 0)
			buf_puts(out, e.id);
		num_sum_free(&a);
		num_sum_free(&b);
	}
	buf_putc(out, '\n');
}

/* Of fractions.Fraction of Python: (v / d).denominator == 1. */
static void
test_multiple(void)
{
	static const struct {
		const char *v, *d;
		bool is;
	} row[] = {{"0.3", "0.1", true}, {"19.995", "0.01", false},
	    {"35770.76", "0.01", true}, {"1e400", "7", false},
	    {"1e400", "64", true}, {"12391239123", "1e-8", true},
	    {"90.0", "30", true}, {"1e1", "30", false}, {"-0.0", "3", true},
	    {"-12", "3", true}, {"1e-5", "1e-4", false},
	    {"123456789012345678901234567890", "15", true},
	    {"123456789012345678901234567891", "15", false},
	    {"1e999999999999999999", "1e-999999999999999999", true},
	    {"100", "1e2", true}, {"1.50", "0.75", true}};
	struct num_divisor d;

	for (size_t i = 0; i < ARRAY_LEN(row); i++)
		TEST(num_divisor(&d, str_of(row[i].d)) == 0 &&
		    num_is_multiple(str_of(row[i].v), &d) == row[i].is);
	TEST(num_divisor(&d, STR("0.00")) == -1);
	TEST(num_divisor(&d, STR("-3")) == -1);
	TEST(num_divisor(&d, STR("1234567890.123456789")) == -1);
	TEST(num_divisor(&d, STR("123456789012345678000")) == 0);
}

int
main(int argc, char **argv)
{
	static char line[1 << 20];
	struct buf out = {0};

	if (argc > 1 && strcmp(argv[1], "-") == 0) {
		while (fgets(line, sizeof line, stdin) != NULL) {
			line[strcspn(line, "\n")] = '\0';
			calculate(line, &out);
			fwrite(out.p, 1, out.len, stdout);
			buf_clear(&out);
		}
		buf_free(&out);
		return 0;
	}
	test_canon();
	test_cmp();
	test_integer();
	test_put_double();
	test_to_double();
	test_sum();
	test_sum_limits();
	test_mean();
	test_multiple();
	return test_done();
}
