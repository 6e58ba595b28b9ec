#ifndef SANDBOX_OUTPAINT_H
#define SANDBOX_OUTPAINT_H

#include "job.h"

/* The two outpainting scripts (A27): the picture grows towards the named sides, its size rounded up
 * to 64, and the new part is repainted. */

/* [pixels, mask blur, fill, [sides]]: in tiles of the job's size, with a mask. */
int outpaint_poor(struct job *job, const json_t *arguments, struct processed *done,
                  struct failure *f);

/* [placeholder, pixels, mask blur, [sides], fall-off, colour variation]: side after side, over
 * noise that has the picture's colours. */
int outpaint_mk2(struct job *job, const json_t *arguments, struct processed *done,
                 struct failure *f);

#endif
