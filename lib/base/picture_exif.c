#include <string.h>

#include "base/picture_format.h"

/* Facts: CIPA DC-008 (Exif 2.32), sections 4.5 and 4.6; TIFF 6.0, section 2. */

enum { TAG_ORIENTATION = 0x0112, TAG_EXIF_IFD = 0x8769, TAG_USER_COMMENT = 0x9286 };
enum { TYPE_SHORT = 3 };
enum { ENTRY_LEN = 12, COMMENT_CODE_LEN = 8 };

struct tiff {
    const uint8_t *bytes;
    uint64_t n;
    bool big; /* byte order */
};

static uint32_t get16(const struct tiff *t, uint64_t at)
{
    return t->big ? picture_be16(t->bytes + at) : picture_le16(t->bytes + at);
}

static uint32_t get32(const struct tiff *t, uint64_t at)
{
    return t->big ? picture_be32(t->bytes + at) : picture_le32(t->bytes + at);
}

/* Where the entry of that tag is in the directory at `ifd`, 0 when there is none. */
static uint64_t find(const struct tiff *t, uint64_t ifd, unsigned tag)
{
    if (ifd < 8 || ifd + 2 > t->n) {
        return 0;
    }
    uint32_t entries = get16(t, ifd);
    uint64_t at = ifd + 2;
    for (; entries > 0 && at + ENTRY_LEN <= t->n; entries--, at += ENTRY_LEN) {
        if (get16(t, at) == tag) {
            return at;
        }
    }
    return 0;
}

static void read_orientation(struct picture_framing *p, const struct tiff *t)
{
    uint64_t at = find(t, get32(t, 4), TAG_ORIENTATION);

    if (at == 0 || get16(t, at + 2) != TYPE_SHORT || get32(t, at + 4) != 1) {
        return;
    }
    uint32_t value = get16(t, at + 8);
    if (value >= 1 && value <= 8) {
        p->orientation = (uint8_t)value;
    }
}

/* Writers use either byte order whatever the block's is. A byte order mark tells; else the zero
 * bytes, since most of an infotext is ASCII. */
static void read_utf16(struct picture_framing *p, const struct tiff *t, const uint8_t *s, size_t n)
{
    size_t zeros[2] = {0, 0};
    bool big = t->big;

    if (n >= 2 && (memcmp(s, "\xfe\xff", 2) == 0 || memcmp(s, "\xff\xfe", 2) == 0)) {
        picture_text_set_utf16(p, s + 2, n - 2, s[0] == 0xfe);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        zeros[i % 2] += s[i] == 0;
    }
    if (zeros[0] != zeros[1]) {
        big = zeros[0] > zeros[1];
    }
    picture_text_set_utf16(p, s, n, big);
}

static void read_comment(struct picture_framing *p, const struct tiff *t)
{
    uint64_t at = find(t, get32(t, 4), TAG_EXIF_IFD);

    if (at > 0) {
        at = find(t, get32(t, at + 8), TAG_USER_COMMENT);
    }
    if (at == 0) {
        return;
    }
    uint64_t start = get32(t, at + 8), n = get32(t, at + 4);
    if (n <= COMMENT_CODE_LEN || start + n > t->n) {
        return;
    }
    const uint8_t *code = t->bytes + start;
    const uint8_t *comment = code + COMMENT_CODE_LEN;
    n -= COMMENT_CODE_LEN;
    if (memcmp(code, "UNICODE", COMMENT_CODE_LEN) == 0) {
        read_utf16(p, t, comment, (size_t)n);
    } else if (memcmp(code, "ASCII\0\0", COMMENT_CODE_LEN) == 0 ||
               memcmp(code, "\0\0\0\0\0\0\0", COMMENT_CODE_LEN) == 0) {
        picture_text_set(p, comment, (size_t)n);
    }
}

void picture_exif_read(struct picture_framing *p)
{
    struct tiff t = {.bytes = (const uint8_t *)p->kept.data, .n = p->kept.len};

    if (t.n >= 6 && memcmp(t.bytes, "Exif\0", 6) == 0) {
        t.bytes += 6;
        t.n -= 6;
    }
    if (t.n < 8) {
        return;
    }
    t.big = memcmp(t.bytes, "MM\0\x2a", 4) == 0;
    if (!t.big && memcmp(t.bytes, "II\x2a\0", 4) != 0) {
        return;
    }
    p->has_exif = true;
    read_orientation(p, &t);
    if (p->want_text && p->text == NULL) {
        read_comment(p, &t);
    }
}
