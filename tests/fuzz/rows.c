#include <stdlib.h>

#include "image/mask.h"
#include "image/rows.h"

/*
 * A file of any format, as it is, to rows and to masks: the first five bytes choose the options.
 * Every mask is made or refused as bad input, and whatever is made can be read again.
 */

#define PIXELS_MAX (1u << 20) /* larger pictures are right to take their time */

static int keep(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return buf_add(ctx, bytes, n) ? 0 : error_set(err, EXIT_INPUT, "over the ceiling");
}

static void make_mask(const struct png_source *in, const struct mask_options *o)
{
    struct mask_stats stats;
    struct raster mask;
    struct error err = {0};
    struct buf out;

    buf_init(&out, 1u << 24);
    if (mask_normalise(in, o, (struct png_sink){.write = keep, .ctx = &out}, &stats, &err) == 0) {
        if (raster_read_png(&mask, out.data, out.len, "out", &err) != 0 ||
            mask.width != stats.width || mask.height != stats.height) {
            abort();
        }
        raster_release(&mask);
    } else if (err.code != EXIT_INPUT) {
        abort();
    }
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 5) {
        return 0;
    }
    const struct png_source in = {.bytes = data + 5, .n = n - 5, .name = "in"};
    const struct mask_options o = {.from = (enum mask_from)(data[0] % 4),
                                   .invert = (data[0] & 4) != 0,
                                   .threshold_set = (data[0] & 8) != 0,
                                   .threshold = data[4],
                                   .fit_width = data[0] & 16 ? 1u + data[3] : 0,
                                   .fit_height = data[0] & 16 ? 1u + data[4] : 0,
                                   .grow = data[0] & 32 ? data[1] : 0,
                                   .shrink = (data[0] & 96) == 64 ? data[1] : 0,
                                   .blur = data[2] / 4.0};
    struct mask_report report;
    struct rows rows;
    struct error err;

    if (rows_open(&rows, &in, &err) != 0) {
        return 0;
    }
    uint64_t pixels = (uint64_t)rows.width * rows.height;
    rows_close(&rows);
    if (pixels <= PIXELS_MAX) {
        make_mask(&in, &o);
        mask_check(&in, &o, &report, &err);
    }
    return 0;
}
