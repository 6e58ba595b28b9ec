#include "wire/body.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/random.h"
#include "wire/base64.h"
#include "wire/json.h"

#define TEXT_MAX (16UL * 1024 * 1024)
#define CHUNK (192UL * 1024) /* bytes of a picture read at a time; a multiple of 3 */

/* Closes the text part that ends where the text does now. */
static void end_text(struct body *b)
{
    size_t from = 0;

    for (size_t i = 0; i < b->n_parts; i++) {
        from += b->parts[i].text_len;
    }
    if (b->text.len > from) {
        b->parts[b->n_parts++] =
            (struct body_part){.text_from = from, .text_len = b->text.len - from};
    }
}

static bool add_text(void *ctx, const char *text, size_t n)
{
    struct body *b = ctx;

    return buf_add(&b->text, text, n);
}

/* The picture that a node stands for, or NULL. */
static const struct source *picture_at(const struct body *b, const json_t *node)
{
    for (size_t i = 0; i < b->n_pictures; i++) {
        if (b->pictures[i].node == node) {
            return b->pictures[i].source;
        }
    }
    return NULL;
}

/* Puts a picture behind the text so far. False when there is no room, as when one stands twice. */
static bool add_picture(struct body *b, const struct source *source, bool as_is)
{
    end_text(b);
    if (b->text.failed || b->n_parts + 2 > sizeof b->parts / sizeof *b->parts) {
        return false;
    }
    b->parts[b->n_parts++] = (struct body_part){.source = source, .as_is = as_is};
    return true;
}

static bool put_picture(void *ctx, const json_t *node, bool *stop)
{
    struct body *b = ctx;
    const struct source *source = picture_at(b, node);

    if (source == NULL) {
        return false;
    }
    *stop =
        !(buf_adds(&b->text, "\"") && add_picture(b, source, false) && buf_adds(&b->text, "\""));
    return true;
}

static uint64_t part_length(const struct body_part *part)
{
    if (part->source == NULL) {
        return part->text_len;
    }
    return part->as_is ? part->source->size : base64_encoded_size((size_t)part->source->size);
}

static int begin(struct body *b, const struct body_picture *pictures, size_t n_pictures,
                 struct error *err)
{
    *b = (struct body){.pictures = pictures, .n_pictures = n_pictures};
    buf_init(&b->text, TEXT_MAX);
    if (n_pictures > BODY_PICTURES_MAX) {
        return error_set(err, EXIT_USAGE, "too many pictures in one request: %zu; at most %d",
                         n_pictures, BODY_PICTURES_MAX);
    }
    return 0;
}

static int finish(struct body *b, bool written, struct error *err)
{
    if (!written || b->text.failed) {
        body_release(b);
        return error_set(err, EXIT_USAGE,
                         "the request is too large: its text is over 16 MiB, or memory ran out");
    }
    end_text(b);
    for (size_t i = 0; i < b->n_parts; i++) {
        b->length += part_length(&b->parts[i]);
    }
    size_t piece = b->length < CHUNK ? (size_t)b->length : CHUNK;
    if (b->n_pictures > 0 && (b->raw = malloc(piece)) == NULL) {
        body_release(b);
        return error_memory(err, "preparing a request");
    }
    return 0;
}

int body_init(struct body *b, const json_t *request, const struct body_picture *pictures,
              size_t n_pictures, struct error *err)
{
    struct json_writer w = {.sink = add_text, .ctx = b, .instead = put_picture};

    if (begin(b, pictures, n_pictures, err) != 0) {
        return -1;
    }
    return finish(b, json_write(&w, request), err);
}

/* A field's name in quotation marks, with what would end it spelled as browsers do (WHATWG HTML,
 * multipart/form-data encoding algorithm). */
static void add_name(struct buf *text, const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        switch (*c) {
        case '"':
            buf_adds(text, "%22");
            break;
        case '\r':
            buf_adds(text, "%0D");
            break;
        case '\n':
            buf_adds(text, "%0A");
            break;
        default:
            buf_add(text, c, 1);
        }
    }
}

/* A file's field from behind its name on. */
static bool put_file(struct body *b, const struct source *source)
{
    const char *extension = picture_extension(source->picture.type);
    const char *mime = picture_mime(source->picture.type);

    buf_addf(&b->text, "; filename=\"image.%s\"\r\nContent-Type: %s\r\n\r\n",
             extension != NULL ? extension : "bin",
             mime != NULL ? mime : "application/octet-stream");
    return add_picture(b, source, true);
}

static bool put_field(struct body *b, const char *boundary, const char *name, const json_t *value)
{
    struct json_writer w = {.sink = add_text, .ctx = b, .instead = put_picture};
    const struct source *source = picture_at(b, value);
    bool written = true;

    buf_addf(&b->text, "--%s\r\nContent-Disposition: form-data; name=\"", boundary);
    add_name(&b->text, name);
    buf_adds(&b->text, "\"");
    if (source != NULL) {
        written = put_file(b, source);
    } else {
        buf_adds(&b->text, "\r\n\r\n");
        written = json_is_string(value)
                      ? buf_add(&b->text, json_string_value(value), json_string_length(value))
                      : json_write(&w, value);
    }
    return written && buf_adds(&b->text, "\r\n");
}

