#include "job/retry.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

#define FIRST_PAUSE 0.5 /* seconds; doubles with each attempt */
#define LONGEST_PAUSE 60.0

/* Seconds since 1970 of a date in the Gregorian calendar, UTC. */
static long long since_epoch(int year, int month, int day, int hour, int minute, int second)
{
    long long y = month > 2 ? year : year - 1;
    long long era = y / 400, of_era = y % 400;
    long long of_year = (153LL * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    long long days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;

    return days * 86400 + hour * 3600LL + minute * 60LL + second;
}

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
        (double)(since_epoch(year, (int)(at - months) / 3 + 1, day, hour, minute, second) - now);
    return left > 0 ? left : 0;
}

/* The pause before the next attempt, in seconds: between a half and the whole of a doubling step.
 */
static double backoff(long attempt)
{
    double step = fmin(FIRST_PAUSE * exp2((double)attempt), LONGEST_PAUSE);

    return step * (0.5 + (double)randombytes_uniform(1000) / 2000);
}

/* Waits; false when the deadline or a signal is nearer. */
static bool pause_for(const struct job *job, double seconds)
{
    int64_t ms = seconds > 86400 * 365.0 ? INT64_MAX / 2 : (int64_t)(seconds * 1000);

    if (clock_left(&job->deadline, INT64_MAX) <= ms) {
        return false;
    }
    for (int64_t until = clock_ms() + ms, left; (left = until - clock_ms()) > 0;) {
        if (job->stop != NULL && *job->stop != 0) {
            return false;
        }
        struct timespec slice = {.tv_nsec = (long)(left < 100 ? left : 100) * 1000000};
        nanosleep(&slice, NULL);
    }
    return true;
}

static bool wait_turn(const struct job *job, long attempt, const struct net_reply *reply)
{
    double asked = retry_after(reply->retry_after, (long long)time(NULL));

    return attempt < job->retries && pause_for(job, asked >= 0 ? asked : backoff(attempt));
}

bool retry_read(const struct job *job, long attempt, int result, const struct net_reply *reply,
                const struct error *err)
{
    bool lost = result != 0 && err->code == EXIT_NETWORK && reply->lost;
    bool busy = result == 0 && (reply->status == 429 || reply->status == 502 ||
                                reply->status == 503 || reply->status == 504);

    return (lost || busy) && wait_turn(job, attempt, reply);
}

bool retry_submission(const struct job *job, long attempt, int result,
                      const struct net_reply *reply)
{
    return result == 0 && (reply->status == 429 || reply->status == 503) &&
           wait_turn(job, attempt, reply);
}
