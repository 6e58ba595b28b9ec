#ifndef SDCTL_CMD_PROGRESS_LINE_H
#define SDCTL_CMD_PROGRESS_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "backend/backend.h"
#include "base/buf.h"

/* A line of a terminal being composed: text that is cut at `max` columns, colours that take none.
 */
struct progress_line {
    struct buf *out;
    size_t width, max; /* columns */
    bool colour;
};

/* Clean text. */
void progress_line_put(struct progress_line *l, const char *text);

/* Bar, percent, step, remaining time; or the place in the queue. The bar gets what room there is.
 */
void progress_line_progress(struct progress_line *l, const struct progress *p);

/* How a task ended, coloured by that. */
void progress_line_word(struct progress_line *l, const char *word);

#endif
