#ifndef SDCTL_CMD_GENERATION_H
#define SDCTL_CMD_GENERATION_H

#include "cmd/groups.h"
#include "job/job.h"

/* What img2img and inpaint have in common: from options to a job, and what is done with it. */

/* Everything that their command lines say. */
struct generation {
    struct remote_options remote;
    struct generation_options image;
    struct output_options output;
    struct task_options task;
    struct inpaint_options inpaint; /* of inpaint only */
    struct batch_options batch;
    json_t *native; /* no option: a batch line's native parameters; borrowed */
};

/* The whole command: parses, prepares, and prints, explains or runs. Returns the exit status. */
int generation_run(const struct command *self, enum operation operation, int argc, char **argv);

#endif
