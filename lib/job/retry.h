#ifndef SDCTL_JOB_RETRY_H
#define SDCTL_JOB_RETRY_H

#include <stdbool.h>

#include "job/job.h"
#include "net/net.h"

/*
 * What may be sent again, and when. A read is repeated after a lost answer, 429, 502, 503 and 504;
 * a submission only after 429 and 503, since after anything else the server may have taken it. At
 * most job->retries times, with a growing pause or what Retry-After says; not at all when that does
 * not fit the deadline.
 */

/* Whether attempt number `attempt` (from 0), which ended with `result` (of net_finish) and `reply`,
 * is to be repeated. Waits before it says yes. */
bool retry_read(const struct job *job, long attempt, int result, const struct net_reply *reply,
                const struct error *err);
bool retry_submission(const struct job *job, long attempt, int result,
                      const struct net_reply *reply);

/* Seconds that a Retry-After value asks for, from `now` (seconds since 1970): digits, or an HTTP
 * date; -1 when it is neither, HUGE_VAL when it is too large for a number. */
double retry_after(const char *value, long long now);

#endif
