#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "image/inflater.h"

/*
 * A zlib stream, once as it is and once with the checksum that its bytes ask for: what zlib's
 * inflate() makes of it is what the inflater makes of it, and what the one refuses so does the
 * other. The first byte says how large the pieces are.
 */
#define RAW_MAX (1u << 20)

struct stream {
    const uint8_t *bytes;
    size_t n, piece;
};

static int read_stream(void *ctx, void *to, size_t n, size_t *got, struct error *err)
{
    struct stream *s = ctx;

    (void)err;
    n = n < s->piece ? n : s->piece;
    *got = n < s->n ? n : s->n;
    memcpy(to, s->bytes, *got);
    s->bytes += *got;
    s->n -= *got;
    return 0;
}

static int inflates(struct stream s, uint8_t *to, size_t n)
{
    struct inflater *f;
    struct error err;
    int result = inflater_open(&f, (struct inflater_source){read_stream, &s}, "x", &err);

    for (size_t at = 0, part = 1; at < n && result == 0; at += part, part = part * 3 % 10007) {
        part = part < n - at ? part : n - at;
        result = inflater_read(f, to + at, part, &err);
    }
    result = result == 0 ? inflater_finish(f, &err) : -1;
    inflater_free(f);
    return result == 0;
}

static void compare(struct stream s, uint8_t *expected, uint8_t *got)
{
    z_stream z = {.next_in = (Bytef *)(uintptr_t)s.bytes, .avail_in = (uInt)s.n};

    if (inflateInit(&z) != Z_OK) {
        abort();
    }
    z.next_out = expected;
    z.avail_out = RAW_MAX;
    int result = inflate(&z, Z_FINISH);
    int good = result == Z_STREAM_END && z.avail_in == 0;
    size_t n = z.total_out;
    inflateEnd(&z);
    if (z.avail_out == 0 && !good) {
        return;
    }
    if (inflates(s, got, n) != good || (good && memcmp(expected, got, n) != 0)) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static uint8_t expected[RAW_MAX], got[RAW_MAX];
    z_stream z = {0};

    if (n < 8 || (bytes[1] >> 4) != 7) {
        return 0; /* a window of less than 32 KiB is not held against a stream */
    }
    struct stream s = {.bytes = bytes + 1, .n = n - 1, .piece = 1 + bytes[0] * 97u};
    compare(s, expected, got);

    if (inflateInit2(&z, -15) != Z_OK) {
        abort();
    }
    z.next_in = (Bytef *)(uintptr_t)(bytes + 3);
    z.avail_in = (uInt)n - 3;
    z.next_out = expected;
    z.avail_out = RAW_MAX;
    int result = inflate(&z, Z_FINISH);
    size_t used = n - z.avail_in;
    uLong adler = adler32(1, expected, (uInt)z.total_out);
    inflateEnd(&z);
    uint8_t *fixed = result == Z_STREAM_END ? malloc(used + 4) : NULL;
    if (fixed != NULL) {
        memcpy(fixed, bytes, used);
        for (size_t i = 0; i < 4; i++) {
            fixed[used + i] = (uint8_t)(adler >> (24 - 8 * i));
        }
        s.bytes = fixed + 1;
        s.n = used + 3;
        compare(s, expected, got);
        free(fixed);
    }
    return 0;
}
