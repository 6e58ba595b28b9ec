#ifndef SANDBOX_RECALL_H
#define SANDBOX_RECALL_H

#include <jansson.h>

/* The `infotext` field of a request: fields that the body (`given`) does not set are taken from the
 * infotext into `values`, the defaults of what the infotext leaves out included (A24). */
void recall_infotext(const json_t *given, json_t *values);

#endif
