#include "base/clock.h"

#include <math.h>
#include <time.h>

int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct deadline clock_deadline(double seconds)
{
    const double longest = 100.0 * 365 * 86400;
    double ms = ceil((seconds < longest ? seconds : longest) * 1000);

    return (struct deadline){.at = clock_ms() + (int64_t)ms};
}

int64_t clock_left(const struct deadline *d, int64_t cap)
{
    if (d->at == DEADLINE_NEVER) {
        return cap;
    }
    int64_t left = d->at - clock_ms();
    return left < 0 ? 0 : left < cap ? left : cap;
}
