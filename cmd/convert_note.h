#ifndef SDCTL_CMD_CONVERT_NOTE_H
#define SDCTL_CMD_CONVERT_NOTE_H

#include <stdbool.h>
#include <stdint.h>

#include "convert/convert.h"

/* What convert-params tells besides its result: lines of --check, and one warning at the end that
 * sums up, however long the input was. */

#define CONVERT_NOTE_NAMES 8 /* names that the warning counts by themselves */

struct convert_note_count {
    enum note_what what;
    char name[64];
    uint64_t n;
};

struct convert_note_sum {
    struct convert_note_count counts[CONVERT_NOTE_NAMES];
    size_t n_counts;
    bool more;     /* other names too */
    uint64_t lost; /* requests that lose something */
};

/* Counts the notes of a request; whether it loses something. */
bool convert_note_count(struct convert_note_sum *sum, const struct note_list *notes);

/* Prints a line for each loss on standard output: INPUT:LINE:COLUMN: lost: NAME: why. */
void convert_note_print(const struct convert_record *record);

/* The warning into `text` (cap bytes); false when there is nothing to tell. */
bool convert_note_warning(const struct convert_note_sum *sum, char *text, size_t cap);

#endif
