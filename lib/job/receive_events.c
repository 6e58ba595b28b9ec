#include "job/receive_events.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "wire/json.h"
#include "wire/sse.h"

#define START_SHOWN 24

struct receive_events {
    const struct receive_plan *plan;
    struct sse sse;
    bool begun; /* an event is under way: */
    struct tap tap;
    struct buf rest;
    bool noise;       /* it is none that we can read */
    uint64_t preview; /* bytes of its preview */
    bool no_preview;  /* it is not kept */
    int scratch;      /* where previews are kept, or -1 */
    size_t told;
    struct error why; /* why the last one that was passed over could not be read */
    char start[64];   /* the first bytes of the answer */
    size_t n_start;
};

static int open_preview(void *ctx, size_t index, struct error *err)
{
    struct receive_events *e = ctx;
    struct error ignored;

    (void)index;
    (void)err;
    if (e->plan->preview != NULL && e->scratch < 0) {
        e->scratch = outfile_scratch(&ignored);
    }
    e->preview = 0;
    e->no_preview =
        e->scratch < 0 || ftruncate(e->scratch, 0) != 0 || lseek(e->scratch, 0, SEEK_SET) != 0;
    return 0;
}

static int preview_bytes(void *ctx, const unsigned char *bytes, size_t n, struct error *err)
{
    struct receive_events *e = ctx;

    (void)err;
    e->no_preview = e->no_preview || n > RECEIVE_PREVIEW_MAX - e->preview ||
                    outfile_write_all(e->scratch, bytes, n) != 0;
    e->preview += e->no_preview ? 0 : n;
    return 0;
}

static int close_preview(void *ctx, struct error *err)
{
    struct receive_events *e = ctx;

    (void)err;
    if (!e->no_preview && e->preview > 0) {
        e->plan->preview(e->plan->ctx, e->scratch, e->preview);
    }
    return 0;
}

static void begin_event(struct receive_events *e)
{
    const struct tap_sink sink = {
        .ctx = e, .open = open_preview, .bytes = preview_bytes, .close = close_preview};

    buf_release(&e->rest);
    tap_release(&e->tap);
    tap_init(&e->tap, e->plan->tap, &sink, &e->rest, RECEIVE_EVENT_MAX, EXIT_FAILED);
    e->tap.lenient = true;
    e->noise = false;
    e->begun = true;
}

/* Of an error only what is about the event's own text is passed over. */
static int pass_over(struct receive_events *e, const struct error *why, struct error *err)
{
    if (why->code != EXIT_FAILED) {
        *err = *why;
        return -1;
    }
    e->noise = true;
    e->why = *why;
    return 0;
}

static int event_data(void *ctx, const char *bytes, size_t n, struct error *err)
{
    struct receive_events *e = ctx;
    struct error why;

    if (!e->begun) {
        begin_event(e);
    }
    return e->noise || tap_feed(&e->tap, bytes, n, &why) == 0 ? 0 : pass_over(e, &why, err);
}

static int event_end(void *ctx, struct error *err)
{
    struct receive_events *e = ctx;
    struct error why;
    json_t *json;

    e->begun = false;
    if (e->noise) {
        return 0;
    }
    if (tap_finish(&e->tap, &why) != 0 ||
        (json = json_parse(buf_str(&e->rest), e->rest.len, "the server's event", EXIT_FAILED,
                           &why)) == NULL) {
        return pass_over(e, &why, err);
    }
    int result = 0;
    if (json_is_object(json)) {
        e->told++;
        result = e->plan->event != NULL ? e->plan->event(e->plan->ctx, json, err) : 0;
    } else {
        error_set(&e->why, EXIT_FAILED, "the server's event is no JSON object");
    }
    json_decref(json);
    return result;
}

struct receive_events *receive_events_open(const struct receive_plan *plan)
{
    struct receive_events *e = calloc(1, sizeof *e);

    if (e != NULL) {
        const struct sse_sink sink = {.ctx = e, .data = event_data, .end = event_end};
        e->plan = plan;
        e->scratch = -1;
        sse_init(&e->sse, &sink);
        buf_init(&e->rest, RECEIVE_EVENT_MAX);
    }
    return e;
}

int receive_events_feed(struct receive_events *e, const char *bytes, size_t n, struct error *err)
{
    size_t room = sizeof e->start - e->n_start;
    size_t some = n < room ? n : room;

    memcpy(e->start + e->n_start, bytes, some);
    e->n_start += some;
    return sse_feed(&e->sse, bytes, n, err);
}

int receive_events_finish(struct receive_events *e, struct error *err)
{
    char start[4 * START_SHOWN];

    if (sse_finish(&e->sse, err) != 0) {
        return -1;
    }
    if (e->told > 0) {
        return 0;
    }
    if (e->why.text[0] != '\0') {
        *err = e->why;
        return error_prefix(err, "the server's stream of events told nothing: ");
    }
    text_clean(start, sizeof start, e->start, e->n_start, START_SHOWN);
    return error_set(err, EXIT_FAILED,
                     "the server's stream of events told nothing; it starts with '%s'", start);
}

void receive_events_close(struct receive_events *e)
{
    if (e == NULL) {
        return;
    }
    if (e->scratch >= 0) {
        close(e->scratch);
    }
    tap_release(&e->tap);
    buf_release(&e->rest);
    free(e);
}
