#include "base/picture.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "base/picture_format.h"
#include "base/text.h"

enum { SIGNATURE_LEN = 12 }; /* as much as WebP needs; every picture is longer */

static const struct {
    const struct picture_format *format;
    const char *extension;
    const char *mime;
    /* The signature; bytes where mask is '.' may be anything. */
    size_t len;
    const char *bytes;
    const char *mask;
} types[] = {
    {&picture_png, "png", "image/png", 8, "\x89PNG\r\n\x1a\n", "########"},
    {&picture_jpeg, "jpg", "image/jpeg", 3, "\xff\xd8\xff", "###"},
    {&picture_webp, "webp", "image/webp", 12, "RIFF....WEBP", "####....####"},
    {&picture_gif, "gif", "image/gif", 6, "GIF8.a", "####.#"},
};
enum { TYPES = sizeof types / sizeof types[0] };

void picture_init(struct picture_framing *p)
{
    *p = (struct picture_framing){.orientation = 1, .await = PICTURE_AWAIT_SIGNATURE};
    buf_init(&p->kept, PICTURE_TEXT_MAX);
}

void picture_release(struct picture_framing *p)
{
    if (p == NULL) {
        return;
    }
    buf_release(&p->kept);
    free(p->text);
    p->text = NULL;
}

bool picture_await_field(struct picture_framing *p, int state, uint8_t len)
{
    p->await = PICTURE_AWAIT_FIELD;
    p->state = (uint8_t)state;
    p->field_len = 0;
    p->field_need = len;
    return true;
}

bool picture_await_span(struct picture_framing *p, int state, uint64_t len, size_t keep_max)
{
    p->await = PICTURE_AWAIT_SPAN;
    p->state = (uint8_t)state;
    p->span = len;
    p->keep_max = keep_max;
    if (keep_max > 0) {
        buf_release(&p->kept);
    }
    return true;
}

bool picture_await_ff(struct picture_framing *p, int state)
{
    p->await = PICTURE_AWAIT_FF;
    p->state = (uint8_t)state;
    return true;
}

bool picture_await_nothing(struct picture_framing *p, uint64_t slack)
{
    p->await = PICTURE_AWAIT_NOTHING;
    p->slack = slack;
    return true;
}

bool picture_fault(struct picture_framing *p, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(p->fault, sizeof p->fault, format, args);
    va_end(args);
    return false;
}

static bool has_signature(unsigned type, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n && i < types[type].len; i++) {
        if (types[type].mask[i] == '#' && bytes[i] != (uint8_t)types[type].bytes[i]) {
            return false;
        }
    }
    return true;
}

static void fault_unknown(struct picture_framing *p)
{
    char start[64];

    if (p->field_len == 0) {
        picture_fault(p, "not an image: it is empty");
        return;
    }
    text_clean(start, sizeof start, (const char *)p->field, p->field_len, SIGNATURE_LEN);
    picture_fault(p, "not a PNG, JPEG, WebP or GIF image: starts with '%s'", start);
}

static void keep(struct picture_framing *p, const uint8_t *bytes, size_t n)
{
    size_t room = p->keep_max - p->kept.len;

    if (!buf_add(&p->kept, bytes, n < room ? n : room)) {
        p->no_memory = true;
    }
}

/* Takes what it can of n > 0 bytes for the awaited field, span or scan; tells whether that is now
 * complete. A span of no bytes is, with n = 0. */
