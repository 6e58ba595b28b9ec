#ifndef SDCTL_BASE_PICTURE_H
#define SDCTL_BASE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * Whether bytes are one whole picture file, told from its framing while it passes by: signature,
 * chunks or segments, checksums, size, end. No pixel is decoded, so damage inside the compressed
 * data is seen only where the format has a checksum (PNG). Memory is bounded: nothing is kept save
 * the first 64 KiB of an EXIF block and, on request, a text of at most 1 MiB.
 */

enum picture_type {
    PICTURE_UNKNOWN,
    PICTURE_PNG,
    PICTURE_JPEG,
    PICTURE_WEBP,
    PICTURE_GIF,
};

#define PICTURE_EXIF_MAX 65536   /* bytes kept of an EXIF block */
#define PICTURE_TEXT_MAX 1048576 /* bytes of a text chunk and of the text made of it */

/* One file being checked. Filled by picture_init(); the caller may set want_text before it feeds
 * and read the first group of fields at any time (0 and false until known). */
struct picture_framing {
    enum picture_type type;
    uint32_t width, height; /* as stored, before orientation; 1..2^31-1, no ceiling is applied */
    uint8_t orientation;    /* EXIF 1..8; 1 when absent or malformed */
    uint8_t bit_depth;      /* of a PNG: 1, 2, 4, 8, 16 */
    uint8_t colour_type;    /* of a PNG: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA */
    bool has_trns;          /* of a PNG: a tRNS chunk precedes the pixels */
    bool interlaced;        /* of a PNG */
    bool has_alpha;         /* of a WebP: it says that some pixels are not opaque */

    bool want_text; /* collect the infotext for picture_text() */

    /* Private from here. */
    const struct picture_format *format;
    uint64_t offset;    /* bytes of the file consumed so far */
    uint64_t span;      /* bytes of the awaited span still to come */
    uint64_t chunk_at;  /* where the current chunk or segment begins */
    uint64_t end_at;    /* WebP: where the file ends */
    uint64_t slack;     /* bytes tolerated after the end */
    uint32_t crc;       /* of the current PNG chunk so far */
    uint32_t chunk_len; /* of the current chunk */
    size_t keep_max;    /* how many bytes of the span go into kept */
    uint64_t data_len;  /* PNG: bytes of all IDAT chunks */
    char chunk[5];      /* type of the current chunk */
    uint8_t await;      /* enum picture_await */
    uint8_t state;      /* the format's own */
    uint8_t field[32];  /* a header being gathered */
    uint8_t field_len, field_need;
    uint8_t header[13]; /* PNG: IHDR */
    uint8_t marker;     /* JPEG: of the current segment */
    bool checked;       /* bytes go into crc */
    bool has_header;    /* the picture's dimensions were read */
    bool has_palette;
    bool has_data;
    bool data_ended; /* PNG: the run of IDAT chunks is over */
    bool has_exif;
    bool has_text_chunk;
    bool no_memory;
    struct buf kept;
    char *text;
    char fault[160]; /* "" while all is well */
};

void picture_init(struct picture_framing *p);

/* Frees what was kept. NULL-safe. */
void picture_release(struct picture_framing *p);

/* Takes the next n bytes, cut anywhere. Returns -1 as soon as they can be no picture (further calls
 * do too, and picture_finish() tells why), else 0. */
int picture_feed(struct picture_framing *p, const void *bytes, size_t n);

/*
 * The end of the file: 0 when it is a whole picture. Otherwise -1 and EXIT_INPUT (a caller that
 * checks an answer puts its own code), the text being such as "PNG is cut off after 1234 bytes".
 * Refused too: bytes after the end of a PNG or WebP. Those after a JPEG or GIF are tolerated.
 */
int picture_finish(const struct picture_framing *p, struct error *err);

/*
 * The infotext, NULL when there is none: of PNG a tEXt, zTXt or iTXt chunk named "parameters" (the
 * first), else the EXIF UserComment (PNG, JPEG, WebP). UTF-8; what is stored as
 * Latin-1 or UTF-16 was converted; ends at the first NUL. The caller frees it; a second call
 * returns NULL. Foreign text: not cleaned.
 */
char *picture_text(struct picture_framing *p);

/* "image/png" ..., NULL for PICTURE_UNKNOWN. */
const char *picture_mime(enum picture_type type);

/* "png", "jpg", "webp", "gif", NULL for PICTURE_UNKNOWN. */
const char *picture_extension(enum picture_type type);

#endif
