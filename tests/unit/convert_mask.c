/* convert-params: masks inside of requests, inverted by pixels. */
#include <stdbool.h>

#include "convert_run.h"
#include "image/raster.h"
#include "unit.h"
#include "wire/base64.h"

/* A grey or RGB picture of noise and its PNG in base64. */
static void make_mask(struct raster *r, uint32_t side, unsigned channels, struct buf *text)
{
    struct error err;
    struct buf png;
    uint32_t state = 7;

    buf_init(&png, 1UL << 30);
    CHECK(raster_init(r, side, side, channels, &err) == 0, "%s", err.text);
    for (size_t i = 0; i < (size_t)side * side * channels; i++) {
        state = state * 1664525U + 1013904223U;
        r->pixels[i] = (uint8_t)(state >> 24);
    }
    CHECK(raster_write_png(r, NULL, &png, &err) == 0, "%s", err.text);
    size_t n = base64_encoded_size(png.len);
    char *room = buf_room(text, n);
    base64_encode(room, png.data, png.len);
    text->len += n;
    text->data[text->len] = '\0';
    buf_release(&png);
}

/* The PNG in base64 between `from` and the next quote, as pixels. */
static void read_mask(struct raster *r, const char *from)
{
    size_t n = strcspn(from, "\""), used, made;
    unsigned char *bytes = malloc(BASE64_DECODED_MAX(n));
    struct base64_decoder d;
    struct error err;

    base64_decoder_init(&d);
    base64_decode(&d, from, n, &used, bytes, &made);
    CHECK(raster_read_png(r, bytes, made, "the result", &err) == 0, "%s", err.text);
    free(bytes);
}

static bool is_inverse(const struct raster *a, const struct raster *b)
{
    size_t n = (size_t)a->width * a->height * a->channels;

    if (a->width != b->width || a->height != b->height || a->channels != b->channels) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (a->pixels[i] != 255 - b->pixels[i]) {
            return false;
        }
    }
    return true;
}

/* base64 with each slash as \/, as PHP writes it. */
static void add_escaped(struct buf *out, const struct buf *text, bool escape)
{
    for (size_t i = 0; i < text->len; i++) {
        buf_adds(out, escape && text->data[i] == '/' ? "\\" : "");
        buf_add(out, text->data + i, 1);
    }
}

static void one(uint32_t side, unsigned channels, const char *prefix, bool escape, bool flag_first)
{
    static const char flag[] = "\"advanced_params\":{\"invert_mask_checkbox\":true,"
                               "\"inpaint_erode_or_dilate\":%s},";
    struct raster mask = {0}, result = {0};
    struct buf text, in;
    char want[200];

    buf_init(&text, 1UL << 30);
    buf_init(&in, 1UL << 30);
    make_mask(&mask, side, channels, &text);
    buf_adds(&in, "{");
    if (flag_first) {
        buf_addf(&in, flag, "5");
    }
    buf_addf(&in, "\"input_mask\":\"%s", prefix);
    add_escaped(&in, &text, escape);
    buf_adds(&in, "\",");
    if (!flag_first) {
        buf_addf(&in, flag, "-5");
    }
    buf_adds(&in, "\"input_image\":\"QUJD\"}");
    struct converted v = convert_text(&(struct convert_options){.kind = 0}, in.data, in.len);
    CHECK(v.result == 0 && v.lost == 0, "%s", v.err.text);
    snprintf(want, sizeof want, "\"inpaint_mask_image_upload\":\"%s", prefix);
    const char *at = v.result == 0 ? strstr(v.out.data, want) : NULL;
    CHECK(at != NULL, "no mask after '%s'", prefix);
    if (at != NULL) {
        read_mask(&result, at + strlen(want));
        CHECK(is_inverse(&mask, &result), "%u pixels of %u channels", side, channels);
        CHECK(strstr(v.out.data, flag_first ? "\"inpaint_erode_or_dilate\":-5"
                                            : "\"inpaint_erode_or_dilate\":5") != NULL,
              "the sign turns");
        CHECK(strstr(v.out.data, "invert_mask_checkbox") == NULL, "the flag is gone");
    }
    converted_release(&v);
    raster_release(&mask);
    raster_release(&result);
    buf_release(&text);
    buf_release(&in);
}

/* A 1-bit palette mask, in which the servers would see 0 and 1, becomes grey. */
static void palette(void)
{
    static const char png[] = "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACAQMAAABIeJ9nAAAABlBMVEUAAAD///+l2Z/"
                              "dAAAADElEQVR4nGNwYGgAAAFEAME6ehxWAAAAAElFTkSuQmCC";
    char in[600];
    struct raster r = {0};

    snprintf(in, sizeof in,
             "{\"input_mask\":\"%s\",\"input_image\":\"QUJD\",\"advanced_params\":"
             "{\"invert_mask_checkbox\":1}}",
             png);
    struct converted v = convert_text(&(struct convert_options){.kind = 0}, in, strlen(in));
    CHECK(v.result == 0, "%s", v.err.text);
    if (v.result == 0) {
        read_mask(&r, strstr(v.out.data, ":\"") + 2);
        CHECK(r.channels == 1 && r.width == 2, "a palette becomes grey");
    }
    converted_release(&v);
    raster_release(&r);
}

static void refused(const char *mask, const char *says)
{
    char in[600];

    snprintf(in, sizeof in,
             "{\"input_image\":\"QUJD\",\"advanced_params\":{\"invert_mask_checkbox\":true},"
             "\"input_mask\":\"%s\"}",
             mask);
    struct converted v = convert_text(&(struct convert_options){.kind = 0}, in, strlen(in));
    CHECK(v.result != 0 && v.out.len == 0 && strstr(v.err.text, says) != NULL, "%s: %s", mask,
          v.err.text);
    converted_release(&v);
}

int main(void)
{
    one(3, 1, "", false, true);
    one(64, 3, "data:image/png;base64,", false, false);
    one(300, 1, "data:image\\/png;base64,", true, true);
    one(1200, 1, "", true, false); /* longer than the window: the mask is cut out and read back */
    palette();
    refused("http://127.0.0.1/mask.png", "is an address");
    refused("!!!!", "is not base64");
    refused("QUJ", "is not whole base64");
    refused("QUJD", "input_mask cannot be inverted: 'the mask' is not a PNG");
    refused("\\ud83d\\ude00", "is not base64");
    return unit_done("convert_mask");
}
