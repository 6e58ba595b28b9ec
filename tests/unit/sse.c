/* Streams of server-sent events, cut anywhere. */
#include "wire/sse.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "unit.h"

/* What came out: each event's data behind '<' and, when it has ended, before '>'. */
struct log {
    struct buf text;
    bool open;
    size_t refuse; /* the sink fails at this event, from 1 */
    size_t events;
};

static int log_data(void *ctx, const char *bytes, size_t n, struct error *err)
{
    struct log *log = ctx;

    (void)err;
    if (!log->open) {
        buf_adds(&log->text, "<");
        log->open = true;
    }
    buf_add(&log->text, bytes, n);
    return 0;
}

static int log_end(void *ctx, struct error *err)
{
    struct log *log = ctx;

    buf_adds(&log->text, ">");
    log->open = false;
    return ++log->events == log->refuse ? error_set(err, EXIT_OUTPUT, "refused") : 0;
}

static void log_init(struct log *log, struct sse *s)
{
    const struct sse_sink sink = {.ctx = log, .data = log_data, .end = log_end};

    *log = (struct log){.open = false};
    buf_init(&log->text, 1 << 20);
    sse_init(s, &sink);
}

static const struct {
    const char *stream, *events;
} rows[] = {
    {"", ""},
    {"\n", ""},
    {"\r\n\r\n\n\r", ""},
    {"data: a\n\n", "<a>"},
    {"data:a\n\n", "<a>"},
    {"data:  a\n\n", "< a>"},
    {"data:\ta \n\n", "<\ta >"},
    {"data: a\r\rdata: b\r\r", "<a><b>"},
    {"data: a\r\n\r\ndata: b\r\n\r\n", "<a><b>"},
    {"data: a\r\n\ndata: b\n\r\ndata: c\r\r\ndata: d\n\r", "<a><b><c><d>"},
    {"data: a\ndata: b\r\ndata:c\rdata\n\n", "<a\nb\nc\n>"},
    {"data: a\n\r\ndata: b\n\n", "<a><b>"},
    /* the stream ends in an event */
    {"data: a", "<a>"},
    {"data: a\n", "<a>"},
    {"data: a\r", "<a>"},
    {"data: a\ndata: b", "<a\nb>"},
    {"data: a\ndata:", "<a\n>"},
    {"data: a\ndat", "<a>"},
    {"data: a\ndata", "<a\n>"},
    {"data: a\n: x", "<a>"},
    /* empty data are no event */
    {"data\n\n", ""},
    {"data:\n\ndata: \n\n", ""},
    {"data: \n\ndata: a\n\n", "<a>"},
    {"data", ""},
    /* comments and other fields */
    {": ping - 2024-06-30 12:00:00\r\n\r\n", ""},
    {":\n::\n: data: x\n\n", ""},
    {"data: a\n: ping\ndata: b\n\n", "<a\nb>"},
    {"event: x\nid: 1\nretry: 10\ndata: a\nfoo\nbar:\n\n", "<a>"},
    {"event: x\n\n", ""},
    {"Data: a\n\ndata : b\n\n data: c\n\ndatax: d\n\ndat: e\n\n", ""},
    {"datadatadata: a\n\ndatadata: b\n\ndata: c\n\n", "<c>"},
    {"data: data: a\n\n", "<data: a>"},
    {"data:: a\n\n", "<: a>"},
    /* a byte order mark, whole, broken, and elsewhere */
    {"\xef\xbb\xbf"
     "data: a\n\n",
     "<a>"},
    {"\xef\xbb\xbf\n"
     "data: a\n\n",
     "<a>"},
    {"\xef\xbb\xbf", ""},
    {"\xef\xbb", ""},
    {"\xef\xbb"
     "data: a\n\ndata: b\n\n",
     "<b>"},
    {"\xef\n\ndata: b\n\n", "<b>"},
    {"\xef:\ndata: b\n\n", "<b>"},
    {"\xef\xbb\xbf\xef\xbb\xbf"
     "data: a\n\ndata: b\n\n",
     "<b>"},
    {"data: \xef\xbb\xbf\n\n", "<\xef\xbb\xbf>"},
    /* as FooocusAPI frames its own text, which ends in a line feed (D17) */
    {"data: {\"a\": 1}\r\ndata: \r\n\r\n: ping\r\n\r\ndata: {\"b\": 2}\r\ndata: \r\n\r\n",
     "<{\"a\": 1}\n><{\"b\": 2}\n>"},
};

