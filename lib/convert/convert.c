#include "convert/convert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "convert/convert_state.h"
#include "convert/emit.h"
#include "convert/forward.h"
#include "convert/reverse.h"

/* Requests that are done need not wait for the next one. */
static int flush_before_waiting(void *ctx, struct error *err)
{
    return emit_flush(ctx, err);
}

struct convert *convert_new(const struct convert_options *options,
                            const struct convert_sinks *sinks, struct error *err)
{
    struct convert *c = calloc(1, sizeof *c);

    if (c == NULL || (c->out = malloc(CONVERT_OUT)) == NULL ||
        (c->room = malloc(CONVERT_ROOM)) == NULL) {
        convert_free(c);
        error_memory(err, "converting parameters");
        return NULL;
    }
    c->options = *options;
    c->sinks = *sinks;
    c->notes.all = options->note_all;
    window_init(&c->window);
    c->window.idle = flush_before_waiting;
    c->window.idle_ctx = c;
    mapping_index_init(&c->index);
    request_init(&c->request, &c->index);
    plan_init(&c->plan);
    inline_mask_init(&c->mask);
    return c;
}

void convert_free(struct convert *c)
{
    if (c == NULL) {
        return;
    }
    if (c->index.n > 0) {
        window_release(&c->window);
        scan_release(&c->scan);
        plan_release(&c->plan);
        note_release(&c->notes);
        inline_mask_release(&c->mask);
    }
    free(c->out);
    free(c->room);
    free(c);
}

uint64_t convert_count(const struct convert *c)
{
    return c->count;
}

bool convert_can_keep(const char *name, bool reverse)
{
    for (const struct mapping_row *row = mapping_rows;
         row->old_name != NULL || row->new_name != NULL; row++) {
        bool dropped = row->rule == MAPPING_NEITHER ||
                       (reverse ? row->old_name == NULL : row->rule == MAPPING_SAVE_NAME);
        if (dropped && strcmp(row->new_name, name) == 0) {
            return true;
        }
    }
    return false;
}

static int record(struct convert *c, uint64_t line, struct error *err)
{
    struct convert_record r = {.input = c->path, .line = line, .kind = c->kind, .notes = &c->notes};

    if (c->notes.failed || c->plan.failed) {
        return error_memory(err, "converting parameters");
    }
    if (c->notes.n == 0 && !c->notes.all) {
        return 0;
    }
    return c->sinks.record(c->sinks.ctx, &r, err);
}

/* Converts the request that begins at the scanner's place, offset `at` of the window's. */
static int convert_request(struct convert *c, size_t at, struct error *err)
{
    uint64_t line = c->window.line;

    if (scan_object(&c->scan, err) != 0) {
        return -1;
    }
    size_t end = (size_t)(c->scan.p - window_text(&c->window));
    request_load(&c->request, &c->scan);
    plan_clear(&c->plan);
    bool spaced = c->scan.n > 0 && c->request.text[c->scan.members[0].value - 1] == ' ';
    c->colon = spaced ? ": " : ":";
    c->comma = spaced ? ", " : ",";
    c->notes.n = 0;
    c->kind = 0;
    c->count++;
    int planned = c->options.reverse ? reverse_plan(c, err) : forward_plan(c, err);
    if (planned != 0) {
        if (!c->options.check || err->code != EXIT_INPUT) {
            return -1;
        }
        note_add(&c->notes, (struct note){.what = NOTE_REFUSED, .why = err->text, .line = line});
        int recorded = record(c, line, err);
        *err = (struct error){.code = recorded == 0 ? EXIT_DONE : err->code};
        return recorded;
    }
    return record(c, line, err) != 0 || emit_bytes(c, window_text(&c->window), at, err) != 0
               ? -1
               : emit_request(c, at, end, err);
}

/* The scanner's place holds something else. Returns -1. */
static int expected(struct scan *s, const char *what, struct error *err)
{
    char why[64];

    snprintf(why, sizeof why, "%s is expected here", what);
    scan_unexpected(s, s->p, why, err);
    return -1;
}

/* One object, or one on each line. */
static int convert_lines(struct convert *c, struct error *err)
{
    struct window *w = &c->window;
    struct scan *s = &c->scan;

    while (!scan_at_end(s)) {
        if (*s->p != '{') {
            return expected(s, "an object", err);
        }
        window_begin(w, s->p);
        if (convert_request(c, 0, err) != 0 || emit_bytes(c, "\n", 1, err) != 0) {
            return -1;
        }
        uint64_t line = w->line;
        window_begin(w, s->p);
        if (scan_space(s, err) != 0) {
            return -1;
        }
        if (w->line == line && !scan_at_end(s)) {
            return scan_broken(s, s->p, "something follows the object on its line", err);
        }
    }
    return 0;
}

/* An array of objects. What stands between them goes along with the one behind it. */
static int convert_array(struct convert *c, struct error *err)
{
    struct window *w = &c->window;
    struct scan *s = &c->scan;
    bool first = true;

    if (emit_bytes(c, "[", 1, err) != 0) {
        return -1;
    }
    window_begin(w, ++s->p);
    s->loose = false;
    for (;;) {
        if (scan_space(s, err) != 0) {
            return -1;
        }
        if (*s->p == ']') {
            break;
        }
        if (!first) {
            if (*s->p != ',') {
                return scan_at_end(s) ? scan_broken(s, s->p, "it ends too early", err)
                                      : scan_broken(s, s->p, "',' or ']' is expected here", err);
            }
            s->p++;
            if (scan_space(s, err) != 0) {
                return -1;
            }
        }
        if (*s->p != '{') {
            return expected(s, "an object", err);
        }
        if (convert_request(c, (size_t)(s->p - window_text(w)), err) != 0) {
            return -1;
        }
        window_begin(w, s->p);
        first = false;
    }
    s->p++;
    if (emit_bytes(c, window_text(w), (size_t)(s->p - window_text(w)), err) != 0 ||
        emit_bytes(c, "\n", 1, err) != 0 || scan_space(s, err) != 0) {
        return -1;
    }
    return scan_at_end(s) ? 0 : scan_broken(s, s->p, "something follows the array", err);
}

int convert_input(struct convert *c, int fd, const char *path, struct error *err)
{
    struct scan *s = &c->scan;

    c->path = path;
    if (window_open(&c->window, fd, path, err) != 0) {
        return -1;
    }
    scan_init(s, &c->window, &c->index);
    int result = scan_space(s, err);
    if (result == 0 && !scan_at_end(s)) {
        result = *s->p == '[' ? convert_array(c, err) : convert_lines(c, err);
    }
    struct error later;
    if (emit_flush(c, result == 0 ? err : &later) != 0) {
        if (result != 0) {
            *err = later;
        }
        return -1;
    }
    return result == 0 ? window_check(&c->window, err) : -1;
}
