#include "base/mem.h"
#include "recon/recon_priv.h"

/*
 * The Hungarian method in the form of shortest augmenting paths (Kuhn 1955,
 * Munkres 1957; potentials as Jonker and Volgenant 1987), O(n^2 m).  Costs are
 * integers, so that nothing is rounded.  Every row also has a column of its
 * own that costs nothing: staying alone.
 */
struct solver {
	const int32_t *gain;
	size_t n, m;	  /* rows, real columns */
	int64_t *row, *col; /* potentials */
	int64_t *slack;
	size_t *owner;	  /* row of a column + 1; 0: free */
	size_t *way;
	bool *done;
};

/* Rows and columns count from 1. */
static int64_t
cost(const struct solver *s, size_t i, size_t j)
{
	if (j <= s->m)
		return -(int64_t)s->gain[(i - 1) * s->m + j - 1];
	return j - s->m == i ? 0 : (int64_t)1 << 40;
}

static void
augment(struct solver *s, size_t i)
{
	size_t cols = s->m + s->n, j0 = 0, j1;

	s->owner[0] = i;
	for (size_t j = 0; j <= cols; j++) {
		s->slack[j] = INT64_MAX;
		s->done[j] = false;
	}
	do {
		size_t i0 = s->owner[j0];
		int64_t delta = INT64_MAX, c;

		s->done[j0] = true;
		j1 = 0;
		for (size_t j = 1; j <= cols; j++) {
			if (s->done[j])
				continue;
			c = cost(s, i0, j) - s->row[i0] - s->col[j];
			if (c < s->slack[j]) {
				s->slack[j] = c;
				s->way[j] = j0;
			}
			if (s->slack[j] < delta) {
				delta = s->slack[j];
				j1 = j;
			}
		}
		for (size_t j = 0; j <= cols; j++) {
			if (s->done[j]) {
				s->row[s->owner[j]] += delta;
				s->col[j] -= delta;
			} else {
				s->slack[j] -= delta;
			}
		}
		j0 = j1;
	} while (s->owner[j0] != 0);
	for (; j0 != 0; j0 = s->way[j0])
		s->owner[j0] = s->owner[s->way[j0]];
}

void
assign_best(const int32_t *gain, size_t n, size_t m, uint32_t *pick)
{
	size_t cols = n + m + 1;
	struct solver s = {.gain = gain, .n = n, .m = m,
	    .row = mem_array(n + 1, sizeof *s.row),
	    .col = mem_array(cols, sizeof *s.col),
	    .slack = mem_array(cols, sizeof *s.slack),
	    .owner = mem_array(cols, sizeof *s.owner),
	    .way = mem_array(cols, sizeof *s.way),
	    .done = mem_array(cols, sizeof *s.done)};

	for (size_t i = 1; i <= n; i++)
		augment(&s, i);
	for (size_t i = 0; i < n; i++)
		pick[i] = RECON_NONE;
	for (size_t j = 1; j <= m; j++)
		if (s.owner[j] != 0 && gain[(s.owner[j] - 1) * m + j - 1] > 0)
			pick[s.owner[j] - 1] = (uint32_t)(j - 1);
	mem_free(s.row);
	mem_free(s.col);
	mem_free(s.slack);
	mem_free(s.owner);
	mem_free(s.way);
	mem_free(s.done);
}
