#include "encode.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "image/channels.h"
#include "jpeg.h"
#include "wire/base64.h"

#ifdef HAVE_LIBWEBP
#include <webp/encode.h>
#endif

static const char *const NAMES[] = {"png", "jpeg", "webp"};

int encode_format(const char *name)
{
    for (int i = 0; i < 3; i++)
        if (text_casecmp(name, NAMES[i]) == 0)
            return i;
    return text_casecmp(name, "jpg") == 0 ? ENCODE_JPEG : -1;
}

const char *encode_name(enum encode_format format)
{
    return NAMES[format];
}

static int encode_webp(const struct raster *raster, struct buf *to, struct error *err)
{
#ifdef HAVE_LIBWEBP
    struct raster rgb = {0};
    uint8_t *bytes = NULL;
    size_t n = 0;

    if (channels_rgb(raster, &rgb, err) != 0)
        return -1;
    n = WebPEncodeLosslessRGB(rgb.pixels, (int)rgb.width, (int)rgb.height, (int)rgb.width * 3,
                              &bytes);
    raster_release(&rgb);
    if (n > 0)
        buf_add(to, bytes, n);
    WebPFree(bytes);
    if (n > 0 && !to->failed)
        return 0;
    return error_set(err, EXIT_UNEXPECTED, "cannot encode a WebP");
#else
    (void)raster;
    (void)to;
    return error_set(err, EXIT_UNEXPECTED, "cannot encode a WebP: built without libwebp");
#endif
}

int encode_bytes(const struct raster *raster, const char *infotext, enum encode_format format,
                 struct buf *to, struct error *err)
{
    const char *text[] = {infotext ? "parameters" : NULL, infotext, NULL};

    switch (format) {
    case ENCODE_JPEG:
        return jpeg_encode(raster, to, err);
    case ENCODE_WEBP:
        return encode_webp(raster, to, err);
    default:
        return raster_write_png(raster, text, to, err);
    }
}

json_t *encode_picture(const struct request *request, const struct raster *raster,
                       const char *infotext, size_t index, bool jpeg)
{
    struct error err;
    struct buf bytes;
    json_t *json = NULL;
    char name[40], *base64;
    size_t n;
    int result;

    buf_init(&bytes, (size_t)1 << 30);
    result = encode_bytes(raster, infotext, jpeg ? ENCODE_JPEG : ENCODE_PNG, &bytes, &err);
    if (result == 0) {
        snprintf(name, sizeof name, "out-%zu.%s", index, jpeg ? "jpg" : "png");
        record_bytes(request->folder, name, bytes.data, bytes.len);
        n = base64_encoded_size(bytes.len);
        base64 = malloc(n + 1);
        if (base64) {
            base64_encode(base64, bytes.data, bytes.len);
            json = json_stringn_nocheck(base64, n);
        }
        free(base64);
    }
    buf_release(&bytes);
    return json;
}
