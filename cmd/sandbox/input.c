#include "input.h"

#include <string.h>

#include "image/channels.h"
#include "image/png.h"
#include "image/rows.h"
#include "wire/base64.h"

#define INVALID "Invalid encoded image"

static bool in_alphabet(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
}

/* Behind the prefix of a data URI, by the server's own splitting; NULL when it would fail. */
static const char *skip_prefix(const char *text)
{
    if (strncmp(text, "data:image/", 11) != 0)
        return text;
    text = strchr(text, ';');
    text = text ? strchr(text, ',') : NULL;
    return text ? text + 1 : NULL;
}

int input_bytes(const char *text, struct buf *bytes, struct failure *f)
{
    struct base64_decoder d;
    struct buf clean;
    size_t consumed = 0, written = 0;
    char *to;
    int status = BASE64_BAD;

    if (strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0)
        return failure_set(f, 500, "HTTPException", "Requests not allowed");
    text = skip_prefix(text);
    if (!text)
        return failure_set(f, 500, "HTTPException", INVALID);
    buf_init(&clean, SANDBOX_BODY_MAX);
    to = buf_room(&clean, strlen(text) + 1);
    if (to)
        for (; *text; text++)
            if (in_alphabet(*text))
                to[clean.len++] = *text;
    buf_init(bytes, SANDBOX_BODY_MAX);
    base64_decoder_init(&d);
    to = buf_room(bytes, BASE64_DECODED_MAX(clean.len));
    if (to && clean.len > 0)
        status = base64_decode(&d, clean.data, clean.len, &consumed, (unsigned char *)to, &written);
    buf_release(&clean);
    bytes->len += written;
    if (status == BASE64_OK && base64_decoder_finish(&d))
        return 0;
    buf_release(bytes);
    return failure_set(f, 500, "HTTPException", INVALID);
}

/* IHDR's bit depth and colour type; false when the bytes are no PNG. */
static bool png_form(const struct buf *bytes, int *depth, int *colour)
{
    if (bytes->len < 33 || memcmp(bytes->data, "\x89PNG\r\n\x1a\n", 8) != 0)
        return false;
    *depth = (unsigned char)bytes->data[24];
    *colour = (unsigned char)bytes->data[25];
    return true;
}

int input_picture(const struct buf *bytes, struct raster *to, struct failure *f)
{
    struct error err;
    int depth, colour;

    const struct png_source source = {
        .bytes = bytes->data, .n = bytes->len, .fd = -1, .name = "image"};

    *to = (struct raster){0};
    if (!png_form(bytes, &depth, &colour))
        return rows_read(&source, (uint64_t)SANDBOX_PIXELS_MAX, to, &err) == 0
                   ? 0
                   : failure_set(f, 500, "HTTPException", INVALID);
    if (raster_read_png(to, bytes->data, bytes->len, "image", &err) != 0)
        return failure_set(f, 500, "HTTPException", INVALID);
    if (depth == 16 && colour == PNG_COLOUR_GREY)
        for (size_t i = 0; i < (size_t)to->width * to->height * to->channels; i++)
            to->pixels[i] = to->pixels[i] ? 255 : 0;
    return 0;
}

static bool is_opaque(const struct raster *r)
{
    size_t n = (size_t)r->width * r->height;

    for (size_t i = 0; i < n; i++)
        if (r->pixels[4 * i + 3] != 255)
            return false;
    return true;
}

int input_mask(const struct buf *bytes, enum flavour flavour, bool round, struct raster *to,
               struct failure *f)
{
    struct raster picture;
    struct error err;
    int depth = 8, colour = 0, result;
    bool by_alpha;

    *to = (struct raster){0};
    if (input_picture(bytes, &picture, f) != 0)
        return -1;
    png_form(bytes, &depth, &colour);
    by_alpha =
        picture.channels == 4 && !is_opaque(&picture) &&
        (colour == PNG_COLOUR_RGBA || (colour == PNG_COLOUR_PALETTE && flavour == FLAVOUR_FORGE));
    if (by_alpha)
        result = channels_alpha(&picture, to, &err);
    else
        result = channels_grey(&picture, to, &err);
    for (size_t i = 0; result == 0 && by_alpha && round && i < (size_t)to->width * to->height; i++)
        to->pixels[i] = to->pixels[i] > 128 ? 255 : 0;
    raster_release(&picture);
    return result == 0 ? 0 : failure_from(f, &err);
}
