/* Answers that are streams of events or pictures, and pictures that come by themselves. */
#include "job/receive_events.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/raster.h"
#include "job/receive.h"
#include "unit.h"
#include "wire/base64.h"

/* What was told: "(JSON)" for each event, "[text]" for each preview. */
struct told {
    struct buf text;
    bool refuse;
};

static int tell_event(void *ctx, const json_t *event, struct error *err)
{
    struct told *told = ctx;

    buf_adds(&told->text, "(");
    json_write_buf(event, true, &told->text);
    buf_adds(&told->text, ")");
    return told->refuse ? error_set(err, EXIT_NOT_AS_ASKED, "refused") : 0;
}

static void tell_preview(void *ctx, int fd, uint64_t bytes)
{
    struct told *told = ctx;
    char some[64];
    ssize_t n = pread(fd, some, sizeof some, 0);

    buf_adds(&told->text, "[");
    if (n == (ssize_t)bytes) {
        buf_add(&told->text, some, (size_t)n);
    } else {
        buf_addf(&told->text, "%zd of %llu bytes", n, (unsigned long long)bytes);
    }
    buf_adds(&told->text, "]");
}

/* "aGVsbG8=" is "hello", "Ynll" is "bye". */
static const struct {
    const char *stream, *told;
    const char *error; /* NULL: none */
} rows[] = {
    {"data: {\"a\":1}\n\ndata: {\"a\":2}\n\n", "({\"a\":1})({\"a\":2})", NULL},
    {"data: {\"p\":\"aGVsbG8=\",\"a\":1}\r\ndata: \r\n\r\n: ping\r\n\r\n"
     "data: {\"p\":null,\"a\":2}\r\ndata: \r\n\r\n",
     "[hello]({\"p\":\"\",\"a\":1})({\"p\":null,\"a\":2})", NULL},
    {"data: {\"a\":1,\"p\":\"data:image/png;base64,aGVsbG8=\"}\n\n"
     "data: {\"a\":2,\"p\":\"data:image\\/png;base64,Yn\\u006cl\"}\n\n",
     "[hello]({\"a\":1,\"p\":\"\"})[bye]({\"a\":2,\"p\":\"\"})", NULL},
    {"data: {\"p\":\"\"}\n\n", "({\"p\":\"\"})", NULL},
    {"data: {\"p\":7}\n\n", "({\"p\":7})", NULL},
    /* previews that are broken */
    {"data: {\"p\":\"aGV!bG8=\",\"a\":1}\n\n", "({\"p\":\"\",\"a\":1})", NULL},
    {"data: {\"p\":\"!\",\"a\":1}\n\ndata: {\"p\":\"Ynll\"}\n\n",
     "({\"p\":\"\",\"a\":1})[bye]({\"p\":\"\"})", NULL},
    {"data: {\"p\":\"aGVsbG8\",\"a\":1}\n\n", "({\"p\":\"\",\"a\":1})", NULL},
    {"data: {\"p\":\"data:x\",\"a\":1}\n\n", "({\"p\":\"\",\"a\":1})", NULL},
    {"data: {\"p\":\"a\\\"b\\\\c\\ud83d\\ude00\",\"a\":1}\n\n", "({\"p\":\"\",\"a\":1})", NULL},
    {"data: {\"p\":\"\\u00e9\\n!!\\\"!\",\"a\":1}\n\n", "({\"p\":\"\",\"a\":1})", NULL},
    /* several lines, and an end without one */
    {"data: {\"a\":\ndata: 1}\n\n", "({\"a\":1})", NULL},
    {"data: {\"a\":1}\n\ndata: {\"a\":2}", "({\"a\":1})({\"a\":2})", NULL},
    /* noise */
    {"data: Finished\n\ndata: {\"a\":1}\n\ndata: [DONE]\n\n", "({\"a\":1})", NULL},
    {"data: 1\n\ndata: \"x\"\n\ndata: [1]\n\ndata: {\"a\":1,\"a\":2}\n\ndata: {}\n\n", "({})",
     NULL},
    {"data: {\"a\":1}\n\ndata: {\"a\":", "({\"a\":1})", NULL},
    {"data: {\"a\":1\n\ndata: }]\n\ndata: {\"a\":2}\n\n", "({\"a\":2})", NULL},
    {"data: {\"p\":\"aGVs\n\ndata: {\"a\":2}\n\n", "({\"a\":2})", NULL},
    /* nothing */
    {"data: Finished\n\n", "", "the server's stream of events told nothing: "},
    {"data: []\n\n", "", "the server's stream of events told nothing: "},
    {": ping\n\n", "", "the server's stream of events told nothing; it starts with ': ping '"},
    {"{\"detail\":\"no\"}", "", "the server's stream of events told nothing; it starts with '{"},
    {"", "", "the server's answer is empty"},
};

