/* Answers with pictures, cut anywhere, whose checks go on beside the receiving. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image/raster.h"
#include "job/receive.h"
#include "unit.h"
#include "wire/base64.h"

enum { PICTURES = 5 };

static struct buf pngs[PICTURES];
static const struct receive_plan plan = {.tap = "images[]", .place = "/tmp/"};

static char digests[PICTURES][SHA256_HEX_SIZE];

/* Noise, so that the side decides how large the PNG is: some 3 bytes for each pixel. */
static void make_png(size_t i, uint32_t side)
{
    const char *const text[] = {"parameters", "a cat", NULL};
    struct raster r;
    struct error err;
    struct sha256 hash;
    uint8_t digest[SHA256_LEN];

    buf_init(&pngs[i], 16UL * 1024 * 1024);
    CHECK(raster_init(&r, side, side, 3, &err) == 0, "%s", err.text);
    for (size_t k = 0; k < (size_t)side * side * 3; k++) {
        r.pixels[k] = (uint8_t)rand();
    }
    CHECK(raster_write_png(&r, text, &pngs[i], &err) == 0, "%s", err.text);
    raster_release(&r);
    sha256_init(&hash);
    sha256_update(&hash, pngs[i].data, pngs[i].len);
    sha256_final(&hash, digest);
    sha256_hex(digest, digests[i]);
}

static void answer_with(struct buf *json, const struct buf *pictures, size_t n)
{
    buf_init(json, 64UL * 1024 * 1024);
    buf_adds(json, "{\"images\":[");
    for (size_t i = 0; i < n; i++) {
        size_t coded = base64_encoded_size(pictures[i].len);
        buf_adds(json, i > 0 ? ",\"" : "\"");
        char *room = buf_room(json, coded);
        base64_encode(room, pictures[i].data, pictures[i].len);
        json->len += coded;
        buf_adds(json, "\"");
    }
    buf_adds(json, "],\"info\":\"{}\"}");
}

/* Feeds an answer in pieces of up to `most` bytes; the whole of it, or until an error. */
static int feed(struct receive *r, const struct buf *json, size_t most, struct error *err)
{
    const struct net_reply reply = {.status = 200};

    for (size_t at = 0, n; at < json->len; at += n) {
        n = (size_t)rand() % most + 1;
        n = n < json->len - at ? n : json->len - at;
        if (receive_take(r, &reply, json->data + at, n, err) != 0) {
            return -1;
        }
    }
    return 0;
}

static void check_whole(size_t most)
{
    struct receive r;
    struct error err = {0};
    struct buf json;
    json_t *document = NULL;

    answer_with(&json, pngs, PICTURES);
    receive_init(&r, &plan);
    int fed = feed(&r, &json, most, &err);
    int read = fed == 0 ? receive_json(&r, &document, &err) : -1;
    CHECK(fed == 0 && read == 0, "pieces of %zu: %s", most, err.text);
    CHECK(r.n_pictures == PICTURES, "%zu pictures", r.n_pictures);
    for (size_t i = 0; i < r.n_pictures && read == 0; i++) {
        const struct received *p = r.pictures[i];
        CHECK(p->bytes == pngs[i].len && strcmp(p->sha256, digests[i]) == 0,
              "picture %zu in pieces of %zu: %s", i + 1, most, p->sha256);
        CHECK(p->text != NULL && strcmp(p->text, "a cat") == 0, "its text");
        CHECK(p->framing.type == PICTURE_PNG && p->framing.width > 0, "its framing");
    }
    json_decref(document);
    receive_release(&r);
    buf_release(&json);
}

/* A picture that is damaged somewhere is found, whichever thread checks that part. */
static void check_damaged(size_t picture, size_t at)
{
    struct receive r;
    struct error err = {0};
    struct buf json;
    json_t *document = NULL;
    char expected[64];

    pngs[picture].data[at] ^= 1;
    answer_with(&json, pngs, PICTURES);
    receive_init(&r, &plan);
    int result = feed(&r, &json, 16384, &err);
    result = result == 0 ? receive_json(&r, &document, &err) : result;
    snprintf(expected, sizeof expected, "picture %zu of the answer is unusable: ", picture + 1);
    CHECK(result != 0 && err.code == EXIT_FAILED && strstr(err.text, expected) == err.text,
          "damage at %zu of picture %zu: %d, %s", at, picture + 1, result, err.text);
    json_decref(document);
    receive_release(&r);
    buf_release(&json);
    pngs[picture].data[at] ^= 1;
}

/* An answer that breaks off: everything is released, whatever is under way. */
static void check_abandoned(size_t part)
{
    struct receive r;
    struct error err = {0};
    struct buf json;

    answer_with(&json, pngs, PICTURES);
    json.len = json.len / 8 * part;
    receive_init(&r, &plan);
    CHECK(feed(&r, &json, 16384, &err) == 0, "%s", err.text);
    receive_release(&r);
    CHECK(r.n_pictures == 0, "released");
    buf_release(&json);
}

int main(void)
{
    static const uint32_t sides[PICTURES] = {20, 700, 16, 299, 1000};

    for (size_t i = 0; i < PICTURES; i++) {
        make_png(i, sides[i]);
    }
    for (size_t most = 500; most < 1 << 20; most = most * 3 + 1) {
        check_whole(most);
    }
    for (size_t i = 0; i < PICTURES; i++) {
        check_damaged(i, 1);
        check_damaged(i, pngs[i].len / 2);
        check_damaged(i, pngs[i].len - 2);
    }
    for (size_t part = 0; part < 8; part++) {
        check_abandoned(part);
    }
    for (size_t i = 0; i < PICTURES; i++) {
        buf_release(&pngs[i]);
    }
    return unit_done("receive");
}
