#include "fooocus_picture.h"

#include <stdio.h>
#include <string.h>

#include "image/channels.h"
#include "image/png.h"
#include "image/rows.h"
#include "input.h"
#include "jpeg.h"
#include "record.h"

#ifdef HAVE_LIBJPEG
#include <jpeglib.h>
#include <stdlib.h>
#endif
#ifdef HAVE_LIBWEBP
#include <webp/encode.h>
#endif

static int invalid(struct failure *f)
{
    return failure_set(f, 500, "UnidentifiedImageError", "cannot identify image file");
}

/* The samples themselves of a PNG whose pixels are indices, bits or 16-bit grey. */
static int read_samples(const struct png_source *source, struct raster *to, struct error *err)
{
    struct png_reader *reader;
    const struct png_header *h;
    uint8_t *row = NULL;
    struct buf bytes;
    int result = -1;

    if (png_reader_open(&reader, source, err) != 0)
        return -1;
    h = png_reader_header(reader);
    buf_init(&bytes, PNG_ROW_MAX + 1);
    row = (uint8_t *)buf_room(&bytes, png_header_row_bytes(h, h->width));
    if (!row) {
        error_memory(err, "reading a picture");
        goto out;
    }
    if (raster_init(to, h->width, h->height, 1, err) != 0)
        goto out;
    for (uint32_t y = 0; y < h->height; y++) {
        if (png_reader_row(reader, row, err) != 0)
            goto out;
        for (uint32_t x = 0; x < h->width; x++) {
            uint64_t bit = (uint64_t)x * h->depth;
            unsigned byte = row[h->depth == 16 ? 2 * (size_t)x + 1 : bit / 8], v = byte;

            if (h->depth < 8)
                v = byte >> (8 - h->depth - bit % 8) & ((1u << h->depth) - 1);
            to->pixels[(size_t)y * h->width + x] = (uint8_t)v;
        }
    }
    result = png_reader_finish(reader, err);
out:
    if (result != 0)
        raster_release(to);
    buf_release(&bytes);
    png_reader_free(reader);
    return result;
}

int fooocus_picture_decode(const void *bytes, size_t n, struct fooocus_picture *to,
                           struct failure *f)
{
    struct png_source source = {.bytes = bytes, .n = n, .fd = -1, .name = "image"};
    const unsigned char *b = bytes;
    struct error err;

    *to = (struct fooocus_picture){0};
    if (n > 33 && memcmp(b, "\x89PNG\r\n\x1a\n", 8) == 0) {
        unsigned depth = b[24], colour = b[25];

        to->form = colour == PNG_COLOUR_GREY && depth == 1    ? FOOOCUS_BITS
                   : colour == PNG_COLOUR_GREY && depth == 16 ? FOOOCUS_DEEP
                   : colour == PNG_COLOUR_GREY_ALPHA          ? FOOOCUS_GREY_ALPHA
                                                              : FOOOCUS_BYTES;
        if (colour == PNG_COLOUR_PALETTE || to->form == FOOOCUS_BITS || to->form == FOOOCUS_DEEP)
            return read_samples(&source, &to->raster, &err) == 0 ? 0 : invalid(f);
    }
    if (rows_read(&source, (uint64_t)SANDBOX_PIXELS_MAX, &to->raster, &err) != 0)
        return invalid(f);
    return 0;
}

void fooocus_picture_release(struct fooocus_picture *p)
{
    raster_release(&p->raster);
}

bool fooocus_picture_load(const char *path, struct buf *to)
{
    FILE *file = fopen(path, "rb");
    char part[16384];
    size_t n;
    bool good;

    buf_init(to, SANDBOX_BODY_MAX);
    if (!file)
        return false;
    while ((n = fread(part, 1, sizeof part, file)) > 0)
        buf_add(to, part, n);
    good = !ferror(file) && !to->failed;
    fclose(file);
    if (!good)
        buf_release(to);
    return good;
}

/* A link of this server: everything from "/inputs/" or "/outputs/" on is a path below its folder.
 */