/* Takes a stream in pieces of `step` bytes. */
static int take(struct receive *r, const char *bytes, size_t n, size_t step, struct error *err)
{
    const struct net_reply reply = {.status = 200};

    for (size_t at = 0; at < n; at += step) {
        if (receive_take(r, &reply, bytes + at, step < n - at ? step : n - at, err) != 0) {
            return -1;
        }
    }
    return 0;
}

static void check_row(size_t row, size_t step, bool previews)
{
    struct told told = {.refuse = false};
    const struct receive_plan plan = {.answer = ANSWER_EVENTS,
                                      .tap = "p",
                                      .event = tell_event,
                                      .preview = previews ? tell_preview : NULL,
                                      .ctx = &told};
    struct error err = {0};
    struct receive r;
    json_t *json = NULL;

    buf_init(&told.text, 1 << 20);
    receive_init(&r, &plan);
    int result = take(&r, rows[row].stream, strlen(rows[row].stream), step, &err);
    result = result == 0 ? receive_json(&r, &json, &err) : result;
    if (rows[row].error == NULL) {
        CHECK(result == 0, "row %zu by %zu: %s", row, step, err.text);
    } else {
        CHECK(result != 0 && err.code == EXIT_FAILED &&
                  strncmp(err.text, rows[row].error, strlen(rows[row].error)) == 0,
              "row %zu by %zu: %d, %s", row, step, result, err.text);
    }
    CHECK(json == NULL && (!previews || strcmp(buf_str(&told.text), rows[row].told) == 0),
          "row %zu by %zu: %s", row, step, buf_str(&told.text));
    CHECK(previews || strchr(buf_str(&told.text), ']') == NULL, "row %zu: no previews", row);
    receive_release(&r);
    buf_release(&told.text);
}

/* An event past its ceiling and a preview past its own are passed over; an error of the one that
 * is told ends the answer. */
static void check_bounds(void)
{
    struct told told = {.refuse = false};
    const struct receive_plan plan = {.answer = ANSWER_EVENTS,
                                      .tap = "p",
                                      .event = tell_event,
                                      .preview = tell_preview,
                                      .ctx = &told};
    static char block[65536];
    struct error err = {0};
    struct receive r;
    json_t *json;

    buf_init(&told.text, 1 << 22);
    memset(block, 'A', sizeof block);
    receive_init(&r, &plan);
    int result = take(&r, "data: {\"x\":\"", 12, 100, &err);
    for (size_t n = 0; n < 2 * RECEIVE_EVENT_MAX; n += sizeof block) {
        result |= take(&r, block, sizeof block, sizeof block, &err);
    }
    result |= take(&r, "\"}\n\ndata: {\"p\":\"", 16, 100, &err);
    for (size_t n = 0; n < RECEIVE_PREVIEW_MAX * 3 / 2; n += sizeof block) {
        result |= take(&r, block, sizeof block, sizeof block, &err);
    }
    result |= take(&r, "\"}\n\ndata: {\"p\":\"Ynll\"}\n\n", 24, 100, &err);
    CHECK(result == 0 && receive_json(&r, &json, &err) == 0 &&
              strcmp(buf_str(&told.text), "({\"p\":\"\"})[bye]({\"p\":\"\"})") == 0,
          "%d, %s: %.80s", result, err.text, buf_str(&told.text));
    receive_release(&r);

    told.refuse = true;
    receive_init(&r, &plan);
    CHECK(take(&r, "data: {}\n\ndata: {}\n\n", 20, 3, &err) != 0 && err.code == EXIT_NOT_AS_ASKED,
          "refused");
    receive_release(&r);
    buf_release(&told.text);
}

/* --- pictures --------------------------------------------------------------------------------- */

static void make_png(struct buf *png, uint32_t side)
{
    struct raster raster;
    struct error err;

    buf_init(png, 1 << 24);
    CHECK(raster_init(&raster, side, side, 3, &err) == 0, "%s", err.text);
    for (size_t i = 0; i < (size_t)side * side * 3; i++) {
        raster.pixels[i] = (uint8_t)rand();
    }
    CHECK(raster_write_png(&raster, NULL, png, &err) == 0, "%s", err.text);
    raster_release(&raster);
}

static int take_picture(const char *bytes, size_t n, size_t step, struct error *err)
{
    const struct receive_plan plan = {.answer = ANSWER_PICTURE, .place = "/tmp/"};
    struct receive r;
    json_t *json = NULL;

    receive_init(&r, &plan);
    int result = take(&r, bytes, n, step, err);
    result = result == 0 ? receive_json(&r, &json, err) : result;
    if (result == 0) {
        CHECK(r.n_pictures == 1 && r.pictures[0]->bytes == n && r.pictures[0]->framing.width > 0 &&
                  strlen(r.pictures[0]->sha256) == 64 && json == NULL,
              "a picture");
    }
    receive_release(&r);
    return result;
}

