#ifndef RAP_JSON_KNOWN_H
#define RAP_JSON_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/json.h"

/*
 * Member names met before, for the walk (walk.c).  Records are alike: the name
 * that followed the last time mostly follows again, and one comparison of 16
 * bytes then settles its text, both quotes, the colon and the blank.
 *
 * There is one struct json_name for a name at a depth, never two.  It keeps the
 * stamp of the object that had it last, so that a name used twice is told
 * exactly, whatever the order.  What cannot be known (too long, too deep, with
 * escapes, no room) is told by a hash, and compared later when in doubt.
 *
 * Nothing here decides what the result is, only how soon it is found.  Shared
 * by the files of this folder only; belongs to one struct json_scan.  What is
 * done for every name is in known_inline.h.
 */
enum {
	KNOWN_DEPTH = 255, /* of the deepest name */
	KNOWN_NAMES = 1024, /* with those below */
	KNOWN_SLOTS = 2048, /* of the index by hash */
	KNOWN_WAYS = 4,	    /* slots a name may be in */
	KNOWN_TEXT = 32,    /* of a name: quotes, colon and one blank with it */
	KNOWN_WORD = 16,    /* bytes compared at once */
	KNOWN_LINKS = 512
};

/* Names that no text is like. */
enum {
	KNOWN_NONE,    /* no guess yet */
	KNOWN_VARIOUS, /* guessing does not pay here */
	KNOWN_ANY, /* the object is a dictionary: do not look its names up */
	KNOWN_FIRST    /* of the names proper */
};

/* Where a name is guessed: all names there have the depth it is for. */
enum {
	KNOWN_NEXT,  /* in this object */
	KNOWN_INNER, /* the first one of the object that is the value */
	KNOWN_GUESSES
};

struct json_name {
	struct json_name *guess[KNOWN_GUESSES];
	/* "name": and the blank, if one was there */
	_Alignas(KNOWN_WORD) char text[KNOWN_TEXT];
	uint32_t stamp;	       /* of the last object with it */
	uint32_t kind;	       /* of its node: type, flags, depth, hash */
	uint32_t spare; /* a bit for each byte of the first word that is not
			   text; above these one for text of two words */
	uint8_t len;	/* of the text */
	uint8_t size;	/* of the name with its quotes */
};

/* An open container; level 0 is what is around the value. */
struct json_level {
	struct json_name **guess; /* while a container inside is open */
	struct json_name **start; /* where no known name comes before */
	uint32_t *seen; /* by hash: the last object with such an unknown name;
			   NULL until there is one */
	uint32_t stamp;		  /* an object's own */
	uint32_t node;
	uint32_t depth;
	uint32_t mark; /* depth of its names, as in json_known.slot */
	uint8_t type;
	uint8_t others; /* names that are not known, up to a few */
	bool doubt;	/* two names may be equal */
	bool surprised; /* by a wrong guess */
};

struct json_known {
	struct json_level level[JSON_DEPTH + 1];
	/* Guesses by depth where no known name comes before: in arrays, at
	 * the root, behind names not known; then those in dictionaries.  The
	 * last is for all that is deeper. */
	struct json_name *start[KNOWN_DEPTH + 2][2][KNOWN_GUESSES];
	struct json_name names[KNOWN_NAMES];
	uint32_t slot[KNOWN_SLOTS];  /* ORDER json_known_slot; 0: free */
	uint8_t wrong[KNOWN_LINKS];  /* guesses, of late */
	uint32_t n;		     /* of names */
	uint32_t stamp;		     /* of the last object */
	uint32_t missed;	     /* names that found no room */
	uint32_t patience; /* so many are taken before all is forgotten */
};

/* What became of a name; guess is NULL if it is used twice. */
struct json_taken {
	struct json_name **guess; /* of what follows */
	uint32_t kind;		  /* of its node, perhaps without the hash */
};

struct json_known *json_known_new(void);
void json_known_free(struct json_known *k);

/* Between blocks: forget what is known if too much of it is of no use. */
void json_known_tidy(struct json_known *k);

/*
 * The name s of the innermost object, l, that was not guessed: NULL, unless it
 * is at once found to be known and new to the object.  It comes with its
 * quotes, and 64 readable bytes follow.
 */
struct json_name *json_known_look(struct json_known *k, struct json_level *l,
    struct json_name **guess, struct str s);

/* Take a name like that, without escapes, that was not found: learn it, or
 * note its hash. */
struct json_taken json_known_take(struct json_known *k, struct json_level *l,
    struct json_name **guess, struct str s);

/* The same for a name with escapes. */
struct json_taken json_known_escaped(struct json_known *k,
    struct json_level *l);

#endif
