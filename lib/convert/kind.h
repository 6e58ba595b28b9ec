#ifndef SDCTL_CONVERT_KIND_H
#define SDCTL_CONVERT_KIND_H

#include "convert/request.h"

/* Which of the old server's endpoints a request is for. */

/* For an old request: what --kind says (0 when it was not given), else what its fields say.
 * EXIT_INPUT when there is an input_image and they leave it open. */
int kind_of_old(const struct request *r, unsigned asked, unsigned *kind, struct error *err);

/* For a new request: the field that the server would heed, enhance before image prompts before
 * upscale and vary before inpaint (FooocusAPI, pre_worker). Image prompts that are mixed with
 * another image are of that image's kind. */
unsigned kind_of_new(const struct request *r, unsigned asked);

/* A refusal that names the member: "'x.json': input_image WHY (line, column)". Returns -1. */
int kind_refuse(const struct request *r, const struct scan_member *m, const char *why,
                struct error *err);

#endif
