#ifndef SDCTL_CONVERT_SCAN_H
#define SDCTL_CONVERT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "convert/mapping_index.h"
#include "convert/window.h"

/*
 * Reads JSON text byte by byte, once, and strictly: UTF-8 without a byte order mark, no raw control
 * characters, no halves of surrogate pairs, no duplicate keys (escapes in keys understood), at most
 * JSON_DEPTH_MAX deep. Of a request it lists the members, and those of advanced_params; values stay
 * text, so numbers and strings keep their spelling. Errors are EXIT_INPUT and name line and column.
 */

#define SCAN_MEMBERS_MAX 10000 /* members of one object */
#define SCAN_KEY_MAX 4096      /* bytes of a key */

/* A member of the request, or of its advanced_params. Offsets into the request's text. */
struct scan_member {
    uint32_t key, key_n;     /* between the quotes, as spelt */
    uint32_t value, value_n; /* the whole value */
    int16_t name;            /* place in the index, or -1 */
    bool advanced;           /* a member of advanced_params */
    bool escaped;            /* the key has escapes */
    uint32_t column;         /* of the key's quote */
    uint64_t line;
};

struct scan_key {
    uint32_t at, n;
    uint32_t column;
    uint64_t line;
};

struct scan {
    struct window *w;
    const struct mapping_index *index;
    char *p;    /* the scanner's place */
    bool loose; /* between requests, where white space need not be kept */
    struct scan_member *members;
    size_t n, cap;
    struct scan_key *keys; /* of the objects that are open, for finding duplicates */
    size_t n_keys, keys_cap;
    uint64_t seen[2]
                 [MAPPING_NAMES_MAX / 64]; /* known names of the request and of advanced_params */
    unsigned depth;
    char kind[64];        /* '{' or '[' of each open value */
    size_t first_key[64]; /* of each open object, in keys */
};

/* Starts with what `w` was opened for. */
void scan_init(struct scan *s, struct window *w, const struct mapping_index *index);

/* Skips white space; s->p is then at another character, or at the NUL at the end of the input. */
int scan_space(struct scan *s, struct error *err);

/* Whether the input ends here (after scan_space()). */
static inline bool scan_at_end(const struct scan *s)
{
    return s->p == s->w->limit;
}

/* Reads the object that begins at s->p, an open brace, where the window's request begins too. Its
 * members are then in s->members, in order; advanced_params stands before its own. */
int scan_object(struct scan *s, struct error *err);

/* "... is not valid JSON: WHY (line, column)" for the scanner's place. Returns -1. */
int scan_broken(const struct scan *s, const char *p, const char *why, struct error *err);

/* The same for the parts of the scanner: NULL. A missing end and a byte order mark are told as
 * such.
 */
char *scan_unexpected(struct scan *s, char *p, const char *why, struct error *err);

/* Where the next character is, read if need be: p, moved with the window; NULL with err set. */
char *scan_settle(struct scan *s, char *p, struct error *err);

/* The same for n characters; fewer are there only at the end of the input. `string` as in
 * window_more(). */
char *scan_settle_n(struct scan *s, char *p, size_t n, size_t string, struct error *err);

/* Frees the lists. NULL-safe. */
void scan_release(struct scan *s);

#endif
