#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fault.h"
#include "fooocusapi.h"

#define PING_SECONDS 15

/* An event stream on its way. */
struct stream {
    struct fooocusapi *api;
    struct fooocus_task *task;
    size_t next;     /* event to be told */
    struct buf text; /* what is not sent yet, from `sent` on */
    size_t sent;
    bool over;
    bool broken, cut, error, pings; /* faults */
};

static void add_ping(struct stream *s)
{
    char now[40];
    time_t t = time(NULL);
    struct tm utc;

    gmtime_r(&t, &utc);
    strftime(now, sizeof now, "%Y-%m-%d %H:%M:%S.000000+00:00", &utc);
    buf_addf(&s->text, ": ping - %s\r\n\r\n", now);
}

/* One event: the text ends with a line feed of its own, which makes a second "data:" line (D17).
 * Takes the object over. */
static void add_event(struct stream *s, json_t *event)
{
    char *text = json_dumps(event, JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));

    json_decref(event);
    if (s->pings)
        add_ping(s);
    buf_addf(&s->text, "data: %s\r\ndata: \r\n\r\n", text ? text : "");
    free(text);
}

static void tell(struct stream *s, const struct fooocus_event *event)
{
    char *preview = fooocus_engine_preview(&s->api->engine, s->task, event->step);
    json_t *picture = preview ? json_sprintf("data:image/png;base64,%s", preview) : json_null();

    free(preview);
    add_event(s, json_pack("{s:i, s:o, s:s, s:[]}", "progress", event->progress, "preview", picture,
                           "message", event->message, "images"));
}

/* Puts the next thing to say into s->text; false at the end. */
static bool fetch(struct stream *s)
{
    struct fooocus_engine *engine = &s->api->engine;
    struct fooocus_event event = {0};
    bool there, finished;

    if (!fooocus_engine_wait(engine, s->task, s->next, PING_SECONDS))
        return false;
    pthread_mutex_lock(&engine->lock);
    there = s->next < s->task->n_events;
    if (there)
        event = s->task->events[s->next];
    finished = s->task->state == FOOOCUS_FINISHED;
    pthread_mutex_unlock(&engine->lock);
    if (there && event.step > 0 && (s->cut || s->error)) {
        s->over = true;
        if (s->cut)
            return false;
        buf_adds(&s->text, "event: error\r\ndata: {\"detail\": \"CUDA out of memory\"}\r\n\r\n");
    } else if (there) {
        s->next++;
        tell(s, &event);
    } else if (finished) {
        s->over = true;
        add_event(s, json_pack("{s:i, s:n, s:s, s:o}", "progress", 100, "preview", "message",
                               "Finished", "images", fooocusapi_links(s->api, s->task)));
    } else {
        add_ping(s);
    }
    return true;
}

static ssize_t read_stream(void *ctx, uint64_t at, char *to, size_t max)
{
    struct stream *s = ctx;

    (void)at;
    if (s->sent == s->text.len) {
        buf_release(&s->text);
        s->sent = 0;
        if (s->broken || (s->over && s->cut))
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (s->over)
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (!fetch(s))
            return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    max = s->text.len - s->sent < max ? s->text.len - s->sent : max;
    memcpy(to, s->text.data + s->sent, max);
    s->sent += max;
    return (ssize_t)max;
}

/* A client that leaves early takes along what would have recorded the end: the task is never
 * finished for /tasks, and stays the current one until another comes. */
static void end_stream(void *ctx)
{
    struct stream *s = ctx;
    struct fooocus_engine *engine = &s->api->engine;
    json_t *current = NULL;
    bool early;

    if (s->task) {
        pthread_mutex_lock(&engine->lock);
        early = s->task->state != FOOOCUS_FINISHED;
        pthread_mutex_unlock(&engine->lock);
        if (early)
            current = fooocusapi_current(s->api);
        pthread_mutex_lock(&engine->lock);
        if (early && current && s->task->state == FOOOCUS_RUNNING) {
            json_decref(s->api->stale);
            s->api->stale = json_incref(current);
        }
        s->task->gone = s->task->gone || early;
        pthread_mutex_unlock(&engine->lock);
        json_decref(current);
        fooocus_task_drop(engine, s->task);
    }
    buf_release(&s->text);
    free(s);
}

void fooocusapi_stream(struct request *request, struct reply *reply, struct fooocus_task *task,
                       bool broken)
{
    struct stream *s = calloc(1, sizeof *s);

    if (!s)
        return;
    *s = (struct stream){
        .api = request->box->own,
        .task = task,
        .broken = broken,
        .cut = fault_strikes(request, "stream-cut"),
        .error = fault_strikes(request, "stream-error"),
        .pings = fault_strikes(request, "stream-pings"),
    };
    buf_init(&s->text, SANDBOX_BODY_MAX);
    if (task)
        fooocus_task_hold(&s->api->engine, task);
    reply_text(reply, 200, "text/event-stream; charset=utf-8", "");
    reply_header(reply, "Cache-Control", "no-store");
    reply_header(reply, "X-Accel-Buffering", "no");
    reply->read = read_stream;
    reply->end = end_stream;
    reply->ctx = s;
}
