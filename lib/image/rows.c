#include "image/rows.h"

#include <stdlib.h>

#include "base/picture.h"
#include "image/jpeg.h"
#include "image/pixel.h"
#include "image/webp.h"

struct png_rows {
    struct png_reader *reader;
    const struct png_header *header;
    uint8_t *packed;
};

static int png_row(struct rows *self, uint8_t *pixels, struct error *err)
{
    struct png_rows *p = self->decoder;

    if (png_reader_row(p->reader, p->packed, err) != 0) {
        return -1;
    }
    pixel_row(p->header, p->packed, pixels);
    return 0;
}

static int png_finish(struct rows *self, struct error *err)
{
    struct png_rows *p = self->decoder;

    return png_reader_finish(p->reader, err);
}

static void png_close(struct rows *self)
{
    struct png_rows *p = self->decoder;

    png_reader_free(p->reader);
    free(p->packed);
    free(p);
}

static int open_png(struct rows *rows, const struct png_source *source, struct error *err)
{
    struct png_rows *p = calloc(1, sizeof *p);

    if (p == NULL) {
        return error_memory(err, "reading a picture");
    }
    if (png_reader_open(&p->reader, source, err) != 0) {
        free(p);
        return -1;
    }
    p->header = png_reader_header(p->reader);
    *rows = (struct rows){.width = p->header->width,
                          .height = p->header->height,
                          .channels = pixel_channels(p->header),
                          .name = source->name,
                          .row = png_row,
                          .finish = png_finish,
                          .close = png_close,
                          .decoder = p};
    p->packed = calloc(1, png_header_row_bytes(p->header, p->header->width) + 8);
    if (p->packed == NULL) {
        rows_close(rows);
        return error_memory(err, "reading a picture");
    }
    return 0;
}

int rows_open(struct rows *rows, const struct png_source *source, struct error *err)
{
    struct picture_framing p;
    uint8_t bytes[16];
    size_t got;

    *rows = (struct rows){0};
    if (png_source_read(source, 0, bytes, sizeof bytes, &got, err) != 0) {
        return -1;
    }
    picture_init(&p);
    picture_feed(&p, bytes, got);
    enum picture_type type = p.type;
    picture_release(&p);
    return type == PICTURE_JPEG   ? jpeg_open(rows, source, err)
           : type == PICTURE_WEBP ? webp_open(rows, source, err)
                                  : open_png(rows, source, err);
}

int rows_finish(struct rows *rows, struct error *err)
{
    return rows->finish == NULL ? 0 : rows->finish(rows, err);
}

void rows_close(struct rows *rows)
{
    if (rows->close != NULL) {
        rows->close(rows);
    }
    *rows = (struct rows){0};
}

int rows_read(const struct png_source *source, uint64_t max_pixels, struct raster *r,
              struct error *err)
{
    struct rows rows;
    int result = -1;

    *r = (struct raster){0};
    if (rows_open(&rows, source, err) != 0) {
        return -1;
    }
    if ((uint64_t)rows.width * rows.height > max_pixels) {
        error_set(err, EXIT_INPUT,
                  "'%s' is too large to be held in memory: %ux%u, at most %llu "
                  "pixels",
                  source->name, rows.width, rows.height, (unsigned long long)max_pixels);
        goto out;
    }
    if (raster_init(r, rows.width, rows.height, rows.channels, err) != 0) {
        goto out;
    }
    for (uint32_t y = 0; y < rows.height; y++) {
        if (rows.row(&rows, r->pixels + (size_t)y * r->width * r->channels, err) != 0) {
            goto out;
        }
    }
    result = rows_finish(&rows, err);
out:
    rows_close(&rows);
    if (result != 0) {
        raster_release(r);
    }
    return result;
}
