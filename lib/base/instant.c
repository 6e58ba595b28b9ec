#include "base/instant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t instant_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t instant_of(int year, int month, int day, int hour, int minute, int second)
{
    long long y = month > 2 ? year : year - 1LL;
    long long era = y / 400, of_era = y % 400;
    long long of_year = (153LL * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    long long days = era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;

    return days * 86400 + hour * 3600LL + minute * 60LL + second;
}

/* Exactly n digits; advances. */
static bool digits(const char **at, int n, int *value)
{
    *value = 0;
    for (int i = 0; i < n; i++, (*at)++) {
        if (**at < '0' || **at > '9') {
            return false;
        }
        *value = *value * 10 + (**at - '0');
    }
    return true;
}

static bool skip(const char **at, char c)
{
    if (**at != c) {
        return false;
    }
    (*at)++;
    return true;
}

/* HH:MM[:SS[.fff]] */
static bool read_time(const char **at, int *hour, int *minute, int *second, int *ms)
{
    int digit, scale = 100;

    if (!digits(at, 2, hour) || !skip(at, ':') || !digits(at, 2, minute)) {
        return false;
    }
    if (!skip(at, ':')) {
        return true;
    }
    if (!digits(at, 2, second)) {
        return false;
    }
    if (skip(at, '.')) {
        if (!digits(at, 1, &digit)) {
            return false;
        }
        *ms = digit * scale;
        while (**at >= '0' && **at <= '9') {
            scale /= 10;
            *ms += (*(*at)++ - '0') * scale;
        }
    }
    return true;
}

/* Z, +HH:MM, +HHMM or nothing (*local). */
static bool read_zone(const char **at, long *offset, bool *local)
{
    int hour, minute = 0;
    int sign = **at == '-' ? -1 : 1;

    *local = **at == '\0';
    *offset = 0;
    if (*local || skip(at, 'Z') || skip(at, 'z')) {
        return true;
    }
    if (!(skip(at, '+') || skip(at, '-')) || !digits(at, 2, &hour)) {
        return false;
    }
    skip(at, ':');
    if (**at != '\0' && !digits(at, 2, &minute)) {
        return false;
    }
    *offset = sign * (hour * 3600L + minute * 60L);
    return hour <= 15 && minute <= 59;
}

static int64_t local_time(int year, int month, int day, int hour, int minute, int second)
{
    struct tm tm = {.tm_year = year - 1900,
                    .tm_mon = month - 1,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute,
                    .tm_sec = second,
                    .tm_isdst = -1};

    return (int64_t)mktime(&tm);
}

bool instant_parse(const char *text, int64_t *ms)
{
    int year, month, day, hour = 0, minute = 0, second = 0, fraction = 0;
    const char *at = text;
    long offset;
    bool local;

    if (!digits(&at, 4, &year) || !skip(&at, '-') || !digits(&at, 2, &month) || !skip(&at, '-') ||
        !digits(&at, 2, &day)) {
        return false;
    }
    if ((skip(&at, 'T') || skip(&at, 't') || skip(&at, ' ')) &&
        !read_time(&at, &hour, &minute, &second, &fraction)) {
        return false;
    }
    if (!read_zone(&at, &offset, &local) || *at != '\0' || year < 1970 || month < 1 || month > 12 ||
        day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    int64_t seconds = local ? local_time(year, month, day, hour, minute, second)
                            : instant_of(year, month, day, hour, minute, second) - offset;
    *ms = seconds * 1000 + fraction;
    return true;
}

void instant_format(char to[INSTANT_TEXT], int64_t ms, long offset, bool zone)
{
    time_t at = (time_t)(ms / 1000 + offset);
    struct tm tm;

    if (gmtime_r(&at, &tm) == NULL ||
        strftime(to, INSTANT_TEXT, zone ? "%Y-%m-%dT%H:%M:%SZ" : "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
        to[0] = '\0';
    }
}
