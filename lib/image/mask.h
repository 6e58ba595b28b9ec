#ifndef SDCTL_IMAGE_MASK_H
#define SDCTL_IMAGE_MASK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "image/png.h"

/*
 * Masks. White is repainted, black is kept, everywhere (A10). What a file means as a mask is not
 * always clear: the WebUI's API takes the alpha channel of a picture that has one, opaque meaning
 * repaint, while its page takes the transparent parts, and a mask without alpha is read by its
 * brightness (A11). So a picture with parts that are not opaque is refused until the caller says
 * which is meant.
 *
 * Pictures stream: a few rows are in memory, whatever their size (png.h).
 */
enum mask_from {
    MASK_FROM_UNSET,          /* brightness; a picture that is not opaque throughout is refused */
    MASK_FROM_LUMA,           /* brightness, as Pillow's convert("L"); alpha is disregarded */
    MASK_FROM_ALPHA,          /* opaque is white; a picture without alpha is refused */
    MASK_FROM_ALPHA_INVERTED, /* transparent is white; the same */
};

struct mask_options {
    enum mask_from from;
    const char *from_option; /* how errors spell the option that sets it; NULL is "--from" */
    bool threshold_set;
    unsigned threshold;     /* 0 .. 255: grey over it becomes 255, else 0, so that 128 is what the
                               WebUI's page does (A14, modules/img2img.py); before `invert` */
    bool invert;            /* white for black */
    uint32_t width, height; /* the size that the mask must have, once turned; 0: any */
    const char *sized_as;   /* what has that size, for the error; NULL is "the image" */
};

/* What a mask marks, after all steps. */
struct mask_stats {
    uint32_t width, height;
    uint64_t black, white;             /* pixels of 0 and of 255; the others are grey */
    uint32_t left, top, right, bottom; /* box of the pixels that are not 0; right and bottom lie
                                          outside; all 0 when there are none */
};

/* Whether nothing is marked, and how much is: the share of white pixels, 0 to 1. */
bool mask_stats_blank(const struct mask_stats *s);
double mask_stats_white(const struct mask_stats *s);

/*
 * Writes the mask as an 8-bit grey PNG without ancillary chunks, turned as its EXIF orientation
 * says: the form that every service reads in the same way (D25, A21). Samples of 16 bits count by
 * their high byte. *stats (may be NULL) is for the caller to refuse a blank mask. EXIT_INPUT: no
 * usable PNG, not the required size (both are named), or unclear (the option that settles it is
 * named). The sink's errors pass through. After an error what the sink got is worthless; so it has
 * to be a file that can still be dropped.
 */
int mask_normalise(const struct png_source *in, const struct mask_options *o, struct png_sink out,
                   struct mask_stats *stats, struct error *err);

/*
 * Writes the inverse of a mask in its own form: same colour type and depth. Colour samples and
 * palette entries are inverted, the transparent colour of a tRNS chunk along with them; alpha,
 * palette indices and what other chunks say (gamma, colour space, resolution, text) stay. That is
 * when nothing but inversion by brightness is asked for; with from alpha or alpha-inverted, with a
 * threshold, or without `invert`, it is mask_normalise().
 */
int mask_invert(const struct png_source *in, const struct mask_options *o, struct png_sink out,
                struct error *err);

#endif
