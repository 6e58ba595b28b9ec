#include "job/receive.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "job/receive_events.h"
#include "job/receive_listing.h"
#include "wire/json.h"

#define ANSWER_MAX (16UL * 1024 * 1024) /* of an answer besides its pictures */
#define LONG_STRING (1024UL * 1024)     /* of a string in it */
#define FAULT_MAX (256UL * 1024)        /* of an error answer */
#define FAULT_STRING 4096               /* of a string in it: it may echo the whole request */
#define FAULT_READ_MAX (512ULL * 1024 * 1024)

void receive_init(struct receive *r, const struct receive_plan *plan)
{
    *r = (struct receive){.plan = *plan};
    buf_init(&r->rest, ANSWER_MAX);
}

static int open_picture(void *ctx, size_t index, struct error *err)
{
    struct receive *r = ctx;

    (void)index;
    if (r->n_pictures == RECEIVE_PICTURES_MAX) {
        return error_set(err, EXIT_FAILED, "the server's answer has more than %d pictures",
                         RECEIVE_PICTURES_MAX);
    }
    struct received *p = calloc(1, sizeof *p);
    if (p == NULL) {
        return error_memory(err, "receiving a picture");
    }
    p->file = (struct outfile)OUTFILE_INIT;
    picture_init(&p->framing);
    p->framing.want_text = true;
    sha256_init(&p->hash);
    r->pictures[r->n_pictures++] = p;
    p->number = r->n_pictures;
    if (outfile_open(&p->file, r->plan.place, err) != 0) {
        return -1;
    }
    inspect_begin(&r->inspect, p);
    return 0;
}

static int picture_bytes(void *ctx, const unsigned char *bytes, size_t n, struct error *err)
{
    struct receive *r = ctx;
    struct received *p = r->pictures[r->n_pictures - 1];

    if (n > RECEIVE_PICTURE_BYTES_MAX - p->bytes) {
        return error_set(err, EXIT_FAILED, "picture %zu of the answer is larger than 256 MiB",
                         p->number);
    }
    if (outfile_write(&p->file, bytes, n, r->plan.place, err) != 0) {
        return -1;
    }
    return inspect_bytes(&r->inspect, bytes, n, err);
}

static int close_picture(void *ctx, struct error *err)
{
    struct receive *r = ctx;

    return inspect_close(&r->inspect, err);
}

static int begin_json(struct receive *r, const char *bytes, size_t n, struct error *err)
{
    const struct tap_sink sink = {
        .ctx = r, .open = open_picture, .bytes = picture_bytes, .close = close_picture};
    size_t space = 0;
    char start[48];

    while (space < n && strchr(" \t\r\n", bytes[space]) != NULL) {
        space++;
    }
    size_t left = n - space;
    bool nothing = strncmp(bytes + space, "null", left < 4 ? left : 4) == 0;
    if (left > 0 && bytes[space] != '{' && bytes[space] != '[' && !nothing) {
        text_clean(start, sizeof start, bytes + space, n - space, 24);
        return error_set(err, EXIT_FAILED,
                         "the server's answer is no JSON but starts with '%s'; is this the right "
                         "address?",
                         start);
    }
    tap_init(&r->tap, r->plan.tap, &sink, &r->rest, LONG_STRING, EXIT_FAILED);
    return 0;
}

/* No picture begins like a text, so a text is shown. */
static int begin_picture(struct receive *r, const char *bytes, size_t n, struct error *err)
{
    char start[48];

    if (n > 0 && strchr("\x89\xffRG", *bytes) == NULL) {
        text_clean(start, sizeof start, bytes, n, 24);
        return error_set(err, EXIT_FAILED, "the server's answer is no picture but starts with '%s'",
                         start);
    }
    return open_picture(r, 0, err);
}

/* The first byte of an answer decides how it is read. */
static int begin(struct receive *r, int status, const char *bytes, size_t n, struct error *err)
{
    r->status = status;
    if (status != 200) {
        r->rest.max = FAULT_MAX;
        tap_init(&r->tap, NULL, NULL, &r->rest, FAULT_STRING, EXIT_FAILED);
        return 0;
    }
    switch (r->plan.answer) {
    case ANSWER_EVENTS:
        r->events = receive_events_open(&r->plan);
        return r->events != NULL ? 0 : error_memory(err, "receiving events");
    case ANSWER_PICTURE:
        return begin_picture(r, bytes, n, err);
    case ANSWER_LISTING:
        r->listing = receive_listing_open();
        return r->listing != NULL ? 0 : error_memory(err, "reading the list of a bucket");
    default:
        return begin_json(r, bytes, n, err);
    }
}

