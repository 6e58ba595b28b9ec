#ifndef SANDBOX_INFOTEXT_H
#define SANDBOX_INFOTEXT_H

#include "base/buf.h"
#include "job.h"

/* The text that says how a picture was made (processing.create_infotext, infotext_utils.py), and
 * the `info` of a response (Processed.js). */

/* One picture's infotext; the caller frees it. NULL when memory runs out. */
char *infotext_make(const struct job *job, int64_t seed, int64_t subseed);

/* The JSON text of `info`; the caller frees it. */
char *infotext_info(const struct job *job, const struct processed *done);

/* parse_generation_parameters: an object of strings, the defaults of absent keys included (A24). */
json_t *infotext_parse(const char *text);

/* A real number as Python prints it: the shortest form that reads back the same, "7.0", "0.75". */
void infotext_real(char to[32], double x);

#endif
