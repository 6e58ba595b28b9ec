#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/picture_format.h"
#include "base/text.h"

static void add_character(struct buf *b, uint32_t c)
{
    char utf8[4];
    size_t n = 0;

    if (c < 0x80) {
        utf8[n++] = (char)c;
    } else if (c < 0x800) {
        utf8[n++] = (char)(0xc0 | c >> 6);
        utf8[n++] = (char)(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        utf8[n++] = (char)(0xe0 | c >> 12);
        utf8[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        utf8[n++] = (char)(0x80 | (c & 0x3f));
    } else {
        utf8[n++] = (char)(0xf0 | c >> 18);
        utf8[n++] = (char)(0x80 | (c >> 12 & 0x3f));
        utf8[n++] = (char)(0x80 | (c >> 6 & 0x3f));
        utf8[n++] = (char)(0x80 | (c & 0x3f));
    }
    buf_add(b, utf8, n);
}

/* A text that failed only for being too long is dropped; without memory the picture fails. */
static void set(struct picture_framing *p, struct buf *b)
{
    bool too_long = b->len > PICTURE_TEXT_MAX - 4;
    bool failed = b->failed;

    if (!failed && b->len > 0) {
        free(p->text);
        p->text = buf_detach(b);
    }
    buf_release(b);
    if (failed && !too_long) {
        p->no_memory = true;
    }
}

void picture_text_set(struct picture_framing *p, const uint8_t *bytes, size_t n)
{
    const uint8_t *end = n > 0 ? memchr(bytes, 0, n) : NULL;
    struct buf b;

    n = end != NULL ? (size_t)(end - bytes) : n;
    buf_init(&b, PICTURE_TEXT_MAX);
    if (text_is_utf8((const char *)bytes, n)) {
        buf_add(&b, bytes, n);
    } else {
        for (size_t i = 0; i < n && !b.failed; i++) {
            add_character(&b, bytes[i]);
        }
    }
    set(p, &b);
}

static uint32_t unit_at(const uint8_t *bytes, size_t i, bool big)
{
    return big ? picture_be16(bytes + i) : picture_le16(bytes + i);
}

void picture_text_set_utf16(struct picture_framing *p, const uint8_t *bytes, size_t n, bool big)
{
    struct buf b;

    buf_init(&b, PICTURE_TEXT_MAX);
    for (size_t i = 0; i + 2 <= n && !b.failed; i += 2) {
        uint32_t c = unit_at(bytes, i, big);
        if (c == 0) {
            break;
        }
        if (c >= 0xd800 && c < 0xdc00 && i + 4 <= n) {
            uint32_t low = unit_at(bytes, i + 2, big);
            if (low >= 0xdc00 && low < 0xe000) {
                c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
                i += 2;
            }
        }
        add_character(&b, c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
    }
    set(p, &b);
}

static void set_inflated(struct picture_framing *p, const uint8_t *bytes, size_t n)
{
    uLongf len = PICTURE_TEXT_MAX;
    uint8_t *out = malloc(PICTURE_TEXT_MAX);

    if (out == NULL) {
        p->no_memory = true;
        return;
    }
    if (uncompress(out, &len, bytes, (uLong)n) == Z_OK) {
        picture_text_set(p, out, len);
    }
    free(out);
}

/* Behind the keyword: zTXt has a compression method; iTXt a compression flag, a method, and two
 * strings, language and translated keyword. The only method is 0. */
void picture_text_read_chunk(struct picture_framing *p)
{
    const uint8_t *bytes = (const uint8_t *)p->kept.data;
    size_t n = p->kept.len;
    bool compressed = memcmp(p->chunk, "zTXt", 4) == 0;

    if (n == 0) {
        return;
    }
    if (memcmp(p->chunk, "iTXt", 4) == 0) {
        const uint8_t *nul = n > 2 ? memchr(bytes + 2, 0, n - 2) : NULL;
        nul = nul != NULL ? memchr(nul + 1, 0, n - (size_t)(nul + 1 - bytes)) : NULL;
        if (nul == NULL || bytes[0] > 1 || (bytes[0] == 1 && bytes[1] != 0)) {
            return;
        }
        compressed = bytes[0] == 1;
        n -= (size_t)(nul + 1 - bytes);
        bytes = nul + 1;
    } else if (compressed) {
        if (bytes[0] != 0) {
            return;
        }
        bytes++;
        n--;
    }
    if (compressed) {
        set_inflated(p, bytes, n);
    } else {
        picture_text_set(p, bytes, n);
    }
}
