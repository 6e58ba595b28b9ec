/*
 * Writes a PNG that is as large as one of a photo:  photo WIDTH HEIGHT FILE
 *
 * A soft gradient under noise of three bits compresses to some 0.45 of its samples, as photos do.
 */
#include <stdio.h>
#include <stdlib.h>

#include "image/png.h"

static int write_file(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return fwrite(bytes, 1, n, ctx) == n ? 0 : error_set(err, EXIT_OUTPUT, "cannot write");
}

static uint32_t next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static void paint(uint8_t *row, uint32_t width, uint32_t y, uint32_t *state)
{
    for (uint32_t x = 0; x < width; x++, row += 3) {
        uint32_t noise = next(state);
        row[0] = (uint8_t)(40 + x / 16 % 128 + (noise & 7));
        row[1] = (uint8_t)(60 + y / 16 % 128 + (noise >> 8 & 7));
        row[2] = (uint8_t)(80 + (x + y) / 32 % 128 + (noise >> 16 & 7));
    }
}

int main(int argc, char **argv)
{
    struct png_header header = {.depth = 8, .colour = PNG_COLOUR_RGB};
    struct png_writer *w = NULL;
    struct error err = {0};
    uint32_t state = 2463534242;

    if (argc != 4) {
        fprintf(stderr, "usage: photo WIDTH HEIGHT FILE\n");
        return 2;
    }
    header.width = (uint32_t)strtoul(argv[1], NULL, 10);
    header.height = (uint32_t)strtoul(argv[2], NULL, 10);
    FILE *file = fopen(argv[3], "wb");
    uint8_t *row = malloc(3UL * header.width + 1);
    int bad =
        row == NULL || file == NULL ||
        png_writer_open(&w, &header, (struct png_sink){write_file, file}, &err) != 0 ||
        png_writer_text(w, "parameters", "a cat\nSteps: 20, Sampler: Euler a, Seed: 1", &err) != 0;
    for (uint32_t y = 0; y < header.height && !bad; y++) {
        paint(row, header.width, y, &state);
        bad = png_writer_row(w, row, &err) != 0;
    }
    bad = bad || png_writer_finish(w, &err) != 0;
    bad = file != NULL && fclose(file) != 0 ? 1 : bad;
    png_writer_free(w);
    free(row);
    if (bad) {
        fprintf(stderr, "photo: %s\n", err.text);
    }
    return bad;
}