static void check_answer(void)
{
    static const struct {
        const char *text, *error;
    } texts[] = {
        {"", "the server's answer is empty"},
        {"<html>x", "the server's answer is no picture but starts with '<html>x'"},
        {"{\"detail\":\"Not\x1b[1m\"}", "the server's answer is no picture but starts with '{"},
        {"[]", "the server's answer is no picture but starts with '[]'"},
        {"null", "the server's answer is no picture but starts with 'null'"},
        {"Redis is down", "picture 1 of the answer is unusable: not a PNG, JPEG, WebP or GIF"},
        {"\x89PNG", "picture 1 of the answer is unusable: PNG is cut off after 4 bytes"},
    };
    struct error err = {0};
    struct buf png;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int result = take_picture(texts[i].text, strlen(texts[i].text), 100, &err);
        CHECK(result != 0 && err.code == EXIT_FAILED &&
                  strncmp(err.text, texts[i].error, strlen(texts[i].error)) == 0,
              "'%s': %s", texts[i].text, err.text);
    }
    for (uint32_t side = 16; side < 1100; side = side * 4 + 1) {
        make_png(&png, side);
        CHECK(take_picture(png.data, png.len, 10000, &err) == 0, "%s", err.text);
        CHECK(take_picture(png.data, png.len - 1, 10000, &err) != 0 && err.code == EXIT_FAILED,
              "cut off");
        png.data[png.len / 2] ^= 1;
        CHECK(take_picture(png.data, png.len, 10000, &err) != 0 && err.code == EXIT_FAILED,
              "damaged");
        buf_release(&png);
    }
}

static int feed_picture(struct receive *r, const struct buf *png, size_t n, struct error *err)
{
    int result = receive_picture_open(r, err);

    for (size_t at = 0, step = 5000; at < n && result == 0; at += step) {
        result = receive_picture_bytes(r, png->data + at, step < n - at ? step : n - at, err);
    }
    return result == 0 ? receive_picture_close(r, err) : result;
}

/* An answer large enough for a thread to check it, and pictures by themselves behind it. */
static void check_fed(void)
{
    const struct receive_plan plan = {.tap = "images[]", .place = "/tmp/"};
    struct buf pngs[3], json;
    struct error err = {0};
    struct receive r;

    buf_init(&json, 1 << 24);
    for (size_t i = 0; i < 3; i++) {
        make_png(&pngs[i], i == 0 ? 1000 : 300);
    }
    buf_adds(&json, "{\"images\":[\"");
    size_t coded = base64_encoded_size(pngs[0].len);
    base64_encode(buf_room(&json, coded), pngs[0].data, pngs[0].len);
    json.len += coded;
    buf_adds(&json, "\"]}");

    receive_init(&r, &plan);
    CHECK(take(&r, json.data, json.len, 16384, &err) == 0, "%s", err.text);
    CHECK(feed_picture(&r, &pngs[1], pngs[1].len, &err) == 0 && r.n_pictures == 2, "%s", err.text);
    CHECK(strlen(r.pictures[0]->sha256) == 64, "the first is checked");
    CHECK(feed_picture(&r, &pngs[2], pngs[2].len - 1, &err) != 0 && err.code == EXIT_FAILED &&
              strstr(err.text, "result 3 is unusable: PNG is cut off after ") == err.text,
          "%s", err.text);
    receive_picture_drop(&r);
    pngs[2].data[1000] ^= 1;
    CHECK(feed_picture(&r, &pngs[2], pngs[2].len, &err) != 0 && err.code == EXIT_FAILED, "damaged");
    receive_picture_drop(&r);
    pngs[2].data[1000] ^= 1;
    CHECK(receive_picture_open(&r, &err) == 0, "%s", err.text);
    receive_picture_drop(&r);
    CHECK(feed_picture(&r, &pngs[2], pngs[2].len, &err) == 0 && r.n_pictures == 3, "%s", err.text);
    receive_picture_drop(&r);
    CHECK(feed_picture(&r, &pngs[1], pngs[1].len, &err) == 0 && r.n_pictures == 3, "%s", err.text);
    CHECK(strcmp(r.pictures[1]->sha256, r.pictures[2]->sha256) == 0, "the same twice");
    CHECK(receive_picture_open(&r, &err) == 0, "left open");
    receive_release(&r);

    const struct receive_plan nowhere = {.answer = ANSWER_PICTURE, .place = "/nonexistent/x"};
    receive_init(&r, &nowhere);
    CHECK(receive_picture_open(&r, &err) != 0 && err.code == EXIT_OUTPUT && r.n_pictures == 0,
          "nowhere to put it");
    receive_release(&r);
    for (size_t i = 0; i < 3; i++) {
        buf_release(&pngs[i]);
    }
    buf_release(&json);
}

int main(void)
{
    for (size_t row = 0; row < sizeof rows / sizeof *rows; row++) {
        for (size_t step = 1; step <= 200; step = step < 20 ? step + 1 : step * 2) {
            check_row(row, step, true);
        }
        check_row(row, 7, false);
    }
    check_bounds();
    check_answer();
    check_fed();
    return unit_done("receive_events");
}
