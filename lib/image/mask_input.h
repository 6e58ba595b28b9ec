#ifndef SDCTL_IMAGE_MASK_INPUT_H
#define SDCTL_IMAGE_MASK_INPUT_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "image/mask.h"
#include "image/png.h"

/* Internal to mask*.c: a mask being read row by row, and refused where it is unclear or does not
 * fit the options. */
struct mask_input {
    const struct mask_options *options;
    const char *name;
    struct png_reader *reader;
    struct png_header header;
    unsigned orientation; /* EXIF, 1 to 8 */
    unsigned channels;    /* of pixels: 1, 3, 4 */
    size_t packed_n;      /* bytes of a packed row, up to a multiple of 8 */
    uint8_t *packed;      /* the current row as it is in the file */
    uint8_t *pixels;      /* and in 8 bits a channel, or as grey */
};

/* On failure there is nothing to close. The source's name and the options must outlive it. */
int mask_input_open(struct mask_input *in, const struct png_source *source,
                    const struct mask_options *options, struct error *err);

void mask_input_close(struct mask_input *in);

/* The size once turned as the orientation says. */
uint32_t mask_input_width(const struct mask_input *in);
uint32_t mask_input_height(const struct mask_input *in);

/* The next row into packed. With from unset a pixel that is not opaque is an error. */
int mask_input_row(struct mask_input *in, struct error *err);

/* The next row as 8-bit grey, made as `from` says, into pixels. */
int mask_input_grey(struct mask_input *in, struct error *err);

#endif
