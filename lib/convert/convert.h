#ifndef SDCTL_CONVERT_CONVERT_H
#define SDCTL_CONVERT_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "convert/mapping.h"
#include "convert/note.h"

/*
 * Turns requests for Fooocus-API into requests for FooocusAPI, or back (mapping.h). An input is one
 * object, an array of objects, or JSON Lines; the output has the same form, the same order of keys,
 * the same spelling of numbers and strings, and the layout of the input. A request is written whole
 * or not at all; memory is some 400 KiB whatever the length of the input and of its strings.
 */

struct convert_options {
    bool reverse;
    unsigned kind; /* enum mapping_kind, 0 to decide for each request */
    bool check;    /* nothing is written, and a request that cannot be converted is noted */
    bool pin_defaults;
    bool note_all;           /* not only what is unknown, lost or refused */
    const char *const *keep; /* names that are not dropped */
    size_t n_keep;
};

/* A request that was converted, for the caller's report. */
struct convert_record {
    const char *input; /* path */
    uint64_t line;     /* where it begins */
    unsigned kind;     /* 0 when it was refused before that was known */
    const struct note_list *notes;
};

struct convert_sinks {
    void *ctx;
    /* The output. Not called when checking. */
    int (*write)(void *ctx, const char *bytes, size_t n, struct error *err);
    /* After each request that has notes, or each at all with note_all; after it was given to
     * write(), or is about to be. */
    int (*record)(void *ctx, const struct convert_record *record, struct error *err);
};

struct convert;

/* NULL with err set (EXIT_UNEXPECTED) without memory. Options and sinks are copied; keep is
 * borrowed. */
struct convert *convert_new(const struct convert_options *options,
                            const struct convert_sinks *sinks, struct error *err);

/*
 * Converts an input to its end. `path` is for errors and records; "-" is standard input.
 * EXIT_INPUT: broken JSON, or a request that cannot be converted, with line and column; what came
 * before it was written. The sinks' errors pass through.
 */
int convert_input(struct convert *c, int fd, const char *path, struct error *err);

/* How many requests there were. */
uint64_t convert_count(const struct convert *c);

/* NULL-safe. */
void convert_free(struct convert *c);

/* Whether the table drops this name in that direction, so that it can be kept. */
bool convert_can_keep(const char *name, bool reverse);

#endif
