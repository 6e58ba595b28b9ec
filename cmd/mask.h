#ifndef SDCTL_CMD_MASK_H
#define SDCTL_CMD_MASK_H

#include "cmd/groups.h"
#include "job/job.h"

/* A mask that is no file of its own (canvas.h). */
struct mask_given {
    int fd;           /* a PNG, owned; -1: there is none */
    const char *name; /* for error texts; borrowed */
    bool new_area;    /* of --outpaint: it is not inverted */
};

#define MASK_GIVEN_INIT                                                                            \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

void mask_given_release(struct mask_given *mask);

/* Brings the mask (what is given, else --mask) to what every server understands (8-bit grey, the
 * image's size, white = repaint) and adds it to the job, with the page's defaults when these are
 * asked for. A blank mask is refused, a mostly white one warned of. The job's images must have been
 * added. Takes what is given over. */
int mask_add(struct job *job, const struct inpaint_options *options, struct mask_given *given,
             struct error *err);

/* A mask of something else than the image (a ControlNet unit): in the same form, of any size. A new
 * reference to its node, or NULL. */
json_t *mask_open(struct job *job, const char *path, struct error *err);

/* Whether native parameters hold a mask. */
bool mask_is_native(const struct job *job);

/* Which of the job's pictures is its mask, once added; n_sources when there is none. */
size_t mask_find(const struct job *job);

/* Without a mask, what --from says of masks is dropped. */
int mask_drop(struct job *job, struct error *err);

#endif
