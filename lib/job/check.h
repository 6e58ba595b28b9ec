#ifndef SDCTL_JOB_CHECK_H
#define SDCTL_JOB_CHECK_H

#include "job/job.h"

/*
 * Asks the service of a job (its where-fields are filled in) what it is and what it has:
 * {"endpoint","url","backend","status":"ok", and lists of names by kind}. Nothing is generated.
 */
int check_endpoint(struct job *job, json_t **document, struct error *err);

#endif
