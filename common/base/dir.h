#ifndef RAP_BASE_DIR_H
#define RAP_BASE_DIR_H

/*
 * Whole directories: made with what is above them, made for a while, removed
 * with what is in them.
 */
struct buf;
struct err;

/* Make a directory and those above it that are missing; ERR_CANTCREATE
 * [io.mkdir]. */
int dir_make(const char *path, unsigned mode, struct err *e);

/* Where temporary files go: $TMPDIR when it is an absolute name, or /tmp. */
const char *dir_for_temp(void);

/* A new directory in dir_for_temp, 0700: its name is appended to out.
 * ERR_CANTCREATE [io.mkdir]. */
int dir_temp(const char *prefix, struct buf *out, struct err *e);

/* Remove a directory and what is in it, as far as that can be done; links are
 * removed, not followed. */
void dir_remove(const char *path);

#endif
