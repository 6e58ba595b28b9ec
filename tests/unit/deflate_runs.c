#include "image/deflate_runs.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "tests/unit/unit.h"

/* Whatever is compressed, zlib gets it back, and it grows by no more than is promised. */

#define INPUT_MAX (1u << 20)
#define ROUNDS 3000

static uint32_t below(uint32_t n)
{
    static uint64_t state = 88172645463325252;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % n;
}

static int write_buf(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return buf_add(ctx, bytes, n) ? 0 : error_memory(err, "testing");
}

/* Appends a run, noise of few or many values, or a copy of what is there, maybe off by one byte. */
static size_t add_some(uint8_t *bytes, size_t at, size_t n, size_t pixel)
{
    size_t part = 1 + below(below(4) == 0 ? 100000 : below(2) == 0 ? 300 : 8), kind = below(5);
    size_t back = 1 + below(below(2) ? 9000 : 40000), values = 1 + below(below(2) ? 3 : 256);

    part = part < n - at ? part : n - at;
    for (size_t i = 0; i < part; i++, at++) {
        if (kind < 2) {
            bytes[at] = at < pixel || i < pixel ? (uint8_t)below(256) : bytes[at - pixel];
        } else if (kind == 2 || at < back) {
            bytes[at] = (uint8_t)below((uint32_t)values);
        } else {
            bytes[at] = bytes[at - back];
        }
    }
    if (kind == 4 && at > 0) {
        bytes[at - 1] ^= 1;
    }
    return at;
}

static int compress_pieces(const uint8_t *bytes, size_t n, size_t pixel, size_t piece_max,
                           struct buf *out, struct error *err)
{
    struct deflate_runs *d;
    int result =
        deflate_runs_open(&d, pixel, (struct png_sink){.write = write_buf, .ctx = out}, err);

    for (size_t at = 0, part; at < n && result == 0; at += part) {
        part = 1 + below((uint32_t)piece_max);
        part = part < n - at ? part : n - at;
        result = deflate_runs_write(d, bytes + at, part, err);
    }
    result = result == 0 ? deflate_runs_finish(d, err) : -1;
    deflate_runs_free(d);
    return result;
}

static void check(const uint8_t *bytes, size_t n, size_t pixel, const char *what)
{
    static uint8_t back[INPUT_MAX + 1];
    struct buf out, again;
    struct error err = {0};
    uLongf n_back = sizeof back;

    buf_init(&out, 2 * INPUT_MAX);
    buf_init(&again, 2 * INPUT_MAX);
    CHECK(compress_pieces(bytes, n, pixel, 100000, &out, &err) == 0, "%s: %s", what, err.text);
    CHECK(uncompress(back, &n_back, (const Bytef *)out.data, (uLong)out.len) == Z_OK, "%s of %zu",
          what, n);
    CHECK(n_back == n && memcmp(bytes, back, n) == 0, "%s of %zu comes back", what, n);
    CHECK(out.len <= n + 5 * (n / 16000 + 1) + 7, "%s: %zu becomes %zu", what, n, out.len);
    CHECK(compress_pieces(bytes, n, pixel, 300, &again, &err) == 0 && again.len == out.len &&
              memcmp(again.data, out.data, out.len) == 0,
          "%s: pieces matter", what);
    buf_release(&out);
    buf_release(&again);
}

static void test_mixtures(uint8_t *bytes)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t n = below(round % 50 == 0 ? INPUT_MAX : round % 2 ? 70000 : 400), at = 0;
        size_t pixel = 1 + below(8);

        while (at < n) {
            at = add_some(bytes, at, n, pixel);
        }
        check(bytes, n, pixel, "a mixture");
    }
}

static void test_extremes(uint8_t *bytes)
{
    memset(bytes, 0, INPUT_MAX);
    for (size_t n = 0; n < 600; n++) {
        check(bytes, n, 1 + n % 8, "a run");
    }
    check(bytes, INPUT_MAX, 1, "a long run");
    for (size_t i = 0; i < INPUT_MAX; i++) {
        bytes[i] = (uint8_t)below(256);
    }
    check(bytes, INPUT_MAX, 4, "noise");
    check(bytes, 65536, 1, "noise");
    /* Counts that grow like Fibonacci's numbers ask for codes longer than may be. */
    size_t at = 0;
    for (unsigned value = 0, a = 1, b = 1; value < 22; value++) {
        for (unsigned i = 0; i < a && at < INPUT_MAX; i++) {
            bytes[at++] = (uint8_t)value;
        }
        unsigned sum = a + b;
        a = b;
        b = sum;
    }
    for (size_t i = at; i-- > 1;) {
        size_t other = below((uint32_t)i + 1);
        uint8_t swapped = bytes[i];
        bytes[i] = bytes[other];
        bytes[other] = swapped;
    }
    check(bytes, at, 1, "steep counts");
    for (unsigned first = 0; first < 6; first++) {
        memset(bytes, 0, 16000);
        for (size_t i = 0; i < 16000; i++) {
            bytes[i] = (uint8_t)(below(1u << (first + 1)) == 0 ? below(256) : 0);
        }
        check(bytes, 16000, 1, "sparse");
    }
}

static int fail(void *ctx, const void *bytes, size_t n, struct error *err)
{
    (void)ctx, (void)bytes, (void)n;
    return error_set(err, EXIT_OUTPUT, "full");
}

static void test_sink_fails(uint8_t *bytes)
{
    struct deflate_runs *d = NULL;
    struct error err = {0};

    for (size_t i = 0; i < INPUT_MAX; i++) {
        bytes[i] = (uint8_t)below(256);
    }
    int result = deflate_runs_open(&d, 1, (struct png_sink){.write = fail}, &err);
    if (result == 0) {
        result = deflate_runs_write(d, bytes, INPUT_MAX, &err);
    }
    CHECK(result == -1 && err.code == EXIT_OUTPUT, "a full sink");
    deflate_runs_free(d);
}

int main(void)
{
    uint8_t *bytes = malloc(INPUT_MAX);

    if (bytes == NULL) {
        return 1;
    }
    test_mixtures(bytes);
    test_extremes(bytes);
    test_sink_fails(bytes);
    free(bytes);
    return unit_done("deflate_runs");
}
