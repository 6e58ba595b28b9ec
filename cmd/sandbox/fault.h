#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include "http.h"

/*
 * Faults that a client must survive, switched on by --fault or a --fault-file (one a line, read at
 * every request; empty lines and lines with # are skipped):
 *     NAME[=VALUE][@PATH][:COUNT]
 * PATH restricts one to requests whose path contains it (else those for img2img and interrogate),
 * COUNT to so many requests.
 */

/* One row of the table in fault_table.c. */
struct fault {
    const char *name;
    /* Instead of an answer: fills the reply. */
    void (*early)(struct request *request, struct reply *reply);
    /* To a finished answer: changes it. */
    void (*late)(struct request *request, struct reply *reply);
    unsigned status; /* for `early` */
    const char *about;
};

extern const struct fault FAULTS[]; /* ends with a NULL name */

/* Whether a fault as written has a known name. */
bool fault_is_known(const char *written);

/* Finds out which faults strike this request. */
void fault_select(struct request *request);

/* Faults instead of an answer: true when one has filled the reply. */
bool fault_early(struct request *request, struct reply *reply);

/* Faults in a finished answer, and in how it is sent. */
void fault_late(struct request *request, struct reply *reply);

/* Prints the table, a line each. */
void fault_list(void);

#endif
