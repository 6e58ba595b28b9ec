#ifndef SANDBOX_SCRIPTS_H
#define SANDBOX_SCRIPTS_H

#include "job.h"

/* Runs a selectable script by its title: Loopback, SD upscale, Poor man's outpainting and
 * Outpainting mk2 do what the server's scripts do with images, masks, seeds and sizes; any other
 * known title runs the job as it is. */
int scripts_run(const char *title, struct job *job, const json_t *arguments, struct processed *done,
                struct failure *f);

#endif
