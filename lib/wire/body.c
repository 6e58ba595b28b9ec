#include "wire/body.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool put_picture(void *ctx, const json_t *node, bool *stop)
{
    struct body *b = ctx;

    for (size_t i = 0; i < b->n_pictures; i++) {
        if (b->pictures[i].node != node) {
            continue;
        }
        *stop = !buf_add(&b->text, "\"", 1);
        end_text(b);
        b->parts[b->n_parts++] = (struct body_part){.source = b->pictures[i].source};
        *stop = *stop || !buf_add(&b->text, "\"", 1);
        return true;
    }
    return false;
}

static uint64_t part_length(const struct body_part *part)
{
    return part->source == NULL ? part->text_len : base64_encoded_size((size_t)part->source->size);
}

int body_init(struct body *b, const json_t *request, const struct body_picture *pictures,
              size_t n_pictures, struct error *err)
{
    struct json_writer w = {.sink = add_text, .ctx = b, .instead = put_picture};

    *b = (struct body){.pictures = pictures, .n_pictures = n_pictures};
    buf_init(&b->text, TEXT_MAX);
    if (n_pictures > BODY_PICTURES_MAX) {
        return error_set(err, EXIT_USAGE, "too many pictures in one request: %zu; at most %d",
                         n_pictures, BODY_PICTURES_MAX);
    }
    if (!json_write(&w, request)) {
        body_release(b);
        return error_set(err, EXIT_USAGE,
                         "the request is too large: its text is over 16 MiB, or memory ran out");
    }
    if (n_pictures > 0 && (b->raw = malloc(CHUNK)) == NULL) {
        body_release(b);
        return error_memory(err, "preparing a request");
    }
    end_text(b);
    for (size_t i = 0; i < b->n_parts; i++) {
        b->length += part_length(&b->parts[i]);
    }
    return 0;
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
            if (read_encoded(b, part->source, to + *got, n - *got, &some, err) != 0) {
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
