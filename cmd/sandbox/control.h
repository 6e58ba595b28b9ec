#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "job.h"

/* alwayson_scripts: names are checked as api.init_script_args does; of them only ControlNet has an
 * effect, which is a detected map a unit behind the result images, and its line in the infotext. */

/* 422 for an unknown name or a selectable script. */
int control_check(const json_t *scripts, struct failure *f);

/* Notes the units for the infotext. */
void control_note(struct job *job, const json_t *scripts);

/* Adds the units' maps to job->extra_images. */
int control_maps(struct job *job, const json_t *scripts, struct failure *f);

#endif
