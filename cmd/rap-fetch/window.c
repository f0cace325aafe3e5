#include "window.h"

#include <string.h>

void
window_add(struct window *w, const char *p, size_t n)
{
	if (w->at != 0) {
		memmove(w->b.p, w->b.p + w->at, w->b.len - w->at);
		w->b.len -= w->at;
		w->at = 0;
	}
	/* Scanners may look WINDOW_PAD bytes past the end. */
	buf_need(&w->b, n + WINDOW_PAD);
	buf_put(&w->b, p, n);
}

bool
window_begin(struct window *w, bool end)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t n = window_len(w);

	if (w->begun)
		return true;
	if (n < 3 && !end && (n == 0 || memcmp(window_ptr(w), bom, n) == 0))
		return false;
	if (n >= 3 && memcmp(window_ptr(w), bom, 3) == 0)
		window_use(w, 3, 0);
	w->begun = true;
	return true;
}
