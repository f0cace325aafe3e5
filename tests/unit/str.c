/* base/str.h: what it counts. */
#include "test.h"

#include "base/str.h"

/* Every length around the steps of str_count, at every distance from the
 * start of a word; the bytes around the text do not count. */
static void
count(void)
{
	static char text[40000];
	static const size_t lens[] = {0, 1, 31, 32, 33, 63, 64, 65, 255, 256,
	    32 * 255 - 1, 32 * 255, 32 * 255 + 1, 32 * 256, 32 * 511, 39000};
	static const char *const kinds[] = {"\n", "\n ", "abc\n", "\xff",
	    "\n\x8a\x0b"};

	for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
		size_t n = strlen(kinds[k]);

		for (size_t i = 0; i < sizeof text; i++)
			text[i] = kinds[k][i % n];
		for (size_t i = 0; i < ARRAY_LEN(lens); i++)
			for (size_t from = 0; from < 40; from++) {
				size_t lf = 0, ff = 0;

				for (size_t j = 0; j < lens[i]; j++) {
					lf += text[from + j] == '\n';
					ff += text[from + j] == '\xff';
				}
				TEST(str_count(text + from, lens[i],
				    '\n') == lf);
				TEST(str_count(text + from, lens[i],
				    '\xff') == ff);
			}
	}
}

int
main(void)
{
	count();
	return test_done();
}
