#ifndef SDCTL_JOB_JOURNAL_H
#define SDCTL_JOB_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>

#include "base/error.h"

/*
 * What is known of tasks that live on without us, in $XDG_STATE_HOME/sdctl/journal.jsonl (or
 * ~/.local/state/sdctl/): JSON Lines, only ever appended to, mode 0600 in a folder of mode 0700. A
 * task's first line holds all that is needed to go on with it on another day, later ones what has
 * changed; a line is {"key", "at", ...} and lines of one key are merged, the later member winning.
 * Members (journal_begin takes them as they are):
 *   key         ours, "sdctl-" and 16 hex digits: the same in all lines of a task
 *   at          when the line was written, ISO 8601, UTC
 *   state       "submitting", then "queued", "running", "succeeded", "failed", "cancelled", or
 *               "unknown" when the answer to the submission was lost
 *   task_id     the service's, once it is known
 *   where       where its results are to appear, s3://..., of services that keep them there
 *   command, backend, endpoint (the name), url
 *   job         of a batch: the SHA-256 of the job that it is for
 *   digest      SHA-256 of the request: the same request again has the same
 *   output      {"path": absolute, or a folder with its '/', "stem", "force"}
 *   images      once they are placed: paths
 *   expires_at  when the results' URLs end, where it is known
 *   reason      why it failed
 *   pid, boot   in a "submitting" line: who submits (base/process.h); journal_add puts them there
 *   params      only when it was asked for
 * Never a key, never a prompt unless asked.
 *
 * Several processes may write at once (threads of one may not): each takes a lock on journal.lock,
 * appends its line in one write, puts it on the disk and lets go; one that cannot have the lock for
 * 30 s says so. A line that a crash cut short is skipped by readers and ended by the next writer.
 * Past 1 MiB the file is rewritten at times with one line for each task that is not done and for
 * the last 1000 that are. It does not grow over 4 MiB: tasks that are done go first, then new ones
 * are refused. A line has at most 64 KiB; "params" are left out of a longer one.
 */

struct journal;

/* Opens the journal for a process: finds the folder, makes it when `create`. EXIT_OUTPUT. Without
 * `create` and without a file it is empty. A folder or file that others can write is refused
 * (EXIT_OUTPUT). */
int journal_open(struct journal **journal, bool create, struct error *err);
void journal_close(struct journal *journal);

/* Appends a line and has it on the disk when it returns; `line` is borrowed and gets its "at".
 * EXIT_OUTPUT. */
int journal_add(struct journal *journal, json_t *line, struct error *err);

/* All tasks, oldest first, the lines of each merged, the first line's "at" as "submitted_at": a new
 * array. What cannot be read is skipped and counted in *damaged (may be NULL). EXIT_OUTPUT. */
int journal_read(struct journal *journal, json_t **tasks, size_t *damaged, struct error *err);

/* The merged entry whose task_id or key is `id`, the newest when there are several and `endpoint`
 * is NULL, else the newest of that endpoint; a new reference, *task NULL when there is none. */
int journal_find(struct journal *journal, const char *id, const char *endpoint, json_t **task,
                 struct error *err);

/* The newest entry with this digest whose state is "submitting" or "unknown": a request that may
 * have been paid. "submitting" counts only when the process that wrote it is gone: its line's "pid"
 * is not running any more. As journal_find. */
int journal_find_doubtful(struct journal *journal, const char *digest, json_t **task,
                          struct error *err);

/* The newest entry for this job of a batch. As journal_find. */
int journal_find_job(struct journal *journal, const char *job, json_t **task, struct error *err);

/* Forgets a task: all its lines, at once. */
int journal_forget(struct journal *journal, const char *key, struct error *err);

/* The path of the file, borrowed. */
const char *journal_path(const struct journal *journal);

#endif
