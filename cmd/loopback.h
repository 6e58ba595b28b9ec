#ifndef SDCTL_CMD_LOOPBACK_H
#define SDCTL_CMD_LOOPBACK_H

#include "job/job.h"

/*
 * --loopback: the first result of each round is the image of the next, as in the WebUI's script of
 * that name (scripts/loopback.py), on any service. As there, a seed that is given is counted up by
 * one a round, since the same noise again and again burns in, and from the second round on an
 * inpainted part starts from the image (fill original).
 */

/* Whether a job can be looped: it has one image, and that is a file. EXIT_USAGE. */
int loopback_check(const struct job *job, struct error *err);

/* Prepares the next round from the result document of the last one. */
int loopback_next(struct job *job, const json_t *document, struct error *err);

#endif
