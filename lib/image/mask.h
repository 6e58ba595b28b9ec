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

#define MASK_RADIUS_MAX 1024u
#define MASK_BLUR_MAX 1024.0

/* What is done to a mask, in the order of the fields from `from` to `blur`. So --threshold gives
 * pure black and white whatever the mask was resized from, and grow, shrink and blur act on what is
 * white after the inversion, as a service's own blur does (A2). */
struct mask_options {
    enum mask_from from;
    const char *from_option;        /* how errors spell the option that sets it; NULL is "--from" */
    uint32_t fit_width, fit_height; /* resized to this (Lanczos, as a WebUI server does); 0: not */
    bool threshold_set;
    unsigned threshold;     /* 0 .. 255: grey over it becomes 255, else 0, so that 128 is what the
                               WebUI's page does (A14, modules/img2img.py) */
    bool invert;            /* white for black */
    uint32_t grow, shrink;  /* what is bright is widened or narrowed by so many pixels on each side,
                               up to MASK_RADIUS_MAX; one of them at most (mask_grow.h) */
    double blur;            /* sigma of a Gaussian in pixels, up to MASK_BLUR_MAX (mask_blur.h) */
    uint32_t width, height; /* the size that the mask must have, once turned; 0: any; not along with
                               fit_width and fit_height */
    const char *sized_as;   /* the file that has that size, for the error; or NULL */
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
 * for a PNG when nothing but inversion by brightness is asked for; with any other option, or
 * without `invert`, it is mask_normalise().
 */
int mask_invert(const struct png_source *in, const struct mask_options *o, struct png_sink out,
                struct error *err);

/* What a mask is, without changing it. */
struct mask_report {
    const char *type;        /* "image/png" */
    char form[32];           /* colour type and depth: "grey 8", "palette 2 tRNS", "RGBA 16" */
    unsigned orientation;    /* EXIF, 1 to 8 */
    struct mask_stats stats; /* once turned and read as `from` says (unset: brightness), and the
                                threshold applied */
    bool translucent;        /* some pixels are not opaque */
    bool opposite; /* translucent, and in more than half of the pixels brightness and opacity, each
                      over 127 or not, differ */
};

/* Reads the whole mask. Of the options only from and threshold count, and unclear is no error.
 * EXIT_INPUT: no usable picture, or no alpha to read. */
int mask_check(const struct png_source *in, const struct mask_options *o,
               struct mask_report *report, struct error *err);

#endif
