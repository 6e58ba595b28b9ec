/*
 * Inverts a mask with libpng alone, row by row:  png_rows fast|default IN.png OUT.png
 *
 * `fast` is level 1, the Up filter and run-length matching, with 64 KiB buffers; `default` is what
 * libpng does when nothing is said. Grey, palette and RGB samples are inverted, alpha is not. It
 * checks only what libpng does, and its output may be left half-written.
 */
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void invert_palette(png_structp png, png_infop info)
{
    png_colorp palette;
    int n;

    if (png_get_PLTE(png, info, &palette, &n) == 0) {
        return;
    }
    for (int i = 0; i < n; i++) {
        palette[i].red ^= 255;
        palette[i].green ^= 255;
        palette[i].blue ^= 255;
    }
}

static void invert(png_bytep row, size_t n, int colour, int depth)
{
    size_t alpha = (size_t)depth / 8, pixel = (colour == PNG_COLOR_TYPE_GA ? 2 : 4) * alpha;

    if (colour == PNG_COLOR_TYPE_PALETTE) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        row[i] ^= 255;
    }
    if ((colour & PNG_COLOR_MASK_ALPHA) != 0) {
        for (size_t i = pixel; i <= n; i += pixel) {
            for (size_t a = 1; a <= alpha; a++) {
                row[i - a] ^= 255;
            }
        }
    }
}

static void set_up(png_structp png)
{
    png_set_compression_level(png, 1);
    png_set_compression_strategy(png, Z_RLE);
    png_set_compression_buffer_size(png, 65536);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
}

int main(int argc, char **argv)
{
    FILE *in = argc == 4 ? fopen(argv[2], "rb") : NULL;
    FILE *out = in != NULL ? fopen(argv[3], "wb") : NULL;

    if (out == NULL) {
        fprintf(stderr, "usage: png_rows fast|default IN.png OUT.png\n");
        return 2;
    }
    png_structp r = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_structp w = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(r);
    png_init_io(r, in);
    png_init_io(w, out);
    if (strcmp(argv[1], "fast") == 0) {
        set_up(w);
    }
    png_read_info(r, info);
    invert_palette(r, info);
    png_write_info(w, info);
    png_uint_32 height = png_get_image_height(r, info);
    int colour = png_get_color_type(r, info), depth = png_get_bit_depth(r, info);
    size_t n = png_get_rowbytes(r, info);
    png_bytep row = malloc(n);
    if (row == NULL) {
        return 1;
    }
    for (png_uint_32 y = 0; y < height; y++) {
        png_read_row(r, row, NULL);
        invert(row, n, colour, depth);
        png_write_row(w, row);
    }
    png_read_end(r, NULL);
    png_write_end(w, NULL);
    free(row);
    png_destroy_read_struct(&r, &info, NULL);
    png_destroy_write_struct(&w, NULL);
    fclose(in);
    return fclose(out) != 0;
}
