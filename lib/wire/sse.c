#include "wire/sse.h"

#include <string.h>

enum sse_state {
    BOM,     /* nothing yet, or a part of a byte order mark: n_field bytes of it are in `field` */
    LINE,    /* at the beginning of a line */
    FIELD,   /* in a field's name */
    SPACE,   /* behind the colon of a data line; one space may follow */
    DATA,    /* in the value of a data line */
    IGNORED, /* in a comment, or in the value of another field */
};

static const char bom[] = "\xef\xbb\xbf";

void sse_init(struct sse *s, const struct sse_sink *sink)
{
    *s = (struct sse){.sink = *sink, .state = BOM};
}

static int give(struct sse *s, const char *bytes, size_t n, struct error *err)
{
    s->any = true;
    return s->sink.data(s->sink.ctx, bytes, n, err);
}

static bool is_data(const struct sse *s)
{
    return s->n_field == 4 && memcmp(s->field, "data", 4) == 0;
}

static void add_to_field(struct sse *s, char c)
{
    if (s->n_field < sizeof s->field) {
        s->field[s->n_field] = c;
    }
    s->n_field += s->n_field <= sizeof s->field; /* one too many tells that it is longer */
}

/* The value of a data line begins. */
static int begin_data(struct sse *s, struct error *err)
{
    bool further = s->line_break;

    s->line_break = false;
    return further ? give(s, "\n", 1, err) : 0;
}

static int end_event(struct sse *s, struct error *err)
{
    bool any = s->any;

    s->any = s->line_break = false;
    if (!any) {
        return 0;
    }
    if (++s->events > SSE_EVENTS_MAX) {
        return error_set(err, EXIT_FAILED, "the server's answer has more than %d events",
                         SSE_EVENTS_MAX);
    }
    return s->sink.end(s->sink.ctx, err);
}

static int end_line(struct sse *s, struct error *err)
{
    int state = s->state;
    int result = 0;

    if (state == BOM && s->n_field > 0) {
        state = FIELD;
    }
    s->state = LINE;
    if (state == LINE || state == BOM) {
        return end_event(s, err);
    }
    if (state == FIELD && is_data(s)) { /* without a colon its value is empty */
        result = begin_data(s, err);
        s->line_break = true;
    }
    s->line_break = s->line_break || state == SPACE || state == DATA;
    s->n_field = 0;
    return result;
}

/* The colon behind a field's name; of a comment the name is empty. */
static int end_name(struct sse *s, struct error *err)
{
    bool data = is_data(s);

    s->n_field = 0;
    s->state = data ? SPACE : IGNORED;
    return data ? begin_data(s, err) : 0;
}

/* A byte of a line's beginning, up to where its value begins. */
static int take_name(struct sse *s, char c, struct error *err)
{
    if (s->state == BOM) {
        if (c == bom[s->n_field]) {
            add_to_field(s, c);
            if (s->n_field == sizeof bom - 1) {
                s->n_field = 0;
                s->state = LINE;
            }
            return 0;
        }
    }
    s->state = FIELD;
    if (c == ':') {
        return end_name(s, err);
    }
    add_to_field(s, c);
    return 0;
}

/* Bytes before the next line end. */
static size_t to_line_end(const char *bytes, size_t n)
{
    const char *lf = memchr(bytes, '\n', n);
    const char *cr = memchr(bytes, '\r', lf != NULL ? (size_t)(lf - bytes) : n);

    return cr != NULL ? (size_t)(cr - bytes) : lf != NULL ? (size_t)(lf - bytes) : n;
}

/* The next byte or bytes, none of which ends a line. */
static int take(struct sse *s, const char *bytes, size_t n, size_t *used, struct error *err)
{
    *used = 1;
    switch (s->state) {
    case SPACE:
        s->state = DATA;
        *used = *bytes == ' ';
        return 0;
    case DATA:
    case IGNORED:
        *used = to_line_end(bytes, n);
        return s->state == DATA ? give(s, bytes, *used, err) : 0;
    default:
        return take_name(s, *bytes, err);
    }
}

int sse_feed(struct sse *s, const char *bytes, size_t n, struct error *err)
{
    if (n > SSE_BYTES_MAX - s->bytes) {
        return error_set(err, EXIT_FAILED, "the server's answer is larger than 1 GiB");
    }
    s->bytes += n;
    for (size_t used; n > 0; bytes += used, n -= used) {
        bool ends = *bytes == '\n' || *bytes == '\r';
        bool second = *bytes == '\n' && s->after_cr;
        used = 1;
        s->after_cr = *bytes == '\r';
        if (second) {
            continue;
        }
        if ((ends ? end_line(s, err) : take(s, bytes, n, &used, err)) != 0) {
            return -1;
        }
    }
    return 0;
}

int sse_finish(struct sse *s, struct error *err)
{
    bool open = s->state != LINE && s->state != BOM;

    return open && end_line(s, err) != 0 ? -1 : end_event(s, err);
}
