#include "image/webp.h"

#ifndef HAVE_LIBWEBP

int webp_open(struct rows *rows, const struct png_source *source, struct error *err)
{
    *rows = (struct rows){0};
    return error_set(err, EXIT_INPUT,
                     "cannot use '%s': this sdctl was built without libwebp, so it cannot read the "
                     "pixels of a WebP; convert it first, for example with dwebp IN -o OUT.png",
                     source->name);
}

#else

#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>

#include "base/library.h"

#define CHUNK 65536

/* libwebp's functions by their names without WebP; loaded when the first WebP is opened. Those in
 * -Internal are what functions of the header call with the version that it is of. */
#define LIBWEBP_FUNCTIONS(X)                                                                       \
    X(InitDecoderConfigInternal)                                                                   \
    X(GetFeaturesInternal)                                                                         \
    X(IDecode)                                                                                     \
    X(IAppend)                                                                                     \
    X(IDelete)                                                                                     \
    X(FreeDecBuffer)

static struct {
#define LIBWEBP_MEMBER(name) __typeof__(&(WebP##name)) name;
    LIBWEBP_FUNCTIONS(LIBWEBP_MEMBER)
#undef LIBWEBP_MEMBER
} libwebp;

static bool load(void)
{
    static const char *const names[] = {"libwebp.so.7", "libwebpdecoder.so.3", "libwebp.7.dylib",
                                        "libwebp.so", NULL};
    static bool loaded;
    void *library = loaded ? NULL : library_open(names);
    bool found = true;

    if (library != NULL) {
#define LIBWEBP_FIND(name) found = library_find(library, "WebP" #name, &libwebp.name) && found;
        LIBWEBP_FUNCTIONS(LIBWEBP_FIND)
#undef LIBWEBP_FIND
        loaded = found;
    }
    return loaded;
}

struct webp {
    WebPDecoderConfig config;
    uint32_t y; /* of the next row */
};

static int unusable(const struct png_source *source, VP8StatusCode status, struct error *err)
{
    const char *why = status == VP8_STATUS_SUSPENDED || status == VP8_STATUS_NOT_ENOUGH_DATA
                          ? "it is cut off"
                      : status == VP8_STATUS_UNSUPPORTED_FEATURE ? "it uses an unknown feature"
                                                                 : "its data is damaged";

    if (status == VP8_STATUS_OUT_OF_MEMORY) {
        return error_memory(err, "reading a WebP");
    }
    return error_set(err, EXIT_INPUT, "'%s' is not a usable WebP: %s", source->name, why);
}

/* The size that the file says of itself is the file's; the decoder does not look. */
static int check_size(const struct png_source *source, const uint8_t *head, struct error *err)
{
    uint64_t size = 8 + ((uint64_t)head[4] | (uint64_t)head[5] << 8 | (uint64_t)head[6] << 16 |
                         (uint64_t)head[7] << 24);
    uint8_t byte;
    size_t last, more;

    if (png_source_read(source, size - 1, &byte, 1, &last, err) != 0 ||
        png_source_read(source, size, &byte, 1, &more, err) != 0) {
        return -1;
    }
    return last == 1 && more == 0 ? 0
                                  : error_set(err, EXIT_INPUT,
                                              "'%s' is not a usable WebP: it says it is %llu bytes "
                                              "long, which it is not",
                                              source->name, (unsigned long long)size);
}

static int check_features(const struct png_source *source, WebPDecoderConfig *config,
                          struct error *err)
{
    const WebPBitstreamFeatures *f = &config->input;
    uint8_t head[CHUNK];
    size_t got;

    if (png_source_read(source, 0, head, sizeof head, &got, err)) {
        return -1;
    }
    VP8StatusCode status =
        libwebp.GetFeaturesInternal(head, got, &config->input, WEBP_DECODER_ABI_VERSION);
    if (status != VP8_STATUS_OK) {
        return unusable(source, status, err);
    }
    if (got >= 12 && check_size(source, head, err) != 0) {
        return -1;
    }
    if (f->has_animation) {
        return error_set(err, EXIT_INPUT,
                         "cannot use '%s': it is an animation; take one picture out of it first, "
                         "for example with webpmux -get frame 1 IN -o OUT.webp",
                         source->name);
    }
    if ((uint64_t)f->width * (uint64_t)f->height > WEBP_PIXELS_MAX) {
        return error_set(err, EXIT_INPUT,
                         "'%s' is too large for a WebP: %dx%d is over %u pixels; convert it "
                         "first, for example with dwebp IN -o OUT.png",
                         source->name, f->width, f->height, WEBP_PIXELS_MAX);
    }
    return 0;
}

/* Feeds the file piece by piece, so that only the pixels are held as a whole. */
static int decode(const struct png_source *source, WebPDecoderConfig *config, struct error *err)
{
    WebPIDecoder *decoder = libwebp.IDecode(NULL, 0, config);
    VP8StatusCode status = decoder == NULL ? VP8_STATUS_OUT_OF_MEMORY : VP8_STATUS_SUSPENDED;
    uint8_t *chunk = malloc(CHUNK);
    uint64_t offset = 0;
    size_t got = 1;
    int result = chunk == NULL ? error_memory(err, "reading a WebP") : 0;

    while (result == 0 && status == VP8_STATUS_SUSPENDED && got > 0) {
        result = png_source_read(source, offset, chunk, CHUNK, &got, err);
        if (result == 0 && got > 0) {
            status = libwebp.IAppend(decoder, chunk, got);
            offset += got;
        }
    }
    if (result == 0 && status != VP8_STATUS_OK) {
        result = unusable(source, status, err);
    }
    libwebp.IDelete(decoder);
    free(chunk);
    return result;
}

static int next_row(struct rows *self, uint8_t *pixels, struct error *err)
{
    struct webp *w = self->decoder;
    const WebPRGBABuffer *all = &w->config.output.u.RGBA;

    (void)err;
    memcpy(pixels, all->rgba + (size_t)w->y * (size_t)all->stride,
           (size_t)self->width * self->channels);
    w->y++;
    return 0;
}

static void release(struct rows *self)
{
    struct webp *w = self->decoder;

    libwebp.FreeDecBuffer(&w->config.output);
    free(w);
}

int webp_open(struct rows *rows, const struct png_source *source, struct error *err)
{
    *rows = (struct rows){0};
    if (!load()) {
        return error_set(err, EXIT_INPUT,
                         "cannot use '%s': libwebp is not installed, so the pixels of a WebP "
                         "cannot be read; convert it first, for example with dwebp IN -o OUT.png",
                         source->name);
    }
    struct webp *w = calloc(1, sizeof *w);
    int result = -1;

    if (w == NULL || !libwebp.InitDecoderConfigInternal(&w->config, WEBP_DECODER_ABI_VERSION)) {
        free(w);
        return error_memory(err, "reading a WebP");
    }
    if (check_features(source, &w->config, err) == 0) {
        w->config.output.colorspace = w->config.input.has_alpha ? MODE_RGBA : MODE_RGB;
        result = decode(source, &w->config, err);
    }
    if (result != 0) {
        libwebp.FreeDecBuffer(&w->config.output);
        free(w);
        return -1;
    }
    *rows = (struct rows){.width = (uint32_t)w->config.input.width,
                          .height = (uint32_t)w->config.input.height,
                          .channels = w->config.input.has_alpha ? 4 : 3,
                          .name = source->name,
                          .row = next_row,
                          .close = release,
                          .decoder = w};
    return 0;
}

#endif
