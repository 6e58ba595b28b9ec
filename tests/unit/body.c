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
    CHECK(body_init(&body, request, NULL, 0, &err) == 0 && body.length == 7 &&
              strcmp(body_type(&body), "application/json") == 0,
          "no pictures");
    CHECK(read_on(&body, &expected, 0, 3), "text alone");
    body_release(&body);
    buf_release(&expected);
    json_decref(request);
}

/* Every byte of a form, with what its boundary is taken from its type. */
static void check_form(void)
{
    static const size_t sizes[PICTURES] = {5, 70000, 3, 0, 7}, steps[] = {1, 2, 7, 64, 65536, 0};
    struct body body, other;
    struct buf expected;
    struct error err;
    json_t *request = json_object();
    unsigned char *bytes = malloc(70000);

    make_source(0, sizes[0]);
    make_source(1, sizes[1]);
    make_source(2, sizes[2]);
    sources[0].picture.type = PICTURE_PNG;
    sources[1].picture.type = PICTURE_JPEG;
    for (size_t i = 0; i < 3; i++) {
        pictures[i] = (struct body_picture){.node = json_object(), .source = &sources[i]};
    }
    json_object_set_new(request, "prompt", json_string("a \"cat\"\r\n\xc3\xa9"));
    json_object_set_new(request, "steps", json_integer(20));
    json_object_set(request, "image", (json_t *)(uintptr_t)pictures[0].node);
    json_object_set_new(request, "nothing", json_null());
    json_object_set_new(request, "on", json_true());
    json_object_set_new(request, "loras", json_pack("[{s:s,s:f}]", "n", "x", "w", 0.5));
    json_object_set(request, "a\"\r\nb", (json_t *)(uintptr_t)pictures[1].node);
    json_object_set_new(request, "list", json_pack("[O]", pictures[2].node));
    CHECK(body_init_form(&body, request, pictures, 3, &err) == 0, "a form");
    CHECK(body_init_form(&other, request, pictures, 3, &err) == 0, "another");
    CHECK(strncmp(body_type(&body), "multipart/form-data; boundary=", 30) == 0 &&
              strlen(body_type(&body)) == 62 && strcmp(body_type(&body), body_type(&other)) != 0,
          "the boundary is random: %s", body_type(&body));
    const char *edge = body_type(&body) + 30;
    buf_init(&expected, 1 << 20);
#define FIELD "--%s\r\nContent-Disposition: form-data; name="
    buf_addf(&expected, FIELD "\"prompt\"\r\n\r\na \"cat\"\r\n\xc3\xa9\r\n", edge);
    buf_addf(&expected, FIELD "\"steps\"\r\n\r\n20\r\n", edge);
    buf_addf(&expected,
             FIELD "\"image\"; filename=\"image.png\"\r\nContent-Type: image/png\r\n\r\n", edge);
    buf_add(&expected, bytes, (size_t)pread(sources[0].fd, bytes, 5, 0));
    buf_addf(&expected, "\r\n" FIELD "\"on\"\r\n\r\ntrue\r\n", edge);
    buf_addf(&expected, FIELD "\"loras\"\r\n\r\n[{\"n\":\"x\",\"w\":0.5}]\r\n", edge);
    buf_addf(&expected,
             FIELD "\"a%%22%%0D%%0Ab\"; filename=\"image.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n",
             edge);
    buf_add(&expected, bytes, (size_t)pread(sources[1].fd, bytes, 70000, 0));
    buf_addf(&expected, "\r\n" FIELD "\"list\"\r\n\r\n[\"", edge);
    char *text = buf_room(&expected, 5);
    if (text == NULL || pread(sources[2].fd, bytes, 3, 0) != 3) {
        abort();
    }
    sodium_bin2base64(text, 5, bytes, 3, sodium_base64_VARIANT_ORIGINAL);
    expected.len += 4;
    buf_addf(&expected, "\"]\r\n--%s--\r\n", edge);
#undef FIELD
    CHECK(body.length == expected.len && other.length == body.length, "its length");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        body_rewind(&body);
        CHECK(read_on(&body, &expected, 0, steps[i]), "a form in pieces of %zu", steps[i]);
    }
    body_release(&body);
    body_release(&other);
    buf_release(&expected);
    json_decref(request);
    free(bytes);
    for (size_t i = 0; i < 3; i++) {
        json_decref((json_t *)(uintptr_t)pictures[i].node);
        close(sources[i].fd);
        free(sources[i].name);
    }
}

/* A node that stands in more places than there is room for. */
static void check_repeated(void)
{
    json_t *list = json_array(), *node = json_object();
    struct body body;
    struct error err;

    make_source(0, 10);
    pictures[0] = (struct body_picture){.node = node, .source = &sources[0]};
    for (size_t i = 0; i < 200; i++) {
        json_array_append(list, node);
    }
    CHECK(body_init(&body, list, pictures, 1, &err) != 0 && err.code == EXIT_USAGE, "200 times");
    body_release(&body);
    json_decref(list);
    json_decref(node);
    close(sources[0].fd);
    free(sources[0].name);
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
    check_form();
    check_repeated();
    return unit_done("body");
}
