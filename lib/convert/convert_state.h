#ifndef SDCTL_CONVERT_CONVERT_STATE_H
#define SDCTL_CONVERT_CONVERT_STATE_H

#include "convert/convert.h"
#include "convert/inline_mask.h"
#include "convert/kind.h"
#include "convert/plan.h"

/* What the parts of the converter share. */

#define CONVERT_OUT (128UL * 1024)

struct convert {
    struct convert_options options;
    struct convert_sinks sinks;
    struct mapping_index index;
    struct window window;
    struct scan scan;
    struct request request;
    struct plan plan;
    struct note_list notes;
    struct inline_mask mask;
    unsigned kind;
    const char *colon, *comma;        /* of what is made: with a space where the input has one */
    bool produced[MAPPING_NAMES_MAX]; /* names that a rule gives to the output */
    char *out;                        /* CONVERT_OUT bytes */
    size_t out_n;
    char *room; /* CONVERT_ROOM bytes, for what was cut out and is read back */
    uint64_t count;
    const char *path;
};

#define CONVERT_ROOM (64UL * 1024)

#endif
