/*
 * Applies one of lib/image's server computations to PNG files, so that tests/parity.py can compare
 * it with Pillow and OpenCV:  imgtool OPERATION ARGUMENT...  (see the table at the end).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/blur.h"
#include "image/channels.h"
#include "image/crop.h"
#include "image/fill.h"
#include "image/overlay.h"
#include "image/resize.h"

static struct error err;

static void die(void)
{
    fprintf(stderr, "imgtool: %s\n", err.text);
    exit(1);
}

static struct raster load(const char *path)
{
    static char bytes[64 << 20];
    struct raster r;
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;

    if (f)
        fclose(f);
    if (raster_read_png(&r, bytes, n, path, &err) != 0)
        die();
    return r;
}

static void save(struct raster *r, const char *path)
{
    struct buf out;
    FILE *f;

    buf_init(&out, (size_t)1 << 30);
    if (raster_write_png(r, NULL, &out, &err) != 0)
        die();
    f = fopen(path, "wb");
    if (!f || fwrite(out.data, 1, out.len, f) != out.len || fclose(f) != 0) {
        perror(path);
        exit(1);
    }
    buf_release(&out);
    raster_release(r);
}

static uint32_t number(const char *text)
{
    return (uint32_t)strtoul(text, NULL, 10);
}

static void check(int result)
{
    if (result != 0)
        die();
}

static void op_fit(char **a)
{
    struct raster from = load(a[0]), to;

    check(resize_fit(&from, (int)number(a[2]), number(a[3]), number(a[4]), &to, &err));
    save(&to, a[1]);
    raster_release(&from);
}

static void op_resize(char **a)
{
    struct raster from = load(a[0]), to;

    check(resize_raster(&from, number(a[3]), number(a[4]),
                        strcmp(a[2], "lanczos") == 0 ? RESIZE_LANCZOS : RESIZE_BICUBIC, NULL, &to,
                        &err));
    save(&to, a[1]);
    raster_release(&from);
}

static void op_blur_opencv(char **a)
{
    struct raster r = load(a[0]);

    check(blur_opencv(&r, strtod(a[2], NULL), strtod(a[3], NULL), &err));
    save(&r, a[1]);
}

static void op_blur_pillow(char **a)
{
    struct raster r = load(a[0]);

    check(blur_pillow(&r, strtod(a[2], NULL), &err));
    save(&r, a[1]);
}

static void op_grey(char **a)
{
    struct raster r = load(a[0]), to;

    check(channels_grey(&r, &to, &err));
    save(&to, a[1]);
    raster_release(&r);
}

static void op_flatten(char **a)
{
    struct raster r = load(a[0]), to;

    check(channels_flatten(&r, (const uint8_t[3]){255, 255, 255}, &to, &err));
    save(&to, a[1]);
    raster_release(&r);
}

static void op_fill(char **a)
{
    struct raster image = load(a[0]), mask = load(a[2]), to;

    check(fill_masked(&image, &mask, &to, &err));
    save(&to, a[1]);
    raster_release(&image);
    raster_release(&mask);
}

static void op_overlay(char **a)
{
    struct raster image = load(a[0]), mask = load(a[2]), to;

    check(overlay_make(&image, &mask, &to, &err));
    save(&to, a[1]);
    raster_release(&image);
    raster_release(&mask);
}

static void op_apply(char **a)
{
    struct raster image = load(a[0]), overlay = load(a[2]), to;
    struct crop_rect at = {atoi(a[3]), atoi(a[4]), atoi(a[5]), atoi(a[6])};

    check(overlay_apply(&image, at.x2 > 0 ? &at : NULL, &overlay, &to, &err));
    save(&to, a[1]);
    raster_release(&image);
    raster_release(&overlay);
}

/* mask pad width height: the rectangle before and after it is expanded. */
static void op_crop(char **a)
{
    struct raster mask = load(a[0]);
    struct crop_rect r;

    if (crop_find(&mask, atoi(a[1]), &r)) {
        printf("%d %d %d %d\n", r.x1, r.y1, r.x2, r.y2);
        if (crop_expand(&r, atoi(a[2]), atoi(a[3]), (int)mask.width, (int)mask.height))
            printf("%d %d %d %d\n", r.x1, r.y1, r.x2, r.y2);
        else
            printf("empty\n");
    } else {
        printf("none\n");
    }
    raster_release(&mask);
}

/* Reads "x1 y1 x2 y2 width height image_width image_height" lines, writes the expanded ones. */
static void op_expand(char **a)
{
    int v[8];

    (void)a;
    while (scanf("%d %d %d %d %d %d %d %d", &v[0], &v[1], &v[2], &v[3], &v[4], &v[5], &v[6],
                 &v[7]) == 8) {
        struct crop_rect r = {v[0], v[1], v[2], v[3]};

        crop_expand(&r, v[4], v[5], v[6], v[7]);
        printf("%d %d %d %d\n", r.x1, r.y1, r.x2, r.y2);
    }
}

static const struct {
    const char *name;
    int arguments;
    void (*run)(char **arguments);
} OPERATIONS[] = {
    {"fit", 5, op_fit},                 /* in out mode width height */
    {"resize", 5, op_resize},           /* in out lanczos|bicubic width height */
    {"blur-opencv", 4, op_blur_opencv}, /* in out sigma_x sigma_y */
    {"blur-pillow", 3, op_blur_pillow}, /* in out radius */
    {"grey", 2, op_grey},               /* in out */
    {"flatten", 2, op_flatten},         /* in out */
    {"fill", 3, op_fill},               /* image out mask */
    {"overlay", 3, op_overlay},         /* image out mask */
    {"apply", 7, op_apply},             /* image out overlay x1 y1 x2 y2 (all 0: no crop) */
    {"crop", 4, op_crop},               /* mask pad width height */
    {"expand", 0, op_expand},           /* lines on standard input */
};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc > 1 && i < sizeof OPERATIONS / sizeof *OPERATIONS; i++)
        if (strcmp(argv[1], OPERATIONS[i].name) == 0 && argc == OPERATIONS[i].arguments + 2) {
            OPERATIONS[i].run(argv + 2);
            return 0;
        }
    fprintf(stderr, "imgtool: no such operation, or a wrong number of arguments\n");
    return 2;
}
