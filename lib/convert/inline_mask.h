#ifndef SDCTL_CONVERT_INLINE_MASK_H
#define SDCTL_CONVERT_INLINE_MASK_H

#include "base/error.h"
#include "convert/window.h"

/*
 * A mask that stands in a request as base64, inverted by pixels (D5). It is decoded into an
 * anonymous file, inverted into a second one, and encoded while it is written, so its size does not
 * matter to memory. The prefix of a data URI is kept. Masks of 8 bits keep their form; others
 * become 8-bit grey, for the servers take a palette's indices for brightness (D25).
 */

#define INLINE_MASK_PREFIX 300 /* bytes of a data URI's prefix in the request's text, at most */

struct inline_mask {
    int decoded, inverted;               /* anonymous files, kept from mask to mask, or -1 */
    uint64_t n;                          /* bytes of the inverted PNG */
    char prefix[INLINE_MASK_PREFIX + 1]; /* as spelt, comma included; "" when there is none */
};

void inline_mask_init(struct inline_mask *m);

/* Inverts the mask in the string whose text between the quotes is n bytes at `at`. EXIT_INPUT: an
 * address, no base64, no PNG, broken or unclear; the text says what to do. `room` is for reading
 * back what was cut out. */
int inline_mask_invert(struct inline_mask *m, const struct window *w, size_t at, size_t n,
                       char *room, size_t cap, struct error *err);

/* Gives prefix and base64 to the sink, in slices. */
int inline_mask_write(const struct inline_mask *m,
                      int (*sink)(void *ctx, const char *bytes, size_t n, struct error *err),
                      void *ctx, struct error *err);

/* Closes the files. NULL-safe. */
void inline_mask_release(struct inline_mask *m);

#endif
