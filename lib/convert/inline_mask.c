#include "convert/inline_mask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "convert/scan_scalar.h"
#include "image/mask.h"
#include "wire/base64.h"

#define SLICE (48UL * 1024) /* bytes encoded or decoded at a time, a multiple of 3 */

void inline_mask_init(struct inline_mask *m)
{
    *m = (struct inline_mask){.decoded = -1, .inverted = -1};
}

void inline_mask_release(struct inline_mask *m)
{
    if (m == NULL) {
        return;
    }
    if (m->decoded >= 0) {
        close(m->decoded);
    }
    if (m->inverted >= 0) {
        close(m->inverted);
    }
    inline_mask_init(m);
}

/* Empties a file of ours, opening it the first time. */
static int fresh(int *fd, struct error *err)
{
    if (*fd < 0) {
        *fd = outfile_scratch(err);
        return *fd < 0 ? -1 : 0;
    }
    if (ftruncate(*fd, 0) != 0 || lseek(*fd, 0, SEEK_SET) != 0) {
        return error_errno(err, EXIT_OUTPUT, "write", "temporary file", errno);
    }
    return 0;
}

struct decoding {
    int fd;
    struct base64_decoder base64;
    unsigned char *bytes; /* BASE64_DECODED_MAX(SLICE) */
    char escape[6];       /* what came of an escape */
    size_t escape_n;
    char head[INLINE_MASK_PREFIX]; /* the first bytes of the text */
    size_t head_n;
};

static int decode(struct decoding *d, const char *text, size_t n, size_t *used, struct error *err)
{
    size_t some = n < SLICE ? n : SLICE, made;
    int status = base64_decode(&d->base64, text, some, used, d->bytes, &made);

    if (made > 0 && outfile_write_all(d->fd, d->bytes, made) != 0) {
        return error_errno(err, EXIT_OUTPUT, "write", "temporary file", errno);
    }
    if (status == BASE64_BAD || (status == BASE64_STOP && text[*used] != '\\')) {
        return error_set(err, EXIT_INPUT, "is not base64");
    }
    return 0;
}

/* Collects an escape that may be cut anywhere, and decodes what it means. */
static int decode_escape(struct decoding *d, char c, struct error *err)
{
    d->escape[d->escape_n++] = c;
    bool unicode = d->escape_n >= 2 && d->escape[1] == 'u';
    if (d->escape_n < (unicode ? 6 : 2)) {
        return 0;
    }
    char plain[6];
    size_t used, n = scan_scalar_unescape(plain, d->escape, d->escape_n);
    d->escape_n = 0;
    return n == 1 && *plain != '\\' ? decode(d, plain, 1, &used, err)
                                    : error_set(err, EXIT_INPUT, "is not base64");
}

static int take_text(void *ctx, const char *text, size_t n, struct error *err)
{
    struct decoding *d = ctx;
    size_t head = n < sizeof d->head - d->head_n ? n : sizeof d->head - d->head_n;

    memcpy(d->head + d->head_n, text, head);
    d->head_n += head;
    while (n > 0) {
        size_t used = 1;
        int result = d->escape_n > 0 || *text == '\\' ? decode_escape(d, *text, err)
                                                      : decode(d, text, n, &used, err);
        if (result != 0) {
            return -1;
        }
        text += used;
        n -= used;
    }
    return 0;
}

static int write_inverted(void *ctx, const void *bytes, size_t n, struct error *err)
{
    struct inline_mask *m = ctx;

    m->n += n;
    return outfile_write_all(m->inverted, bytes, n) == 0
               ? 0
               : error_errno(err, EXIT_OUTPUT, "write", "temporary file", errno);
}

static int invert(struct inline_mask *m, struct error *err)
{
    struct png_source source = {.fd = m->decoded, .name = "the mask"};
    struct png_sink sink = {.write = write_inverted, .ctx = m};
    struct mask_options options = {.invert = true,
                                   .from_option = "sdctl mask-invert --keep --from"};
    struct png_reader *reader;

    if (png_reader_open(&reader, &source, err) != 0) {
        return -1;
    }
    const struct png_header *h = png_reader_header(reader);
    bool plain = h->depth == 8 && (h->colour == PNG_COLOUR_GREY || h->colour == PNG_COLOUR_RGB);
    png_reader_free(reader);
    return plain ? mask_invert(&source, &options, sink, err)
                 : mask_normalise(&source, &options, sink, NULL, err);
}

/* Keeps what stands before the comma of a data URI. */
static void keep_prefix(struct inline_mask *m, const struct decoding *d)
{
    const char *comma = d->head_n >= 5 && strncmp(d->head, "data:", 5) == 0
                            ? memchr(d->head, ',', d->head_n)
                            : NULL;
    size_t n = comma == NULL ? 0 : (size_t)(comma + 1 - d->head);

    memcpy(m->prefix, d->head, n);
    m->prefix[n] = '\0';
}

int inline_mask_invert(struct inline_mask *m, const struct window *w, size_t at, size_t n,
                       char *room, size_t cap, struct error *err)
{
    struct decoding d = {.bytes = NULL};
    int result = -1;

    m->n = 0;
    if (n >= 4 && memcmp(window_text(w) + at, "http", 4) == 0 && !window_is_cut(w, at, 0)) {
        return error_set(err, EXIT_INPUT,
                         "is an address: the mask has to be inverted for the new server, so fetch "
                         "it and put it inline, or invert it with sdctl mask-invert and drop "
                         "invert_mask_checkbox");
    }
    d.bytes = malloc(BASE64_DECODED_MAX(SLICE));
    if (d.bytes == NULL) {
        return error_memory(err, "inverting a mask");
    }
    base64_decoder_init(&d.base64);
    if (fresh(&m->decoded, err) != 0 || fresh(&m->inverted, err) != 0) {
        goto out;
    }
    d.fd = m->decoded;
    if (window_each(w, at, n, room, cap, take_text, &d, err) != 0) {
        goto out;
    }
    if (!base64_decoder_finish(&d.base64)) {
        error_set(err, EXIT_INPUT, "is not whole base64");
        goto out;
    }
    keep_prefix(m, &d);
    result = invert(m, err);
    if (result != 0) {
        error_prefix(err, "cannot be inverted: ");
    }
out:
    free(d.bytes);
    return result;
}

int inline_mask_write(const struct inline_mask *m,
                      int (*sink)(void *ctx, const char *bytes, size_t n, struct error *err),
                      void *ctx, struct error *err)
{
    unsigned char *bytes = malloc(SLICE + base64_encoded_size(SLICE));
    int result = -1;

    if (bytes == NULL) {
        return error_memory(err, "writing a mask");
    }
    char *text = (char *)bytes + SLICE;
    if (sink(ctx, m->prefix, strlen(m->prefix), err) != 0) {
        goto out;
    }
    for (uint64_t done = 0; done < m->n;) {
        size_t some = m->n - done < SLICE ? (size_t)(m->n - done) : SLICE;
        ssize_t got = pread(m->inverted, bytes, some, (off_t)done);
        if (got != (ssize_t)some) {
            error_errno(err, EXIT_UNEXPECTED, "read", "temporary file", got < 0 ? errno : EIO);
            goto out;
        }
        base64_encode(text, bytes, some);
        if (sink(ctx, text, base64_encoded_size(some), err) != 0) {
            goto out;
        }
        done += some;
    }
    result = 0;
out:
    free(bytes);
    return result;
}
