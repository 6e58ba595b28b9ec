#include "encode.h"

#include <stdio.h>
#include <stdlib.h>

#include "jpeg.h"
#include "wire/base64.h"

json_t *encode_picture(const struct request *request, const struct raster *raster,
                       const char *infotext, size_t index, bool jpeg)
{
    const char *text[] = {infotext ? "parameters" : NULL, infotext, NULL};
    struct error err;
    struct buf bytes;
    json_t *json = NULL;
    char name[40], *base64;
    size_t n;
    int result;

    buf_init(&bytes, (size_t)1 << 30);
    if (jpeg)
        result = jpeg_encode(raster, &bytes, &err);
    else
        result = raster_write_png(raster, text, &bytes, &err);
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