static bool take(struct picture_framing *p, const uint8_t *bytes, size_t n, size_t *taken)
{
    const uint8_t *ff;
    bool complete;

    switch (p->await) {
    case PICTURE_AWAIT_FIELD:
    case PICTURE_AWAIT_SIGNATURE:
        *taken = (size_t)(p->field_need - p->field_len);
        if (*taken > n) {
            *taken = n;
        }
        memcpy(p->field + p->field_len, bytes, *taken);
        p->field_len = (uint8_t)(p->field_len + *taken);
        complete = p->field_len == p->field_need;
        break;
    case PICTURE_AWAIT_SPAN:
        *taken = p->span < n ? (size_t)p->span : n;
        p->span -= *taken;
        complete = p->span == 0;
        if (p->keep_max > 0) {
            keep(p, bytes, *taken);
        }
        break;
    case PICTURE_AWAIT_FF:
        ff = memchr(bytes, 0xff, n);
        *taken = ff != NULL ? (size_t)(ff - bytes) + 1 : n;
        if (ff != NULL) {
            picture_await_field(p, p->state, 2);
            p->field[p->field_len++] = 0xff;
        }
        return false;
    default:
        *taken = n;
        if (n > p->slack) {
            picture_fault(p, "%s has bytes after its end at byte %" PRIu64, p->format->name,
                          p->offset);
        } else {
            p->slack -= n;
        }
        return false;
    }
    if (p->checked) {
        p->crc = crc32_update(p->crc, bytes, *taken);
    }
    return complete;
}

static bool recognise(struct picture_framing *p)
{
    for (unsigned i = 0; i < TYPES; i++) {
        if (has_signature(i, p->field, p->field_len)) {
            p->format = types[i].format;
            p->type = p->format->type;
            return true;
        }
    }
    fault_unknown(p);
    return false;
}

static void run(struct picture_framing *p, const uint8_t *bytes, size_t n)
{
    while (p->fault[0] == '\0' && (n > 0 || (p->await == PICTURE_AWAIT_SPAN && p->span == 0))) {
        size_t taken;
        bool complete = take(p, bytes, n, &taken);
        bytes += taken;
        n -= taken;
        p->offset += taken;
        if (complete && !p->format->next(p) && p->fault[0] == '\0') {
            picture_fault(p, "%s is malformed", p->format->name);
        }
    }
}

int picture_feed(struct picture_framing *p, const void *bytes, size_t n)
{
    const uint8_t *from = bytes;

    if (p->await == PICTURE_AWAIT_SIGNATURE && p->fault[0] == '\0') {
        uint8_t start[SIGNATURE_LEN];
        size_t taken;
        if (n == 0) {
            return 0;
        }
        p->field_need = SIGNATURE_LEN;
        bool complete = take(p, from, n, &taken);
        from += taken;
        n -= taken;
        if (!complete) {
            return 0;
        }
        if (!recognise(p)) {
            return -1;
        }
        memcpy(start, p->field, sizeof start);
        p->format->next(p);
        run(p, start, sizeof start);
    }
    run(p, from, n);
    return p->fault[0] ? -1 : 0;
}

int picture_finish(const struct picture_framing *p, struct error *err)
{
    struct picture_framing q = *p;

    if (p->no_memory) {
        return error_memory(err, "reading a picture");
    }
    if (p->fault[0]) {
        return error_set(err, EXIT_INPUT, "%s", p->fault);
    }
    if (p->await == PICTURE_AWAIT_NOTHING) {
        return 0;
    }
    if (p->await != PICTURE_AWAIT_SIGNATURE) {
        return error_set(err, EXIT_INPUT, "%s is cut off after %" PRIu64 " bytes", p->format->name,
                         p->offset);
    }
    for (unsigned i = 0; i < TYPES && p->field_len > 0; i++) {
        if (has_signature(i, p->field, p->field_len)) {
            return error_set(err, EXIT_INPUT, "%s is cut off after %u bytes", types[i].format->name,
                             p->field_len);
        }
    }
    fault_unknown(&q);
    return error_set(err, EXIT_INPUT, "%s", q.fault);
}

char *picture_text(struct picture_framing *p)
{
    char *text = p->text;

    p->text = NULL;
    return text;
}

const char *picture_mime(enum picture_type type)
{
    for (unsigned i = 0; i < TYPES; i++) {
        if (types[i].format->type == type) {
            return types[i].mime;
        }
    }
    return NULL;
}

const char *picture_extension(enum picture_type type)
{
    for (unsigned i = 0; i < TYPES; i++) {
        if (types[i].format->type == type) {
            return types[i].extension;
        }
    }
    return NULL;
}
