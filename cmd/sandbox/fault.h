#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include "reply.h"

/*
 * Faults that a client must survive, switched on by --fault or a --fault-file (one a line, read at
 * every request; empty lines and lines with # are skipped):
 *     NAME[=VALUE][@PATH][:COUNT]
 * PATH restricts one to requests whose path contains it (else see `path` below), COUNT to so many
 * requests.
 */

/* One fault: an early one fills the reply instead of an answer, a late one changes it. Of a
 * dialect's own the early ones have a status; without strike() its routes ask fault_strikes(). */
struct fault {
    const char *name;
    void (*strike)(struct request *request, struct reply *reply);
    unsigned status; /* of an early one; the dialect's late ones have 0 */
    const char *about;
    const char *path; /* stands for a missing @PATH; NULL: the dialect's paths */
};

/* fault_early.c, fault_late.c; each ends with a NULL name. Of several early ones the first wins. */
extern const struct fault FAULTS_EARLY[], FAULTS_LATE[];

/* Whether a fault as written has a known name, in whatever dialect. */
bool fault_is_known(const char *written);

/* Finds out which faults strike this request. */
void fault_select(struct request *request);

/* Whether the fault of that name strikes this request. */
bool fault_strikes(const struct request *request, const char *name);

/* Faults instead of an answer: true when one has filled the reply. */
bool fault_answer(struct request *request, struct reply *reply);

/* Faults in a finished answer, and in how it is sent. */
void fault_change(struct request *request, struct reply *reply);

/* Prints the tables of all dialects, a line each. */
void fault_list(void);

#endif
