#ifndef SDCTL_CONVERT_NOTE_H
#define SDCTL_CONVERT_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* What happened to the members of one request: for the report, the check and the warning. */

enum note_what {
    NOTE_RENAMED,
    NOTE_MOVED,   /* into or out of advanced_params, the name unchanged */
    NOTE_MERGED,  /* several into one, or one into several */
    NOTE_ADDED,   /* the other server needs it to do the same */
    NOTE_CHANGED, /* the value */
    NOTE_DROPPED, /* it had no effect */
    NOTE_UNKNOWN, /* not in the table: passed through */
    NOTE_LOST,    /* it had an effect that the other server cannot have */
    NOTE_REFUSED, /* the request cannot be converted (only when checking) */
};

/* Texts are borrowed from the request, the tables or the literals of the code, and hold until the
 * next request. */
struct note {
    enum note_what what;
    const char *from; /* the member in the input, as spelt; NULL for an added one */
    size_t from_n;
    bool from_advanced; /* it stands in advanced_params */
    const char *to;     /* the member in the output; NULL when it is not there */
    bool to_advanced;
    const char
        *old_value; /* JSON text when it was changed, lost or dropped and is short, or NULL */
    size_t old_n;
    const char *new_value; /* NUL-terminated JSON text, or NULL */
    const char *why;       /* one phrase, lower case, or NULL */
    uint64_t line;         /* of the member in the input; 0 when there is none */
    uint32_t column;
};

struct note_list {
    struct note *v;
    size_t n, cap;
    bool all;    /* take them all; otherwise only from NOTE_UNKNOWN on */
    bool failed; /* memory ran out */
};

/* Appends a note, unless the list does not want it. */
void note_add(struct note_list *list, struct note note);

/* "renamed", "lost" ... */
const char *note_word(enum note_what what);

/* One JSON object on one line with what the notes say, for the report: {"input","line","kind",
 * "endpoint","changes":[{"what","from","to","was","is","why","line","column"} ...],"lost":N}. */
void note_report(const struct note_list *list, const char *input, uint64_t line, unsigned kind,
                 struct buf *out);

/* Frees the list. NULL-safe. */
void note_release(struct note_list *list);

#endif
