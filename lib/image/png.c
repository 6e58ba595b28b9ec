#include "image/png.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/picture.h"

unsigned png_header_samples(const struct png_header *h)
{
    switch (h->colour) {
    case PNG_COLOUR_GREY_ALPHA:
        return 2;
    case PNG_COLOUR_RGB:
        return 3;
    case PNG_COLOUR_RGBA:
        return 4;
    case PNG_COLOUR_GREY:
    case PNG_COLOUR_PALETTE:
        break;
    }
    return 1;
}

size_t png_header_row_bytes(const struct png_header *h, uint32_t width)
{
    return (size_t)(((uint64_t)width * png_header_samples(h) * h->depth + 7) / 8);
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* The greatest index in n bytes, a multiple of 16. */
static unsigned greatest_index(const uint8_t *from, size_t n, unsigned depth)
{
    const uint8_t most = (uint8_t)((1u << depth) - 1);
    bytes16 greatest = {0};
    unsigned index = 0;

    for (size_t i = 0; i < n; i += 16) {
        bytes16 v;
        memcpy(&v, from + i, sizeof v);
        for (unsigned shift = 0; shift < 8; shift += depth) {
            bytes16 field = v >> (uint8_t)shift & most, more = (bytes16)(field > greatest);
            greatest = (field & more) | (greatest & ~more);
        }
    }
    for (unsigned i = 0; i < 16; i++) {
        index = greatest[i] > index ? greatest[i] : index;
    }
    return index;
}

bool png_header_row_valid(const struct png_header *h, const uint8_t *row)
{
    unsigned most = (1u << h->depth) - 1, index;

    if (h->colour != PNG_COLOUR_PALETTE || h->n_palette > most) {
        return true;
    }
    size_t n = (size_t)h->width * h->depth / 8 / 16 * 16;
    index = greatest_index(row, n, h->depth);
    for (size_t x = n * 8 / h->depth; x < h->width; x++) {
        unsigned i = (unsigned)row[x * h->depth / 8] >> (8 - h->depth - x * h->depth % 8) & most;

        index = i > index ? i : index;
    }
    return index < h->n_palette;
}

int png_source_read(const struct png_source *source, uint64_t offset, void *to, size_t n,
                    size_t *got, struct error *err)
{
    *got = 0;
    if (source->bytes != NULL) {
        if (offset < source->n) {
            *got = source->n - (size_t)offset < n ? source->n - (size_t)offset : n;
            memcpy(to, (const uint8_t *)source->bytes + offset, *got);
        }
        return 0;
    }
    while (*got < n) {
        ssize_t r = pread(source->fd, (uint8_t *)to + *got, n - *got, (off_t)(offset + *got));

        if (r == 0) {
            break;
        }
        if (r > 0) {
            *got += (size_t)r;
        } else if (errno != EINTR) {
            return error_errno(err, EXIT_INPUT, "read", source->name, errno);
        }
    }
    return 0;
}

int png_source_check(const struct png_source *source, struct error *err)
{
    static const uint8_t signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    uint8_t bytes[16];
    struct picture_framing other;
    size_t got;

    if (png_source_read(source, 0, bytes, sizeof bytes, &got, err)) {
        return -1;
    }
    if (got == 0) {
        return error_set(err, EXIT_INPUT, "'%s' is empty", source->name);
    }
    if (memcmp(bytes, signature, got < sizeof signature ? got : sizeof signature) == 0) {
        return 0;
    }
    picture_init(&other);
    picture_feed(&other, bytes, got);
    const char *type = picture_mime(other.type);
    picture_release(&other);
    return error_set(err, EXIT_INPUT, "'%s' is not a PNG%s%s", source->name,
                     type != NULL ? " but " : "", type != NULL ? type : "");
}
