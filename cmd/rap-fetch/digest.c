#include "digest.h"

#include "prog/prog.h"

enum { BEHIND_MAX = 1 << 20 }; /* bytes kept; more are hashed for themselves */

void
digest_begin(struct digest *d, struct prog *p)
{
	d->prog = p;
	if (d->hash == NULL)
		d->hash = hash_new();
	hash_begin(d->hash);
	/* Output of a source before this one comes first. */
	d->same = p->counts.bytes_out == 0;
	buf_clear(&d->behind);
	d->at = 0;
	d->piece = (struct str){0};
}

static struct str
behind(const struct digest *d)
{
	if (d->behind.len == d->at)
		return (struct str){0};
	return (struct str){d->behind.p + d->at, d->behind.len - d->at};
}

/* What was written is the beginning of the source; the rest is hashed here. */
static void
part(struct digest *d)
{
	struct str kept = behind(d);

	prog_written(d->prog, d->hash);
	hash_add(d->hash, kept.p, kept.len);
	hash_add(d->hash, d->piece.p, d->piece.len);
	d->same = false;
}

void
digest_read(struct digest *d, struct str piece)
{
	if (d->same)
		d->piece = piece;
	else
		hash_add(d->hash, piece.p, piece.len);
}

void
digest_write(struct digest *d, struct str lines)
{
	struct str kept = behind(d);
	size_t n = lines.len < kept.len ? lines.len : kept.len;
	size_t m = lines.len - n;

	if (!d->same || lines.len == 0)
		return;
	if (m > d->piece.len || !str_eq((struct str){kept.p, n},
		(struct str){lines.p, n}) ||
	    !str_eq((struct str){d->piece.p, m},
		(struct str){lines.p + n, m})) {
		part(d);
		return;
	}
	d->at += n;
	if (m != 0)
		d->piece = (struct str){d->piece.p + m, d->piece.len - m};
}

void
digest_keep(struct digest *d)
{
	if (!d->same)
		return;
	if (behind(d).len == 0) {
		buf_clear(&d->behind);
		d->at = 0;
	}
	if (d->behind.len + d->piece.len > BEHIND_MAX)
		part(d);
	else
		buf_str(&d->behind, d->piece);
	d->piece = (struct str){0};
}

void
digest_end(struct digest *d, uint8_t sum[HASH_LEN])
{
	if (d->same)
		part(d);
	hash_end(d->hash, sum);
}

void
digest_free(struct digest *d)
{
	hash_free(d->hash);
	buf_free(&d->behind);
}
