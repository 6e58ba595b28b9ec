#ifndef SDCTL_JOB_LEDGER_H
#define SDCTL_JOB_LEDGER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

/*
 * Which jobs of a batch are done, so that the same command goes on where it stopped: a hash table
 * on disk, 32 bytes a job, beside a text file of the results' paths. Memory does not grow with it.
 * In $XDG_STATE_HOME/sdctl/batch-NAME.ledger and .paths, mode 0600. Several processes may share
 * one (shards on one machine): each change is made under a lock. A record that was torn by a crash
 * counts as none.
 *
 * Pictures that are about to get their names are noted first, by what tells the file itself (inode,
 * size, time): a job that was killed between that and LEDGER_DONE is known to be done if all of
 * them are there. If only some are, they are removed, since the job makes them again.
 */

enum ledger_state {
    LEDGER_NONE,
    LEDGER_SENT, /* it was being sent; what became of it was not noted */
    LEDGER_DONE,
    LEDGER_MISSING, /* it failed: as LEDGER_NONE to who asks */
    LEDGER_PLACING, /* its pictures were getting their names: as _DONE or _SENT to who asks */
};

struct ledger;

/* Opens or makes the ledger `name` (letters and digits). EXIT_OUTPUT. */
int ledger_open(struct ledger **ledger, const char *name, struct error *err);
void ledger_close(struct ledger *ledger);

/* How a job stands, by the SHA-256 of what it is (64 hex digits). A job is only done while the
 * files that it made exist. */
enum ledger_state ledger_find(struct ledger *ledger, const char *digest);

/* Notes a job's state. LEDGER_PLACING: `files` are those of its pictures (ledger_files.h), `total`
 * in all, that have a name or are about to get one; otherwise NULL and 0, and LEDGER_DONE keeps the
 * files that were noted. EXIT_OUTPUT. */
int ledger_put(struct ledger *ledger, const char *digest, enum ledger_state state,
               const json_t *files, size_t total, struct error *err);

#endif
