#include "base/mem.h"
#include "recon/recon_priv.h"

/*
 * Who meets whom in a record.  Sources that never meet, as those of two makers,
 * do not compete, and may have the same target.
 */

/* Units of work of assign_shared; some seconds at most. */
#define WORK_MAX ((uint64_t)1 << 31)

bool
meeting_has(const struct meeting *x, size_t i, size_t k)
{
	return x->rows[i][k / 64] >> k % 64 & 1;
}

/* Rows that meet the same ones are of one kind, called by its first row. */
static void
find_kinds(struct meeting *x)
{
	for (size_t i = 0; i < x->n; i++) {
		size_t c = 0;

		while (c < x->nkinds && memcmp(x->rows[x->first[c]],
		    x->rows[i], sizeof x->rows[i]) != 0)
			c++;
		if (c == x->nkinds)
			x->first[x->nkinds++] = (uint32_t)i;
		x->kind[i] = (uint32_t)c;
	}
}

void
meeting_init(struct meeting *x, const struct recon_query *q,
    const uint32_t *order, struct arena *mem)
{
	*x = (struct meeting){.n = q->n};
	x->rows = arena_zalloc(mem, (q->n + 1) * sizeof *x->rows);
	x->kind = arena_array(mem, q->n + 1, sizeof *x->kind);
	x->first = arena_array(mem, q->n + 1, sizeof *x->first);
	for (size_t i = 0; i < q->n; i++)
		for (size_t k = 0; k < q->n; k++) {
			size_t to = order[k];

			if (i == k || q->meet == NULL ||
			    (q->meet[order[i]][to / 64] >> to % 64 & 1))
				x->rows[i][k / 64] |= UINT64_C(1) << k % 64;
		}
	find_kinds(x);
}

struct sharing {
	const struct meeting *x;
	const int32_t *gain;
	size_t m;
	uint32_t *pick;
	uint32_t *rows, *picks; /* of the part that is assigned anew */
	int32_t *part;
};

/* What the rows r of the part may gain: no target of others that they meet. */
static void
fill_part(struct sharing *s, size_t n, size_t kind)
{
	size_t lead = s->x->first[kind];

	for (size_t r = 0; r < n; r++) {
		int32_t *row = s->part + r * s->m;

		memcpy(row, s->gain + s->rows[r] * s->m, s->m * sizeof *row);
		for (size_t k = 0; k < s->x->n; k++)
			if (s->pick[k] != RECON_NONE &&
			    !meeting_has(s->x, lead, k) &&
			    meeting_has(s->x, s->rows[r], k))
				row[s->pick[k]] = -1;
	}
}

/*
 * Assign those anew that the rows of the kind meet, the best way that the
 * others leave.  Is it better than before?
 */
static bool
improve(struct sharing *s, size_t kind, uint64_t *work)
{
	int64_t before = 0, after = 0;
	size_t n = 0;

	for (size_t k = 0; k < s->x->n; k++)
		if (meeting_has(s->x, s->x->first[kind], k))
			s->rows[n++] = (uint32_t)k;
	*work += (uint64_t)n * n * (n + s->m);
	if (*work > WORK_MAX)
		return false;
	fill_part(s, n, kind);
	assign_best(s->part, n, s->m, s->picks);
	for (size_t r = 0; r < n; r++) {
		const int32_t *gain = s->gain + s->rows[r] * s->m;

		if (s->pick[s->rows[r]] != RECON_NONE)
			before += gain[s->pick[s->rows[r]]];
		if (s->picks[r] != RECON_NONE)
			after += gain[s->picks[r]];
	}
	for (size_t r = 0; r < n && after > before; r++)
		s->pick[s->rows[r]] = s->picks[r];
	return after > before;
}

void
assign_shared(const int32_t *gain, const struct meeting *x, size_t m,
    uint32_t *pick)
{
	struct sharing s = {.x = x, .gain = gain, .m = m, .pick = pick};
	uint64_t work = 0;
	bool better = x->nkinds > 1;

	if (!better)
		return;
	s.rows = mem_array(x->n, sizeof *s.rows);
	s.picks = mem_array(x->n, sizeof *s.picks);
	s.part = mem_array(x->n * m, sizeof *s.part);
	while (better) {
		better = false;
		for (size_t c = 0; c < x->nkinds; c++)
			better |= improve(&s, c, &work);
	}
	mem_free(s.rows);
	mem_free(s.picks);
	mem_free(s.part);
}
