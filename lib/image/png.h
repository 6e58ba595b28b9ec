#ifndef SDCTL_IMAGE_PNG_H
#define SDCTL_IMAGE_PNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * PNG pictures row by row. Rows are packed as in the file: `depth` bits a sample, the leftmost
 * pixel in the high bits, 16-bit samples with the high byte first. Memory is a few rows and 0.6 MiB
 * whatever the height; an interlaced picture is read by up to seven decoders at once, one for each
 * of its passes, so it needs little more than that either.
 *
 * libpng reads, since what it is given comes from strangers. What is written is our own
 * (deflate_runs.h, row_filter.h): masks are runs, and a writer that knows it is several times as
 * fast as libpng's and makes smaller files.
 *
 * Strict: a wrong CRC (of any chunk), a damaged or short zlib stream, image data too long or too
 * short, a palette index without an entry, a missing IEND and every other violation that libpng
 * treats as an error are errors. Ancillary chunks but tRNS are skipped unread, of whatever length.
 * Bytes after IEND are not looked at.
 */

#define PNG_SIDE_MAX 1000000u          /* pixels, of width and of height */
#define PNG_PIXELS_MAX (1u << 28)      /* width times height */
#define PNG_ROW_MAX (2u * 1024 * 1024) /* bytes in a packed row */

enum png_colour {
    PNG_COLOUR_GREY = 0,
    PNG_COLOUR_RGB = 2,
    PNG_COLOUR_PALETTE = 3,
    PNG_COLOUR_GREY_ALPHA = 4,
    PNG_COLOUR_RGBA = 6,
};

/* What a picture is, apart from its pixels. */
struct png_header {
    uint32_t width, height;
    unsigned depth; /* bits a sample: 1, 2, 4, 8, 16 */
    enum png_colour colour;
    bool interlaced; /* the writer ignores it: it never interlaces */
    bool has_trns;
    uint16_t trns[3];   /* grey: trns[0], RGB: all three; the transparent colour */
    unsigned n_palette; /* entries, 1 .. 256, when colour is palette */
    unsigned n_trns;    /* entries with an alpha of their own, palette only; others are opaque */
    uint8_t palette[256][3];
    uint8_t palette_alpha[256]; /* 255 where nothing was said */
};

/* Samples a pixel: 1 (grey, palette), 2, 3 or 4. */
unsigned png_header_samples(const struct png_header *h);

/* Bytes in a packed row of `width` pixels. */
size_t png_header_row_bytes(const struct png_header *h, uint32_t width);

/* Whether each palette index of a packed row has an entry; true for other colour types. */
bool png_header_row_valid(const struct png_header *h, const uint8_t *row);

/* Where a PNG is read from, at any position and more than once: memory when bytes is not NULL, else
 * a file descriptor that can be read with pread(); its file offset is not used or moved. */
struct png_source {
    const void *bytes;
    size_t n; /* of bytes */
    int fd;
    const char *name; /* for error texts; outlives the reader */
};

struct png_reader;

/* Reads up to the image data. EXIT_INPUT when it is no PNG, is broken or is over a limit above,
 * EXIT_UNEXPECTED when memory runs out; *r is then NULL. */
int png_reader_open(struct png_reader **r, const struct png_source *source, struct error *err);

const struct png_header *png_reader_header(const struct png_reader *r);

/* The next row from the top into png_header_row_bytes() bytes. Padding bits at its end have any
 * value. Exactly `height` calls. */
int png_reader_row(struct png_reader *r, uint8_t *row, struct error *err);

/* After the last row: reads up to IEND, which finds the faults behind the pixels. */
int png_reader_finish(struct png_reader *r, struct error *err);

/* NULL-safe; any time. */
void png_reader_free(struct png_reader *r);

/* Where a PNG is written to. write() takes all n bytes, or fills err and returns -1; the writer
 * then fails with that error. */
struct png_sink {
    int (*write)(void *ctx, const void *bytes, size_t n, struct error *err);
    void *ctx;
};

struct png_writer;

/* Writes signature, IHDR, PLTE and tRNS as the header says. A mask of 1024 pixels or more comes out
 * smaller than libpng makes it by default, a photograph about as large. Adam7 is never used.
 * EXIT_UNEXPECTED when memory runs out, else the sink's error. */
int png_writer_open(struct png_writer **w, const struct png_header *header, struct png_sink sink,
                    struct error *err);

/* A tEXt chunk (iTXt when text is not ASCII), before the first row. key has 1 to 79 Latin-1 bytes,
 * else EXIT_UNEXPECTED. */
int png_writer_text(struct png_writer *w, const char *key, const char *text, struct error *err);

/* Which chunks of another PNG go along with an edited picture: only those before its image data, or
 * only those after. */
enum png_part { PNG_BEFORE_PIXELS, PNG_AFTER_PIXELS };

/* Copies the chunks that stay true when only sample values change (gAMA, cHRM, sRGB, iCCP, cICP,
 * pHYs, eXIf, tEXt, zTXt, iTXt) from a source that a reader has accepted, unread and of whatever
 * length. Before the first row, or after the last. */
int png_writer_copy(struct png_writer *w, const struct png_source *from, enum png_part part,
                    struct error *err);

/* The next row from the top, packed as above. */
int png_writer_row(struct png_writer *w, const uint8_t *row, struct error *err);

/* After the last row: writes IEND. Does not sync or close anything. */
int png_writer_finish(struct png_writer *w, struct error *err);

/* NULL-safe; any time. */
void png_writer_free(struct png_writer *w);

/* Up to n bytes at `offset`; the number got (fewer only at the end), -1 with err (EXIT_INPUT). For
 * the writer's copying and for tests. */
int png_source_read(const struct png_source *source, uint64_t offset, void *to, size_t n,
                    size_t *got, struct error *err);

/* Whether it begins as a PNG does; EXIT_INPUT says what it is instead. Part of opening a reader. */
int png_source_check(const struct png_source *source, struct error *err);

#endif