int body_init_form(struct body *b, const json_t *request, const struct body_picture *pictures,
                   size_t n_pictures, struct error *err)
{
    unsigned char random[16];
    char boundary[2 * sizeof random + 1];
    const char *name;
    json_t *value;
    bool written = true;

    if (begin(b, pictures, n_pictures, err) != 0) {
        return -1;
    }
    random_bytes(random, sizeof random);
    hex_encode(boundary, random, sizeof random);
    snprintf(b->type, sizeof b->type, "multipart/form-data; boundary=%s", boundary);
    /* jansson's iterators want a pointer to what is not const; they change nothing */
    union {
        const json_t *in;
        json_t *out;
    } object = {.in = request};
    json_object_foreach(object.out, name, value)
    {
        if (written && !json_is_null(value)) {
            written = put_field(b, boundary, name, value);
        }
    }
    written = written && buf_addf(&b->text, "--%s--\r\n", boundary);
    return finish(b, written, err);
}

int body_init_file(struct body *b, const struct source *source, struct error *err)
{
    const char *mime = picture_mime(source->picture.type);

    if (begin(b, NULL, 0, err) != 0) {
        return -1;
    }
    snprintf(b->type, sizeof b->type, "%s", mime != NULL ? mime : "application/octet-stream");
    return finish(b, add_picture(b, source, true), err);
}

int body_init_bytes(struct body *b, const void *bytes, size_t n, const char *type,
                    struct error *err)
{
    if (begin(b, NULL, 0, err) != 0) {
        return -1;
    }
    snprintf(b->type, sizeof b->type, "%s", type);
    return finish(b, buf_add(&b->text, bytes, n), err);
}

const char *body_type(const struct body *b)
{
    return b->type[0] != '\0' ? b->type : "application/json";
}

void body_rewind(struct body *b)
{
    b->part = 0;
    b->at = 0;
    b->n_carry = 0;
}

void body_release(struct body *b)
{
    if (b != NULL) {
        buf_release(&b->text);
        free(b->raw);
        *b = (struct body){0};
    }
}

/* Reads exactly n bytes of a picture. */
static int read_picture(const struct source *s, unsigned char *to, size_t n, uint64_t offset,
                        struct error *err)
{
    while (n > 0) {
        ssize_t got = pread(s->fd, to, n, (off_t)offset);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return error_set(err, EXIT_INPUT, "cannot read '%s': %s", s->name,
                             got < 0 ? strerror(errno) : "it became shorter while it was sent");
        }
        to += got;
        n -= (size_t)got;
        offset += (uint64_t)got;
    }
    return 0;
}

/* Encodes from the cursor in a picture: whole groups straight into `to`, a group that does not fit
 * through the carry. */
static int read_encoded(struct body *b, const struct source *s, char *to, size_t n, size_t *got,
                        struct error *err)
{
    uint64_t offset = b->at / 4 * 3;
    size_t want = n / 4 * 3 > 0 ? n / 4 * 3 : 3;

    want = want < CHUNK ? want : CHUNK;
    want = want < s->size - offset ? want : (size_t)(s->size - offset);
    if (read_picture(s, b->raw, want, offset, err) != 0) {
        return -1;
    }
    size_t made = base64_encoded_size(want);
    b->at += made;
    if (made <= n) {
        base64_encode(to, b->raw, want);
        *got = made;
        return 0;
    }
    base64_encode(b->carry, b->raw, want);
    b->n_carry = made;
    *got = 0;
    return 0;
}

/* Copies from the cursor in a picture. */
static int read_raw(struct body *b, const struct source *s, char *to, size_t n, size_t *got,
                    struct error *err)
{
    uint64_t left = s->size - b->at;

    *got = left < n ? (size_t)left : n;
    if (read_picture(s, (unsigned char *)to, *got, b->at, err) != 0) {
        return -1;
    }
    b->at += *got;
    return 0;
}

/* Hands out what is left of the carry. */
static size_t read_carry(struct body *b, char *to, size_t n)
{
    size_t take = b->n_carry < n ? b->n_carry : n;

    memcpy(to, b->carry, take);
    memmove(b->carry, b->carry + take, b->n_carry - take);
    b->n_carry -= take;
    return take;
}

int body_read(struct body *b, char *to, size_t n, size_t *got, struct error *err)
{
    *got = 0;
    while (*got < n) {
        size_t some = read_carry(b, to + *got, n - *got);
        *got += some;
        if (some > 0) {
            continue;
        }
        if (b->part == b->n_parts) {
            break;
        }
        const struct body_part *part = &b->parts[b->part];
        uint64_t left = part_length(part) - b->at;
        if (left == 0) {
            b->part++;
            b->at = 0;
            continue;
        }
        if (part->source != NULL) {
            int (*read)(struct body *, const struct source *, char *, size_t, size_t *,
                        struct error *) = part->as_is ? read_raw : read_encoded;
            if (read(b, part->source, to + *got, n - *got, &some, err) != 0) {
                return -1;
            }
        } else {
            some = left < n - *got ? (size_t)left : n - *got;
            memcpy(to + *got, b->text.data + part->text_from + b->at, some);
            b->at += some;
        }
        *got += some;
    }
    return 0;
}
