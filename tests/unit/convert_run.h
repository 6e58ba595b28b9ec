#ifndef SDCTL_TESTS_CONVERT_RUN_H
#define SDCTL_TESTS_CONVERT_RUN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "convert/convert.h"

/* Running the converter on texts in memory. */

struct converted {
    int result;
    struct error err;
    struct buf out;   /* what was written */
    struct buf notes; /* reports, a line for each record */
    size_t lost;      /* notes of losses and refusals */
};

static int run_write(void *ctx, const char *bytes, size_t n, struct error *err)
{
    struct converted *v = ctx;

    return buf_add(&v->out, bytes, n) ? 0 : error_memory(err, "testing");
}

static int run_record(void *ctx, const struct convert_record *record, struct error *err)
{
    struct converted *v = ctx;

    (void)err;
    note_report(record->notes, record->input, record->line, record->kind, &v->notes);
    for (size_t i = 0; i < record->notes->n; i++) {
        v->lost += record->notes->v[i].what >= NOTE_LOST;
    }
    return 0;
}

/* Converts what fd gives. */
static inline struct converted convert_fd(const struct convert_options *options, int fd)
{
    struct converted v = {.result = -1};
    struct convert_sinks sinks = {.ctx = &v, .write = run_write, .record = run_record};

    buf_init(&v.out, 1UL << 30);
    buf_init(&v.notes, 1UL << 30);
    struct convert *c = convert_new(options, &sinks, &v.err);
    if (c != NULL) {
        v.result = convert_input(c, fd, "test.json", &v.err);
    }
    convert_free(c);
    return v;
}

/* Converts a text, from a file. */
static inline struct converted convert_text(const struct convert_options *options, const char *text,
                                            size_t n)
{
    FILE *f = tmpfile();
    struct converted v = {.result = -1};

    if (f != NULL && fwrite(text, 1, n, f) == n && fflush(f) == 0) {
        rewind(f);
        v = convert_fd(options, fileno(f));
    }
    if (f != NULL) {
        fclose(f);
    }
    return v;
}

static inline void converted_release(struct converted *v)
{
    buf_release(&v->out);
    buf_release(&v->notes);
}

#endif
