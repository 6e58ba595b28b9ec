#include "wire/body.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"
#include "wire/json.h"

/* Bodies read in pieces of any size, held against a reference that is built as a whole. */

enum { PICTURES = 5 };

static struct source sources[PICTURES];
static struct body_picture pictures[PICTURES];

static void make_source(size_t i, size_t size)
{
    FILE *file = tmpfile();
    unsigned char *bytes = malloc(size + 1);

    for (size_t at = 0; at < size; at++) {
        bytes[at] = (unsigned char)rand();
    }
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fflush(file) != 0) {
        abort();
    }
    sources[i] = (struct source){.fd = dup(fileno(file)), .size = size, .name = strdup("picture")};
    fclose(file);
    free(bytes);
}

/* What `instead` writes: the whole base64 of a picture. */
static bool put_whole(void *ctx, const json_t *node, bool *stop)
{
    for (size_t i = 0; i < PICTURES; i++) {
        if (pictures[i].node != node) {
            continue;
        }
        size_t size = (size_t)sources[i].size, cap = sodium_base64_ENCODED_LEN(size, 1);
        unsigned char *bytes = malloc(size + 1);
        char *text = malloc(cap);
        if (pread(sources[i].fd, bytes, size, 0) != (ssize_t)size) {
            abort();
        }
        sodium_bin2base64(text, cap, bytes, size, sodium_base64_VARIANT_ORIGINAL);
        *stop = !buf_addf(ctx, "\"%s\"", text);
        free(bytes);
        free(text);
        return true;
    }
    return false;
}

static bool put_text(void *ctx, const char *text, size_t n)
{
    return buf_add(ctx, text, n);
}

/* {"prompt", "init_images": [pictures], "mask": picture, ...} in one of several shapes. */
static json_t *make_request(unsigned shape, const size_t *sizes)
{
    json_t *request = json_object(), *list = json_array();

    for (size_t i = 0; i < PICTURES; i++) {
        make_source(i, sizes[i]);
        json_t *node = json_pack("{s:s}", "path", "x");
        pictures[i] = (struct body_picture){.node = node, .source = &sources[i]};
        if (shape % 2 == 0 || i == 0) {
            json_array_append_new(list, node);
        } else {
            char key[16];
            snprintf(key, sizeof key, "p%zu", i);
            json_object_set_new(request, key, node);
        }
    }
    json_object_set_new(request, "init_images", list);
    if (shape > 1) {
        json_object_set_new(request, "prompt", json_string("a \"cat\"\n\xc3\xa9"));
        json_object_set_new(request, "steps", json_integer(20));
    }
    return request;
}

/* Reads the rest of a body in pieces of `size` bytes (0: random ones) behind `at` of the expected.
 */
static bool read_on(struct body *body, const struct buf *expected, size_t at, size_t size)
{
    struct error err;
    size_t got;

    for (;;) {
        size_t n = size > 0 ? size : 1 + (size_t)rand() % 3000;
        char *to = malloc(n); /* of its exact size, for the sanitizer */
        bool read = body_read(body, to, n, &got, &err) == 0 && got <= n;
        bool same = read && got <= expected->len - at && memcmp(to, expected->data + at, got) == 0;
        free(to);
        if (!same || got == 0) {
            return same && at == expected->len;
        }
        at += got;
    }
}

static void read_some(struct body *body, size_t n)
{
    struct error err;
    char to[64];
    size_t got = 1;

    for (; n > 0 && got > 0; n -= got) {
        if (body_read(body, to, n < sizeof to ? n : sizeof to, &got, &err) != 0) {
            abort();
        }
    }
}

static void check_shape(unsigned shape, const size_t *sizes)
{
    static const size_t steps[] = {1, 2, 3, 4, 5, 6, 7, 8, 13, 64, 1000, 65536, 300000, 0, 0, 0};
    json_t *request = make_request(shape, sizes);
    struct buf expected;
    struct body body;
    struct error err;

    buf_init(&expected, 8 << 20);
    struct json_writer w = {.sink = put_text, .ctx = &expected, .instead = put_whole};
    CHECK(json_write(&w, request), "the reference is written");
    CHECK(body_init(&body, request, pictures, PICTURES, &err) == 0, "the body is laid out");
    CHECK(body.length == expected.len, "length %llu, not %zu", (unsigned long long)body.length,
          expected.len);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i] > 0 && expected.len / steps[i] > 300000) {
            continue;
        }
        body_rewind(&body);
        read_some(&body, (size_t)rand() % (expected.len + 1)); /* and again from the start */
        body_rewind(&body);
        CHECK(read_on(&body, &expected, 0, steps[i]), "shape %u in pieces of %zu", shape, steps[i]);
    }
    body_release(&body);
    buf_release(&expected);
    json_decref(request);
    for (size_t i = 0; i < PICTURES; i++) {
        close(sources[i].fd);
        free(sources[i].name);
    }
}

static void check_shrunk(void)
{
    const size_t sizes[PICTURES] = {1000, 1000, 1000, 1000, 1000};
    json_t *request = make_request(0, sizes);
    struct body body;
    struct error err = {0};
    char to[8192];
    size_t got;

    CHECK(body_init(&body, request, pictures, PICTURES, &err) == 0, "the body is laid out");
    CHECK(ftruncate(sources[2].fd, 500) == 0, "a file is made shorter");
    CHECK(body_read(&body, to, sizeof to, &got, &err) != 0 && err.code == EXIT_INPUT,
          "a file that became shorter is an error");
    body_release(&body);
    CHECK(body_init(&body, request, pictures, BODY_PICTURES_MAX + 1, &err) != 0 &&
              err.code == EXIT_USAGE,
          "too many pictures");
    body_release(&body);
    json_decref(request);
    for (size_t i = 0; i < PICTURES; i++) {
        close(sources[i].fd);
        free(sources[i].name);
    }
}

static void check_without_pictures(void)
{
    json_t *request = json_pack("{s:i}", "a", 1);
    struct buf expected;
    struct body body;
    struct error err;

    buf_init(&expected, 100);
    buf_adds(&expected, "{\"a\":1}");
    CHECK(body_init(&body, request, NULL, 0, &err) == 0 && body.length == 7, "no pictures");
    CHECK(read_on(&body, &expected, 0, 3), "text alone");
    body_release(&body);
    buf_release(&expected);
    json_decref(request);
}

int main(void)
{
    static const size_t sizes[][PICTURES] = {
        {1, 2, 3, 4, 5},
        {0, 0, 1, 0, 0},
        {100, 3000, 2, 50001, 3},
        {196608, 196607, 196609, 196610, 300000},
    };

    srand(1);
    if (sodium_init() < 0) {
        return 1;
    }
    for (unsigned shape = 0; shape < 4; shape++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            check_shape(shape, sizes[i]);
        }
    }
    check_shrunk();
    check_without_pictures();
    return unit_done("body");
}
