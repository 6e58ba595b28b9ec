#ifndef SDCTL_CMD_GATHER_H
#define SDCTL_CMD_GATHER_H

#include "cmd/generation.h"

/* From what a command line says to a job that can be prepared: reads prompts, parameters, earlier
 * results, images and masks, and fills the job's layers and pictures with them. */
int gather_job(struct job *job, const struct generation *g, struct parsed *parsed,
               struct error *err);

#endif
