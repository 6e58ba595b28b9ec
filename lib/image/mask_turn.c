#include "image/mask_turn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"

#define STRIP_MAX ((size_t)4 * 1024 * 1024)

static int scratch_failed(int errnum, struct error *err)
{
    return error_errno(err, EXIT_UNEXPECTED, "use", "temporary file", errnum);
}

static int keep_row(struct mask_stage *self, uint8_t *grey, struct error *err)
{
    const struct mask_turn *s = (const struct mask_turn *)self;

    return outfile_write_all(s->fd, grey, (size_t)s->width * s->pixel) == 0
               ? 0
               : scratch_failed(errno, err);
}

static int read_at(int fd, void *to, size_t n, uint64_t at, struct error *err)
{
    while (n > 0) {
        ssize_t got = pread(fd, to, n, (off_t)at);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return scratch_failed(got == 0 ? EIO : errno, err);
        }
        to = (uint8_t *)to + got;
        at += (uint64_t)got;
        n -= (size_t)got;
    }
    return 0;
}

static void copy_pixel(uint8_t *to, const uint8_t *from, unsigned pixel)
{
    for (unsigned i = 0; i < pixel; i++) {
        to[i] = from[i];
    }
}

static void mirror(uint8_t *row, uint32_t n, unsigned pixel)
{
    uint8_t *left = row, *right = row + (size_t)n * pixel;
    uint8_t kept[4];

    while (right - left >= 2 * (ptrdiff_t)pixel) {
        right -= pixel;
        copy_pixel(kept, left, pixel);
        copy_pixel(left, right, pixel);
        copy_pixel(right, kept, pixel);
        left += pixel;
    }
}

/* Orientations 2 to 4: rows stay rows. */
static int pass_rows(struct mask_turn *s, uint8_t *row, struct error *err)
{
    size_t n = (size_t)s->width * s->pixel;

    for (uint32_t y = 0; y < s->height; y++) {
        uint32_t from = s->orientation == 2 ? y : s->height - 1 - y;

        if (read_at(s->fd, row, n, (uint64_t)from * n, err)) {
            return -1;
        }
        if (s->orientation != 4) {
            mirror(row, s->width, s->pixel);
        }
        if (s->stage.next->row(s->stage.next, row, err)) {
            return -1;
        }
    }
    return 0;
}

/* Reads `n` columns from `left` on. */
static int read_columns(const struct mask_turn *s, uint32_t left, size_t n, uint8_t *strip,
                        struct error *err)
{
    for (uint32_t y = 0; y < s->height; y++) {
        uint64_t at = ((uint64_t)y * s->width + left) * s->pixel;

        if (read_at(s->fd, strip + y * n * s->pixel, n * s->pixel, at, err)) {
            return -1;
        }
    }
    return 0;
}

/* Orientations 5 to 8: columns first to last (5, 6) or last to first become rows. */
static int pass_columns(struct mask_turn *s, uint8_t *row, uint8_t *strip, uint32_t columns,
                        struct error *err)
{
    bool backward = s->orientation > 6;

    for (uint32_t done = 0; done < s->width; done += columns) {
        uint32_t n = s->width - done < columns ? s->width - done : columns;

        if (read_columns(s, backward ? s->width - done - n : done, n, strip, err)) {
            return -1;
        }
        for (uint32_t i = 0; i < n; i++) {
            const uint8_t *from = strip + (size_t)(backward ? n - 1 - i : i) * s->pixel;

            for (uint32_t y = 0; y < s->height; y++) {
                copy_pixel(row + (size_t)y * s->pixel, from + (size_t)y * n * s->pixel, s->pixel);
            }
            if (s->orientation == 6 || s->orientation == 7) {
                mirror(row, s->height, s->pixel);
            }
            if (s->stage.next->row(s->stage.next, row, err)) {
                return -1;
            }
        }
    }
    return 0;
}

static int turn_end(struct mask_stage *self, struct error *err)
{
    struct mask_turn *s = (struct mask_turn *)self;
    uint32_t columns = (uint32_t)(s->strip_max / s->pixel / s->height);
    uint8_t *row = calloc(s->width > s->height ? s->width : s->height, s->pixel);
    uint8_t *strip = NULL;
    int result = -1;

    columns = columns == 0 ? 1 : columns < s->width ? columns : s->width;
    if (mask_turn_swaps(s->orientation)) {
        strip = malloc((size_t)columns * s->height * s->pixel);
    }
    if (row == NULL || (mask_turn_swaps(s->orientation) && strip == NULL)) {
        error_memory(err, "turning a picture");
        goto out;
    }
    result = mask_turn_swaps(s->orientation) ? pass_columns(s, row, strip, columns, err)
                                             : pass_rows(s, row, err);
    if (result == 0) {
        result = s->stage.next->end(s->stage.next, err);
    }
out:
    free(strip);
    free(row);
    return result;
}

int mask_turn_init(struct mask_turn *s, uint32_t width, uint32_t height, unsigned pixel,
                   unsigned orientation, struct error *err)
{
    *s = (struct mask_turn){.stage = {.row = keep_row, .end = turn_end},
                            .orientation = orientation,
                            .pixel = pixel,
                            .width = width,
                            .height = height,
                            .fd = outfile_scratch(err),
                            .strip_max = STRIP_MAX};
    return s->fd < 0 ? -1 : 0;
}

void mask_turn_release(struct mask_turn *s)
{
    if (s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
}