static int take_answer(struct receive *r, const char *bytes, size_t n, struct error *err)
{
    switch (r->plan.answer) {
    case ANSWER_EVENTS:
        return receive_events_feed(r->events, bytes, n, err);
    case ANSWER_PICTURE:
        return picture_bytes(r, (const unsigned char *)bytes, n, err);
    case ANSWER_LISTING:
        return receive_listing_feed(r->listing, bytes, n, err);
    default:
        return tap_feed(&r->tap, bytes, n, err);
    }
}

static int take_fault(struct receive *r, const struct net_reply *reply, const char *bytes, size_t n,
                      struct error *err)
{
    if (reply->received > FAULT_READ_MAX) {
        return error_set(err, EXIT_FAILED, "the server answered %d and more than 512 MiB of text",
                         r->status);
    }
    if (!r->opaque && tap_feed(&r->tap, bytes, n, err) != 0) {
        r->opaque = true; /* no JSON, or too much of it: what is there is enough for its words */
        if (r->rest.len == 0) {
            buf_add(&r->rest, bytes, n < FAULT_STRING ? n : FAULT_STRING);
        }
    }
    return 0;
}

int receive_take(void *receive, const struct net_reply *reply, const char *bytes, size_t n,
                 struct error *err)
{
    struct receive *r = receive;

    if (r->status == 0 && begin(r, reply->status, bytes, n, err) != 0) {
        return -1;
    }
    return r->status == 200 ? take_answer(r, bytes, n, err) : take_fault(r, reply, bytes, n, err);
}

int receive_picture_open(struct receive *r, struct error *err)
{
    size_t before = r->n_pictures;

    if (inspect_alone(&r->inspect, err) != 0) {
        return -1;
    }
    int result = open_picture(r, 0, err);
    if (result != 0 && r->n_pictures > before) {
        receive_picture_drop(r);
    } else if (result == 0) {
        r->pictures[before]->fetched = true;
    }
    return result;
}

int receive_picture_bytes(struct receive *r, const char *bytes, size_t n, struct error *err)
{
    return picture_bytes(r, (const unsigned char *)bytes, n, err);
}

int receive_picture_close(struct receive *r, struct error *err)
{
    return close_picture(r, err);
}

static void free_picture(struct received *p)
{
    outfile_discard(&p->file);
    picture_release(&p->framing);
    free(p->text);
    free(p);
}

void receive_picture_drop(struct receive *r)
{
    struct received *p = r->pictures[--r->n_pictures];

    if (p->text != NULL && *p->text != '\0') {
        r->inspect.texts -= strlen(p->text) + 1;
    }
    r->inspect.current = NULL;
    free_picture(p);
}

int receive_json(struct receive *r, json_t **json, struct error *err)
{
    *json = NULL;
    if (r->status == 0) {
        return error_set(err, EXIT_FAILED, "the server's answer is empty");
    }
    switch (r->plan.answer) {
    case ANSWER_EVENTS:
        return receive_events_finish(r->events, err);
    case ANSWER_PICTURE:
        return close_picture(r, err) == 0 ? inspect_wait(&r->inspect, err) : -1;
    case ANSWER_LISTING:
        return receive_listing_finish(r->listing, json, err);
    default:
        if (tap_finish(&r->tap, err) != 0 || inspect_wait(&r->inspect, err) != 0) {
            return -1;
        }
    }
    *json = json_parse(buf_str(&r->rest), r->rest.len, "the server's answer", EXIT_FAILED, err);
    return *json == NULL ? -1 : 0;
}

json_t *receive_fault(struct receive *r)
{
    struct error ignored;

    if (r->rest.failed) {
        r->rest.failed = false; /* only cut off */
    }
    return r->rest.len == 0 ? NULL
                            : json_parse(r->rest.data, r->rest.len, "", EXIT_FAILED, &ignored);
}

void receive_release(struct receive *r)
{
    if (r == NULL) {
        return;
    }
    inspect_end(&r->inspect);
    for (size_t i = 0; i < r->n_pictures; i++) {
        free_picture(r->pictures[i]);
    }
    receive_events_close(r->events);
    r->events = NULL;
    receive_listing_close(r->listing);
    r->listing = NULL;
    tap_release(&r->tap);
    buf_release(&r->rest);
    r->n_pictures = 0;
}
