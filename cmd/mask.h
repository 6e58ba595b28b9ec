#ifndef SDCTL_CMD_MASK_H
#define SDCTL_CMD_MASK_H

#include "cmd/groups.h"
#include "job/job.h"

/* Brings the mask to what every server understands (8-bit grey, the image's size, white = repaint)
 * and adds it to the job, with the page's defaults when these are asked for. A blank mask is
 * refused, a mostly white one warned of. The job's images must have been added. */
int mask_add(struct job *job, const struct inpaint_options *options, struct error *err);

/* Without a mask, what --from says of masks is dropped. */
int mask_drop(struct job *job, struct error *err);

#endif