enum { ROWS = sizeof rows / sizeof *rows };

/* Feeds a stream cut at two places; tells whether the events are right. */
static bool is_right(size_t row, size_t first, size_t second)
{
    const char *stream = rows[row].stream;
    size_t n = strlen(stream);
    struct error err;
    struct sse s;
    struct log log;

    log_init(&log, &s);
    bool fed = sse_feed(&s, stream, first, &err) == 0 &&
               sse_feed(&s, stream + first, second - first, &err) == 0 &&
               sse_feed(&s, stream + second, n - second, &err) == 0 && sse_finish(&s, &err) == 0;
    bool right = fed && !log.open && strcmp(buf_str(&log.text), rows[row].events) == 0;
    if (!right) {
        CHECK(false, "row %zu cut at %zu and %zu: '%s'", row, first, second, buf_str(&log.text));
    }
    buf_release(&log.text);
    return right;
}

static void check_cuts(void)
{
    for (size_t row = 0; row < ROWS; row++) {
        size_t n = strlen(rows[row].stream);
        bool right = true;
        for (size_t first = 0; first <= n && right; first++) {
            for (size_t second = first; second <= n && right; second++) {
                right = is_right(row, first, second);
            }
        }
        CHECK(right, "row %zu", row);
    }
}

/* All streams one after the other, in random pieces; those that end unfinished get their end. */
static void check_pieces(size_t most)
{
    struct error err;
    struct sse s;
    struct log log;
    struct buf stream, expected;

    buf_init(&stream, 1 << 20);
    buf_init(&expected, 1 << 20);
    for (size_t round = 0; round < 50; round++) {
        size_t row = (size_t)rand() % ROWS;
        if (strchr(rows[row].stream, '\xef') == NULL) {
            buf_adds(&stream, rows[row].stream);
            buf_adds(&stream, "\n\n");
            buf_adds(&expected, rows[row].events);
        }
    }
    log_init(&log, &s);
    for (size_t at = 0, n; at < stream.len; at += n) {
        n = (size_t)rand() % most + 1;
        n = n < stream.len - at ? n : stream.len - at;
        if (sse_feed(&s, stream.data + at, n, &err) != 0) {
            CHECK(false, "%s", err.text);
        }
    }
    CHECK(sse_finish(&s, &err) == 0 && strcmp(buf_str(&log.text), buf_str(&expected)) == 0,
          "pieces of up to %zu", most);
    buf_release(&log.text);
    buf_release(&stream);
    buf_release(&expected);
}

static void check_ceilings(void)
{
    static char block[1 << 16];
    struct error err = {0};
    struct sse s;
    struct log log;
    size_t n;

    log_init(&log, &s);
    for (n = 0; sse_feed(&s, "data:x\n\n", 8, &err) == 0; n++) {
    }
    CHECK(n == SSE_EVENTS_MAX && err.code == EXIT_FAILED, "%zu events: %s", n, err.text);
    buf_release(&log.text);

    log_init(&log, &s);
    memset(block, ':', sizeof block);
    for (n = 0; sse_feed(&s, block, sizeof block, &err) == 0; n++) {
    }
    CHECK(n == SSE_BYTES_MAX / sizeof block && err.code == EXIT_FAILED, "%zu blocks", n);

    log_init(&log, &s);
    log.refuse = 2;
    CHECK(sse_feed(&s, "data:x\n\ndata:y\n\ndata:z\n\n", 24, &err) != 0 &&
              err.code == EXIT_OUTPUT && log.events == 2,
          "the sink's error ends it");
    buf_release(&log.text);
    log_init(&log, &s);
    log.refuse = 1;
    CHECK(sse_feed(&s, "data:x", 6, &err) == 0 && sse_finish(&s, &err) != 0, "at the end, too");
    buf_release(&log.text);
}

int main(void)
{
    srand(1);
    check_cuts();
    for (size_t most = 1; most < 200; most++) {
        check_pieces(most);
    }
    check_ceilings();
    return unit_done("sse");
}