static bool fetch(const char *link, const char *folder, struct buf *to)
{
    const char *part = strstr(link, "/inputs/");
    char path[1024];

    part = part ? part : strstr(link, "/outputs/");
    part = part ? part : strstr(link, "/files/");
    if (!part || strstr(part, ".."))
        return false;
    snprintf(path, sizeof path, "%s%s", folder, part);
    return fooocus_picture_load(path, to);
}

int fooocus_picture_read(const char *text, const char *folder, const struct fooocus_keep *keep,
                         struct fooocus_picture *to, struct failure *f)
{
    static const char *const NONE[] = {"", "None", "null", "string", "none"};
    struct buf bytes;
    int result;

    *to = (struct fooocus_picture){0};
    if (!text)
        return 0;
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        if (strcmp(text, NONE[i]) == 0)
            return 0;
    if (strncmp(text, "http", 4) == 0) {
        if (!fetch(text, folder, &bytes))
            return 0;
    } else if (input_bytes(text, &bytes, f) != 0) {
        return -1;
    }
    record_picture(keep->folder, keep->name, -1, &bytes, NULL);
    result = fooocus_picture_decode(bytes.data, bytes.len, to, f);
    buf_release(&bytes);
    return result;
}

int fooocus_picture_rgb(const struct fooocus_picture *p, struct raster *to, struct failure *f)
{
    static const uint8_t WHITE[] = {255, 255, 255};
    struct error err;
    int result;

    if (p->form == FOOOCUS_GREY_ALPHA)
        return failure_set(f, 500, "AssertionError", "HWC3: two channels");
    if (p->raster.channels == 4)
        result = channels_flatten(&p->raster, WHITE, to, &err);
    else
        result = channels_rgb(&p->raster, to, &err);
    return result == 0 ? 0 : failure_from(f, &err);
}

#ifdef HAVE_LIBJPEG
static bool write_jpeg(const struct raster *r, struct buf *to)
{
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long n = 0;

    if (r->channels == 4 || r->width > 65500 || r->height > 65500)
        return false;
    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &bytes, &n);
    c.image_width = r->width;
    c.image_height = r->height;
    c.input_components = (int)r->channels;
    c.in_color_space = r->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&c);
    jpeg_set_quality(&c, 95, TRUE);
    jpeg_start_compress(&c, TRUE);
    while (c.next_scanline < c.image_height) {
        JSAMPROW row = r->pixels + (size_t)c.next_scanline * r->width * r->channels;

        jpeg_write_scanlines(&c, &row, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    buf_add(to, bytes, n);
    free(bytes);
    return !to->failed;
}
#else
static bool write_jpeg(const struct raster *r, struct buf *to)
{
    struct error err;

    return jpeg_encode(r, to, &err) == 0;
}
#endif

#ifdef HAVE_LIBWEBP
static bool write_webp(const struct raster *r, struct buf *to)
{
    struct raster rgb;
    uint8_t *bytes = NULL;
    struct error err;
    size_t n;

    if (channels_rgb(r, &rgb, &err) != 0)
        return false;
    n = WebPEncodeRGB(rgb.pixels, (int)rgb.width, (int)rgb.height, (int)(3 * rgb.width), 95,
                      &bytes);
    raster_release(&rgb);
    if (n > 0)
        buf_add(to, bytes, n);
    WebPFree(bytes);
    return n > 0 && !to->failed;
}
#else
static bool write_webp(const struct raster *r, struct buf *to)
{
    (void)r;
    (void)to;
    return false;
}
#endif

bool fooocus_picture_encode(const struct raster *r, const char *ext, const char *const *texts,
                            struct buf *to)
{
    struct error err;

    buf_init(to, SANDBOX_BODY_MAX);
    if (strcmp(ext, "png") == 0)
        return raster_write_png(r, texts, to, &err) == 0;
    if (strcmp(ext, "jpeg") == 0 || strcmp(ext, "jpg") == 0)
        return write_jpeg(r, to);
    return strcmp(ext, "webp") == 0 && write_webp(r, to);
}
