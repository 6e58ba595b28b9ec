#include "files.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

const char *files_type(const char *name)
{
    static const char *const TYPES[][2] = {{".png", "image/png"},
                                           {".jpeg", "image/jpeg"},
                                           {".jpg", "image/jpeg"},
                                           {".webp", "image/webp"}};
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot && i < sizeof TYPES / sizeof *TYPES; i++)
        if (text_casecmp(dot, TYPES[i][0]) == 0)
            return TYPES[i][1];
    return "application/octet-stream";
}

/* One range, "bytes=A-B", "bytes=A-" or "bytes=-N". Returns 1 with [*from, *to), 0 when there is
 * none to heed, -1 when it cannot be satisfied. */
static int read_range(const char *text, size_t n, size_t *from, size_t *to)
{
    unsigned long long a, b;
    char *end;

    if (strncmp(text, "bytes=", 6) != 0 || strchr(text, ','))
        return 0;
    text += 6;
    *to = n;
    if (*text == '-') {
        a = strtoull(text + 1, &end, 10);
        if (*end || end == text + 1)
            return 0;
        *from = a >= n ? 0 : n - (size_t)a;
        return a > 0 && n > 0 ? 1 : -1;
    }
    a = strtoull(text, &end, 10);
    if (end == text || *end != '-')
        return 0;
    text = end + 1;
    if (*text) {
        b = strtoull(text, &end, 10);
        if (*end || b < a)
            return 0;
        *to = b >= n ? n : (size_t)b + 1;
    }
    *from = (size_t)a;
    return a < n ? 1 : -1;
}

void files_send(const struct request *request, struct reply *reply, const char *type,
                const void *bytes, size_t n, bool ranges)
{
    const char *range = request_header(request, "Range"),
               *only_if = request_header(request, "If-Range");
    unsigned char hash[16];
    char hex[2 * sizeof hash + 1], etag[sizeof hex + 2] = "\"";
    size_t from = 0, to = n;
    int part;

    crypto_generichash(hash, sizeof hash, bytes, n, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    memcpy(etag + 1, hex, sizeof hex - 1);
    memcpy(etag + sizeof hex, "\"", 2);
    reply_header(reply, "ETag", "%s", etag);
    reply_header(reply, "Last-Modified", "Sat, 01 Nov 2025 00:00:00 GMT");
    if (ranges)
        reply_header(reply, "Accept-Ranges", "bytes");
    part = ranges && range && (!only_if || strcmp(only_if, etag) == 0)
               ? read_range(range, n, &from, &to)
               : 0;
    if (part < 0) {
        reply_header(reply, "Content-Range", "bytes */%zu", n);
        reply_text(reply, 416, "text/plain", "");
    } else if (part == 0) {
        reply_bytes(reply, 200, type, bytes, n);
    } else {
        reply_header(reply, "Content-Range", "bytes %zu-%zu/%zu", from, to - 1, n);
        reply_bytes(reply, 206, type, (const char *)bytes + from, to - from);
    }
}
