#include "image/jpeg.h"

#ifndef HAVE_LIBJPEG

int jpeg_open(struct rows *rows, const struct png_source *source, struct error *err)
{
    *rows = (struct rows){0};
    return error_set(err, EXIT_INPUT,
                     "cannot use '%s': this sdctl was built without libjpeg, so it cannot read the "
                     "pixels of a JPEG; convert it first, for example with magick IN OUT.png",
                     source->name);
}

#else

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jerror.h>
#include <jpeglib.h>

#include "base/library.h"

#define BUFFER 16384
#define MEMORY_MAX (512L * 1024 * 1024)

/* libjpeg's functions by their names without jpeg_; loaded when the first JPEG is opened. */
#define LIBJPEG_FUNCTIONS(X)                                                                       \
    X(std_error)                                                                                   \
    X(CreateDecompress)                                                                            \
    X(resync_to_restart)                                                                           \
    X(read_header)                                                                                 \
    X(has_multiple_scans)                                                                          \
    X(start_decompress)                                                                            \
    X(read_scanlines)                                                                              \
    X(finish_decompress)                                                                           \
    X(destroy_decompress)

static struct {
#define LIBJPEG_MEMBER(name) __typeof__(&(jpeg_##name)) name;
    LIBJPEG_FUNCTIONS(LIBJPEG_MEMBER)
#undef LIBJPEG_MEMBER
} libjpeg;

/* Loads the libjpeg whose structs the header has; it makes sure of that once more. */
static bool load(void)
{
    static const char *const names[] = {
#if JPEG_LIB_VERSION >= 80
        "libjpeg.so.8",
        "libjpeg.8.dylib",
#else
        "libjpeg.so.62",
        "libjpeg.62.dylib",
#endif
        "libjpeg.so",
        NULL
    };
    static bool loaded;
    void *library = loaded ? NULL : library_open(names);
    bool found = true;

    if (library != NULL) {
#define LIBJPEG_FIND(name) found = library_find(library, "jpeg_" #name, &libjpeg.name) && found;
        LIBJPEG_FUNCTIONS(LIBJPEG_FIND)
#undef LIBJPEG_FIND
        loaded = found;
    }
    return loaded;
}

/* A decoder. Errors of libjpeg arrive in on_error(), which fills *err and jumps back to the
 * setjmp() of the function that was called: one of begin(), next_row() and end(). */
struct jpeg {
    struct jpeg_decompress_struct decoder;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr in;
    struct jpeg_progress_mgr progress;
    jmp_buf back;
    struct png_source source;
    uint64_t offset; /* in the source, of the end of buffer */
    uint8_t buffer[BUFFER];
    struct error *err; /* of the call under way */
};

static struct jpeg *jpeg_of(j_common_ptr decoder)
{
    return decoder->client_data;
}

static _Noreturn void fail(struct jpeg *j)
{
    longjmp(j->back, 1);
}

static _Noreturn void on_error(j_common_ptr decoder)
{
    struct jpeg *j = jpeg_of(decoder);
    char text[JMSG_LENGTH_MAX];

    if (decoder->err->msg_code == JERR_OUT_OF_MEMORY) {
        error_memory(j->err, "reading a JPEG");
    } else {
        decoder->err->format_message(decoder, text);
        error_set(j->err, EXIT_INPUT, "'%s' is not a usable JPEG: %s", j->source.name, text);
    }
    fail(j);
}

/* Warnings say that pixels were lost or guessed, but for these. */
static void on_message(j_common_ptr decoder, int level)
{
    int code = decoder->err->msg_code;

    if (level < 0 && code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM &&
        code != JWRN_BOGUS_ICC) {
        on_error(decoder);
    }
}

static void no_output(j_common_ptr decoder)
{
    (void)decoder;
}

static void check_scans(j_common_ptr decoder)
{
    struct jpeg *j = jpeg_of(decoder);

    if (j->decoder.input_scan_number > JPEG_SCANS_MAX) {
        error_set(j->err, EXIT_INPUT, "'%s' is not a usable JPEG: it has more than %d scans",
                  j->source.name, JPEG_SCANS_MAX);
        fail(j);
    }
}

static void no_source_call(j_decompress_ptr decoder)
{
    (void)decoder;
}

static boolean fill(j_decompress_ptr decoder)
{
    struct jpeg *j = jpeg_of((j_common_ptr)decoder);
    size_t got;

    if (png_source_read(&j->source, j->offset, j->buffer, BUFFER, &got, j->err)) {
        fail(j);
    }
    if (got == 0) {
        error_set(j->err, EXIT_INPUT, "'%s' is not a usable JPEG: it is cut off", j->source.name);
        fail(j);
    }
    j->offset += got;
    j->in.next_input_byte = j->buffer;
    j->in.bytes_in_buffer = got;
    return TRUE;
}

static void skip(j_decompress_ptr decoder, long n)
{
    struct jpeg *j = jpeg_of((j_common_ptr)decoder);

    if (n <= 0) {
        return;
    }
    if ((size_t)n <= j->in.bytes_in_buffer) {
        j->in.next_input_byte += n;
        j->in.bytes_in_buffer -= (size_t)n;
        return;
    }
    j->offset += (size_t)n - j->in.bytes_in_buffer;
    j->in.bytes_in_buffer = 0;
}

