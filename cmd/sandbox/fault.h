#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include "reply.h"

/*
 * Faults that a client must survive, switched on by --fault or a --fault-file (one a line, read at
 * every request; empty lines and lines with # are skipped):
 *     NAME[=VALUE][@PATH][:COUNT]
 * PATH restricts one to requests whose path contains it (else those for img2img and interrogate),
 * COUNT to so many requests.
 */

/* One fault: an early one fills the reply instead of an answer, a late one changes it. */
struct fault {
    const char *name;
    void (*strike)(struct request *request, struct reply *reply);
    unsigned status; /* of an early one */
    const char *about;
};

/* fault_early.c, fault_late.c; each ends with a NULL name. Of several early ones the first wins. */
extern const struct fault FAULTS_EARLY[], FAULTS_LATE[];

/* Whether a fault as written has a known name. */
bool fault_is_known(const char *written);

/* Finds out which faults strike this request. */
void fault_select(struct request *request);

/* Faults instead of an answer: true when one has filled the reply. */
bool fault_answer(struct request *request, struct reply *reply);

/* Faults in a finished answer, and in how it is sent. */
void fault_change(struct request *request, struct reply *reply);

/* Prints the tables, a line each. */
void fault_list(void);

#endif
