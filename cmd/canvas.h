#ifndef SDCTL_CMD_CANVAS_H
#define SDCTL_CMD_CANVAS_H

#include "cmd/groups.h"
#include "cmd/mask.h"
#include "image/outpaint.h"
#include "job/job.h"

/*
 * What is done to the first image of a job before it is sent, and the mask that comes of it:
 * strokes drawn on it, parts erased from it, a larger canvas. Each needs exactly one image.
 */

/* left=N,top=N,right=N,bottom=N, each at most once and one above 0. EXIT_USAGE. */
int canvas_parse(const char *text, struct outpaint *extent, struct error *err);

/* Lays --sketch over the image; its strokes become the mask. */
int canvas_sketch(struct job *job, const struct inpaint_options *o, struct mask_given *mask,
                  struct error *err);

/* The image as it was, `erased` (-1 when it had no transparent parts), becomes the mask;
 * --mask-from says what of it. Takes *erased over. */
int canvas_erased(const struct job *job, const char *mask_from, int *erased,
                  struct mask_given *mask, struct error *err);

/* Extends the image; the new area becomes the mask. */
int canvas_new_area(struct job *job, const struct outpaint *extent, struct mask_given *mask,
                    struct error *err);

/* Extends the image and the job's mask, which the new area is added to. */
int canvas_extend(struct job *job, const struct outpaint *extent, struct error *err);

/* The service extends the image itself: the neutral parameter "outpaint". */
int canvas_native(struct job *job, const struct outpaint *extent, struct error *err);

#endif
