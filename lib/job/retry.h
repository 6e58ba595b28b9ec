#ifndef SDCTL_JOB_RETRY_H
#define SDCTL_JOB_RETRY_H

#include <signal.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "net/net.h"

/*
 * What may be sent again, and when. A read is repeated after a lost answer, 429, 502, 503 and 504;
 * a submission only after 429 and 503, since after anything else the server may have taken it. At
 * most `retries` times, with a growing pause or what Retry-After says; not at all when that does
 * not fit the deadline.
 */
struct patience {
    long retries;
    struct deadline deadline;
    const volatile sig_atomic_t *stop; /* a signal's number once one has come; may be NULL */
};

/* Whether attempt number `attempt` (from 0), which ended with `result` (of net_finish) and `reply`,
 * is to be repeated; then *pause is how many milliseconds from now. */
bool retry_read(const struct patience *patience, long attempt, int result,
                const struct net_reply *reply, const struct error *err, int64_t *pause);
bool retry_submission(const struct patience *patience, long attempt, int result,
                      const struct net_reply *reply, int64_t *pause);

/* Whether the deadline has passed or a signal has come. */
bool patience_is_over(const struct patience *patience);

/* Waits; false when a signal came. */
bool retry_wait(const struct patience *patience, int64_t pause);

/* Seconds that a Retry-After value asks for, from `now` (seconds since 1970): digits, or an HTTP
 * date; -1 when it is neither, HUGE_VAL when it is too large for a number. */
double retry_after(const char *value, long long now);

#endif
