#ifndef SDCTL_IMAGE_MASK_INPUT_H
#define SDCTL_IMAGE_MASK_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/picture.h"
#include "image/mask.h"
#include "image/png.h"
#include "image/rows.h"

/* Internal to mask*.c: a mask being read row by row, and refused where it is unclear or does not
 * fit the options. */

/* What is told of a picture from its framing; faults are left to the reader to find. */
struct mask_facts {
    enum picture_type type;
    unsigned orientation; /* EXIF, 1 to 8 */
    unsigned depth, colour_type;
    bool has_trns; /* the last three of a PNG */
};

struct mask_input {
    const struct mask_options *options;
    const char *name;
    struct mask_facts facts;
    struct rows rows; /* of the size before it is turned */
    uint8_t *pixels;  /* the current row in 8 bits a channel, or as grey */
};

/* The whole file is looked through, for its EXIF data may stand at its end. */
struct mask_facts mask_input_facts(const struct png_source *source);

/* The size once turned as an orientation says. */
void mask_input_turn(unsigned orientation, uint32_t *width, uint32_t *height);

/* Refuses a picture without the alpha channel that is asked for, or of another size than asked
 * for (both after turning). */
int mask_input_accept(const struct mask_options *o, const char *name, uint32_t width,
                      uint32_t height, unsigned channels, struct error *err);

/* Refuses a row of RGBA with a pixel that is not opaque where it was not said what that means. */
int mask_input_opaque(const struct mask_options *o, const char *name, const uint8_t *rgba,
                      size_t width, struct error *err);

/* On failure there is nothing to close. The source's name and the options must outlive it. */
int mask_input_open(struct mask_input *in, const struct png_source *source,
                    const struct mask_options *options, struct error *err);

void mask_input_close(struct mask_input *in);

/* The next row as 8-bit grey, made as `from` says, into pixels. */
int mask_input_grey(struct mask_input *in, struct error *err);

/* The same in two steps: the row in 8 bits a channel into pixels, which is no error when unclear;
 * then grey made of it. */
int mask_input_pixels(struct mask_input *in, struct error *err);
void mask_input_to_grey(struct mask_input *in);

#endif
