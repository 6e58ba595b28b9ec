#include "job/retry.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/instant.h"
#include "base/random.h"
#include "base/text.h"

#define FIRST_PAUSE 0.5 /* seconds; doubles with each attempt */
#define LONGEST_PAUSE 60.0

double retry_after(const char *value, long long now)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4];
    int day, year, hour, minute, second, end = 0;
    long long seconds;

    if (*value != '\0' && value[strspn(value, "0123456789")] == '\0') {
        return text_to_int(value, &seconds) ? (double)seconds : HUGE_VAL;
    }
    if (sscanf(value, "%*3s, %2d %3s %4d %2d:%2d:%2d GMT%n", &day, month, &year, &hour, &minute,
               &second, &end) != 6 ||
        end == 0 || value[end] != '\0' || day < 1 || day > 31 || year < 1970 || hour < 0 ||
        hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) {
        return -1;
    }
    const char *at = strstr(months, month);
    if (strlen(month) != 3 || at == NULL || (at - months) % 3 != 0) {
        return -1;
    }
    double left =
        (double)(instant_of(year, (int)(at - months) / 3 + 1, day, hour, minute, second) - now);
    return left > 0 ? left : 0;
}

/* The pause before the next attempt, in seconds: between a half and the whole of a doubling step.
 */
static double backoff(long attempt)
{
    double step = fmin(FIRST_PAUSE * exp2((double)attempt), LONGEST_PAUSE);

    return step * (0.5 + (double)random_below(1000) / 2000);
}

bool patience_is_over(const struct patience *p)
{
    return (p->stop != NULL && *p->stop != 0) || clock_left(&p->deadline, 1) == 0;
}

bool retry_wait(const struct patience *patience, int64_t pause)
{
    for (int64_t until = clock_ms() + pause, left; (left = until - clock_ms()) > 0;) {
        if (patience->stop != NULL && *patience->stop != 0) {
            return false;
        }
        struct timespec slice = {.tv_nsec = (long)(left < 100 ? left : 100) * 1000000};
        nanosleep(&slice, NULL);
    }
    return true;
}

/* How long until the next attempt; false when there is none, or the deadline is nearer. */
static bool next_turn(const struct patience *patience, long attempt, const struct net_reply *reply,
                      int64_t *pause)
{
    double asked = retry_after(reply->retry_after, (long long)time(NULL));
    double seconds = asked >= 0 ? asked : backoff(attempt);

    *pause = seconds > 86400 * 365.0 ? INT64_MAX / 2 : (int64_t)(seconds * 1000);
    return attempt < patience->retries && clock_left(&patience->deadline, INT64_MAX) > *pause;
}

bool retry_read(const struct patience *patience, long attempt, int result,
                const struct net_reply *reply, const struct error *err, int64_t *pause)
{
    bool lost = result != 0 && err->code == EXIT_NETWORK && reply->lost;
    bool busy = result == 0 && (reply->status == 429 || reply->status == 502 ||
                                reply->status == 503 || reply->status == 504);

    return (lost || busy) && next_turn(patience, attempt, reply, pause);
}

bool retry_submission(const struct patience *patience, long attempt, int result,
                      const struct net_reply *reply, int64_t *pause)
{
    return result == 0 && (reply->status == 429 || reply->status == 503) &&
           next_turn(patience, attempt, reply, pause);
}
