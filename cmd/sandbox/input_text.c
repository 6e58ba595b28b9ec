#include <string.h>
#include <zlib.h>

#include "input.h"

#define TEXT_MAX ((size_t)4 << 20)

static uint32_t word(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Latin-1 to a JSON string. */
static json_t *latin1(const unsigned char *text, size_t n)
{
    struct buf utf8;
    json_t *json;

    buf_init(&utf8, 2 * TEXT_MAX);
    for (size_t i = 0; i < n; i++) {
        char two[2] = {(char)(0xC0 | text[i] >> 6), (char)(0x80 | (text[i] & 0x3F))};

        if (text[i] < 0x80)
            buf_add(&utf8, &text[i], 1);
        else
            buf_add(&utf8, two, 2);
    }
    json = json_string(buf_str(&utf8));
    buf_release(&utf8);
    return json;
}

static json_t *inflated(const unsigned char *text, size_t n, bool utf8)
{
    static const size_t ROOM = TEXT_MAX;
    struct buf plain;
    uLongf got = ROOM;
    json_t *json = NULL;
    char *to;

    buf_init(&plain, ROOM + 1);
    to = buf_room(&plain, ROOM);
    if (to && uncompress((Bytef *)to, &got, text, n) == Z_OK)
        json = utf8 ? json_stringn(to, got) : latin1((const unsigned char *)to, got);
    buf_release(&plain);
    return json;
}

/* One chunk's text, or NULL when it has none. */
static json_t *chunk_text(const char *type, const unsigned char *data, size_t n, size_t key)
{
    const unsigned char *text = data + key + 1, *end = data + n;
    bool compressed;

    if (memcmp(type, "tEXt", 4) == 0)
        return latin1(text, (size_t)(end - text));
    if (memcmp(type, "zTXt", 4) == 0)
        return text < end ? inflated(text + 1, (size_t)(end - text - 1), false) : NULL;
    if (end - text < 2)
        return NULL;
    compressed = text[0] == 1;
    text += 2;
    for (int zeros = 0; zeros < 2; text++) {
        if (text >= end)
            return NULL;
        zeros += *text == 0;
    }
    return compressed ? inflated(text, (size_t)(end - text), true)
                      : json_stringn((const char *)text, (size_t)(end - text));
}

json_t *input_texts(const struct buf *bytes)
{
    const unsigned char *p = (const unsigned char *)bytes->data;
    json_t *all = json_object(), *text;
    size_t at = 8;

    if (bytes->len < 8 || memcmp(p, "\x89PNG\r\n\x1a\n", 8) != 0)
        return all;
    while (at + 12 <= bytes->len) {
        size_t n = word(p + at), key;
        const char *type = (const char *)p + at + 4;
        const unsigned char *data = p + at + 8, *nul;

        if (n > bytes->len - at - 12)
            break;
        nul = n ? memchr(data, 0, n) : NULL;
        key = nul ? (size_t)(nul - data) : 0;
        if (nul && key < 80 &&
            (memcmp(type, "tEXt", 4) == 0 || memcmp(type, "zTXt", 4) == 0 ||
             memcmp(type, "iTXt", 4) == 0)) {
            text = chunk_text(type, data, n, key);
            if (text)
                json_object_set_new(all, (const char *)data, text);
        }
        at += 12 + n;
    }
    return all;
}