static int check_header(struct jpeg *j)
{
    struct jpeg_decompress_struct *d = &j->decoder;
    uint64_t pixels = (uint64_t)d->image_width * d->image_height;

    if (pixels > PNG_PIXELS_MAX) {
        return error_set(j->err, EXIT_INPUT, "'%s' is too large: %ux%u is over %u pixels",
                         j->source.name, d->image_width, d->image_height, PNG_PIXELS_MAX);
    }
    if (pixels > JPEG_SCANS_PIXELS_MAX && libjpeg.has_multiple_scans(d)) {
        return error_set(j->err, EXIT_INPUT,
                         "'%s' is too large for a progressive JPEG: %ux%u is over %u pixels; "
                         "convert it first, for example with jpegtran IN > OUT.jpg",
                         j->source.name, d->image_width, d->image_height, JPEG_SCANS_PIXELS_MAX);
    }
    if (d->jpeg_color_space != JCS_GRAYSCALE && d->jpeg_color_space != JCS_YCbCr &&
        d->jpeg_color_space != JCS_RGB) {
        return error_set(j->err, EXIT_INPUT,
                         "cannot use '%s': it is a JPEG in CMYK or another colour space; convert "
                         "it to RGB first, for example with magick IN -colorspace sRGB OUT.png",
                         j->source.name);
    }
    return 0;
}

/* libjpeg does not mind when scans are missing: what they hold is then taken to be zero. */
static int check_whole(struct jpeg *j)
{
    const struct jpeg_decompress_struct *d = &j->decoder;
    bool whole = true;

    for (int i = 0; i < d->num_components; i++) {
        whole = whole && d->comp_info[i].quant_table != NULL;
        for (int k = 0; k < DCTSIZE2 && d->progressive_mode; k++) {
            whole = whole && d->coef_bits[i][k] == 0;
        }
    }
    return whole ? 0
                 : error_set(j->err, EXIT_INPUT, "'%s' is not a usable JPEG: it lacks some scans",
                             j->source.name);
}

static int begin(struct jpeg *j)
{
    struct jpeg_decompress_struct *d = &j->decoder;

    if (setjmp(j->back)) {
        return -1;
    }
    libjpeg.CreateDecompress(d, JPEG_LIB_VERSION, sizeof *d);
    d->src = &j->in;
    d->mem->max_memory_to_use = MEMORY_MAX;
    libjpeg.read_header(d, TRUE);
    if (check_header(j)) {
        return -1;
    }
    d->progress = &j->progress;
    d->out_color_space = d->jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    libjpeg.start_decompress(d);
    return check_whole(j);
}

static int next_row(struct rows *self, uint8_t *pixels, struct error *err)
{
    struct jpeg *j = self->decoder;
    JSAMPROW row = pixels;

    j->err = err;
    if (setjmp(j->back)) {
        return -1;
    }
    libjpeg.read_scanlines(&j->decoder, &row, 1);
    return 0;
}

static int end(struct rows *self, struct error *err)
{
    struct jpeg *j = self->decoder;

    j->err = err;
    if (setjmp(j->back)) {
        return -1;
    }
    libjpeg.finish_decompress(&j->decoder);
    return 0;
}

static void release(struct rows *self)
{
    struct jpeg *j = self->decoder;

    libjpeg.destroy_decompress(&j->decoder);
    free(j);
}

int jpeg_open(struct rows *rows, const struct png_source *source, struct error *err)
{
    *rows = (struct rows){0};
    if (!load()) {
        return error_set(err, EXIT_INPUT,
                         "cannot use '%s': libjpeg is not installed, so the pixels of a JPEG "
                         "cannot be read; convert it first, for example with magick IN OUT.png",
                         source->name);
    }
    struct jpeg *j = calloc(1, sizeof *j);
    if (j == NULL) {
        return error_memory(err, "reading a JPEG");
    }
    j->source = *source;
    j->err = err;
    j->decoder.client_data = j;
    j->decoder.err = libjpeg.std_error(&j->errors);
    j->errors.error_exit = on_error;
    j->errors.emit_message = on_message;
    j->errors.output_message = no_output;
    j->progress.progress_monitor = check_scans;
    j->in = (struct jpeg_source_mgr){.init_source = no_source_call,
                                     .fill_input_buffer = fill,
                                     .skip_input_data = skip,
                                     .resync_to_restart = libjpeg.resync_to_restart,
                                     .term_source = no_source_call};
    if (begin(j)) {
        libjpeg.destroy_decompress(&j->decoder);
        free(j);
        return -1;
    }
    *rows = (struct rows){.width = j->decoder.output_width,
                          .height = j->decoder.output_height,
                          .channels = (unsigned)j->decoder.output_components,
                          .name = source->name,
                          .row = next_row,
                          .finish = end,
                          .close = release,
                          .decoder = j};
    return 0;
}

#endif
