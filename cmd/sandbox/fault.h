#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include "http.h"

/*
 * Faults that a client must survive, switched on by --fault or a --fault-file (one a line, read at
 * every request):  NAME[=VALUE][@PATH][:COUNT]
 * PATH restricts one to requests whose path contains it (else those for img2img and interrogate),
 * COUNT to so many requests.
 */

/* Whether a fault as written has a known name. */
bool fault_is_known(const char *fault);

/* Finds out which faults strike this request. */
void fault_select(struct request *request);

/* Faults instead of an answer: true when one has filled the reply. */
bool fault_early(struct request *request, struct reply *reply);

/* Faults in a finished answer, and in how it is sent. */
void fault_late(struct request *request, struct reply *reply);

/* Prints the table, a line each. */
void fault_list(void);

#endif
