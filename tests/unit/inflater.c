#include "image/inflater.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/unit/unit.h"

/* What zlib compresses comes back; what zlib refuses is refused. */

#define RAW_MAX 300000
#define STREAM_MAX (2 * RAW_MAX)

static uint32_t below(uint32_t n)
{
    static uint64_t state = 88172645463325252;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % n;
}

struct stream {
    const uint8_t *bytes;
    size_t n;
    uint32_t piece_max;
};

static int read_stream(void *ctx, void *to, size_t n, size_t *got, struct error *err)
{
    struct stream *s = ctx;
    size_t part = 1 + below(s->piece_max);

    (void)err;
    n = n < part ? n : part;
    n = n < s->n ? n : s->n;
    memcpy(to, s->bytes, n);
    s->bytes += n;
    s->n -= n;
    *got = n;
    return 0;
}

/* Whether the stream is n bytes, which are then in `to`. */
static bool inflates(const uint8_t *stream, size_t n_stream, uint8_t *to, size_t n)
{
    struct stream s = {.bytes = stream, .n = n_stream, .piece_max = below(2) ? 20 : 40000};
    struct inflater *f = NULL;
    struct error err = {0};
    size_t at = 0, part;
    int result = inflater_open(&f, (struct inflater_source){read_stream, &s}, "x", &err);

    for (; at < n && result == 0; at += part) {
        part = 1 + below(9000);
        part = part < n - at ? part : n - at;
        result = inflater_read(f, to + at, part, &err);
    }
    result = result == 0 ? inflater_finish(f, &err) : -1;
    inflater_free(f);
    CHECK(result == 0 || (err.code == EXIT_INPUT && err.text[0] != '\0'), "code %d", err.code);
    return result == 0;
}

/* zlib's answer to the same. */
static bool zlib_inflates(const uint8_t *stream, size_t n_stream, uint8_t *to, size_t n)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)stream, .avail_in = (uInt)n_stream};

    if (inflateInit(&z) != Z_OK) {
        return false;
    }
    z.next_out = to;
    z.avail_out = (uInt)n + 1;
    int result = inflate(&z, Z_FINISH);
    bool good = result == Z_STREAM_END && z.avail_in == 0 && z.total_out == n;
    inflateEnd(&z);
    return good;
}

static size_t make_raw(uint8_t *raw)
{
    size_t n = below(below(30) ? 3000 : RAW_MAX), at = 0;

    while (at < n) {
        size_t part = 1 + below(below(3) ? 40 : 3000), back = 1 + below(below(2) ? 12 : 32768);
        uint32_t values = 1 + below(below(2) ? 4 : 256);
        bool copy = below(2) && back <= at;
        for (part = part < n - at ? part : n - at; part > 0; part--, at++) {
            raw[at] = copy ? raw[at - back] : (uint8_t)below(values);
        }
    }
    return n;
}

static size_t make_stream(const uint8_t *raw, size_t n, uint8_t *stream)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)raw, .avail_in = (uInt)n};

    if (deflateInit2(&z, (int)below(10), Z_DEFLATED, 9 + (int)below(7), 1 + (int)below(9),
                     (int)below(5)) != Z_OK) {
        return 0;
    }
    z.next_out = stream;
    z.avail_out = STREAM_MAX;
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return z.total_out;
}

static void damage(uint8_t *stream, size_t *n)
{
    switch (below(4)) {
    case 0:
        *n -= 1 + below((uint32_t)*n);
        break;
    case 1:
        stream[(*n)++] = (uint8_t)below(256);
        break;
    default:
        for (uint32_t flips = 1 + below(3); flips > 0; flips--) {
            stream[below((uint32_t)(below(2) && *n > 100 ? 100 : *n))] ^= (uint8_t)(1 + below(255));
        }
    }
}

int main(void)
{
    uint8_t *raw = malloc(RAW_MAX), *got = malloc(RAW_MAX + 1), *other = malloc(RAW_MAX + 1);
    uint8_t *stream = malloc(STREAM_MAX + 1);

    if (raw == NULL || got == NULL || other == NULL || stream == NULL) {
        return 1;
    }
    for (unsigned round = 0; round < 4000; round++) {
        size_t n = make_raw(raw), n_stream = make_stream(raw, n, stream);

        CHECK(inflates(stream, n_stream, got, n) && memcmp(raw, got, n) == 0, "%zu bytes", n);
        CHECK(!inflates(stream, n_stream, got, n + 1), "%zu bytes as one more", n);
        CHECK(n == 0 || !inflates(stream, n_stream, got, n - 1), "%zu bytes as one fewer", n);
        damage(stream, &n_stream);
        bool good = zlib_inflates(stream, n_stream, other, n);
        CHECK(inflates(stream, n_stream, got, n) == good, "damage: zlib says %d", good);
        CHECK(!good || memcmp(other, got, n) == 0, "damage: zlib makes something else");
    }
    free(raw);
    free(got);
    free(other);
    free(stream);
    return unit_done("inflater");
}
