#ifndef SDCTL_BASE_CLOCK_H
#define SDCTL_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of the monotonic clock: for durations and deadlines, whatever the wall clock does.
 */
int64_t clock_ms(void);

/* A point in time that everything a command does must respect. */
struct deadline {
    int64_t at; /* clock_ms() value */
};

#define DEADLINE_NEVER INT64_MAX

/* The deadline `seconds` from now (> 0; rounded up to a millisecond). */
struct deadline clock_deadline(double seconds);

/* Milliseconds left, 0 when it has passed, at most `cap`. */
int64_t clock_left(const struct deadline *d, int64_t cap);

#endif
