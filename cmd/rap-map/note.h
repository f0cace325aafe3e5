#ifndef RAP_MAP_NOTE_H
#define RAP_MAP_NOTE_H

#include "mapping.h"

/*
 * What workers note of a record when some step has dedupe or pivot, so that
 * the notes, read in the order of the input, say all (order.h).
 *
 * The steps are cut into legs, each up to a step that depends on order.  A
 * note is a list of pieces, one for each record that the first leg leaves.
 * That of a dedupe holds the key and, as a list, what the legs behind it make
 * of the record if it is kept: so they run in the workers too.  A pivot ends
 * it: what it makes is known in order only.
 */
struct leg {
	size_t from, to; /* its steps */
	const struct order *order; /* at its end; NULL: the last leg */
	uint32_t nhints; /* of the step that has the order */
};

/* Cut the steps: the number of legs, at most MAPPING_STEPS_MAX + 1. */
size_t note_legs(const struct chain *c, struct leg *legs);

enum piece_kind {
	PIECE_LINES, /* of the output: n lines, of len bytes */
	PIECE_KEY,   /* dedupe: the key, then len bytes of pieces */
	PIECE_MEMBER, /* pivot: key, members of the key, label, value (len) */
	PIECE_BAD    /* a leg failed: len bytes, see note_error */
};

struct piece {
	enum piece_kind kind;
	bool bad;  /* of a KEY: there is a BAD in it */
	bool stop; /* of a BAD: by on_error: fail */
	size_t key, lead, label, len; /* bytes, in this order behind it */
	uint64_t n;
};

/* Take the first piece of a list: what is behind its head. */
static inline const char *
note_piece(struct str *list, struct piece *x)
{
	const char *p = list->p + sizeof *x;
	size_t n;

	memcpy(x, list->p, sizeof *x);
	n = sizeof *x + x->key + x->lead + x->label + x->len;
	*list = (struct str){list->p + n, list->len - n};
	return p;
}

/* What is wrong, of the bytes of a BAD. */
void note_error(const char *p, struct err *e);

/* Is there a BAD among them, or in one of them? */
bool note_doubtful(struct str list);

struct noter;

/* A worker of the legs from `first` on. */
struct noter *note_new(const struct chain *c, size_t first, bool canonical);
void note_free(struct noter *w);
/* As flow_seen. */
struct sight;
void note_seen(const struct noter *w, struct sight *all);

/*
 * Append the pieces of a record: their number, or -1 with e when the first leg
 * fails (*stop: by on_error: fail).
 */
int64_t note_record(struct noter *w, const struct json_doc *d,
    struct buf *note, bool *stop, struct err *e);

/* The same for a line that pivot made; a failure is a piece. */
void note_line(struct noter *w, struct str line, struct buf *note);

#endif
