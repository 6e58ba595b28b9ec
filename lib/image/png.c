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

bool png_header_row_valid(const struct png_header *h, const uint8_t *row)
{
    unsigned most = (1u << h->depth) - 1, index = 0;

    if (h->colour != PNG_COLOUR_PALETTE || h->n_palette > most) {
        return true;
    }
    for (size_t x = 0; x < h->width; x++) {
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
