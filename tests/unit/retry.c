#include "job/retry.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "unit.h"

static const long long now = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */

static void check_table(void)
{
    static const struct {
        const char *value;
        double seconds;
    } rows[] = {
        {"0", 0},
        {"1", 1},
        {"120", 120},
        {"0000000000000000000000005", 5},
        {"9223372036854775807", 9223372036854775807.0},
        {"9223372036854775808", HUGE_VAL},
        {"99999999999999999999999999999999999999999999999999999999", HUGE_VAL},
        {"", -1},
        {"-1", -1},
        {"+5", -1},
        {"1.5", -1},
        {"1e3", -1},
        {" 5", -1},
        {"5 ", -1},
        {"5s", -1},
        {"0x5", -1},
        {"soon", -1},
        {"\xd9\xa1", -1},
        {"Sun, 06 Nov 1994 08:49:37 GMT", 0},
        {"Sun, 06 Nov 1994 08:49:38 GMT", 1},
        {"Sun, 06 Nov 1994 08:50:37 GMT", 60},
        {"Mon, 07 Nov 1994 08:49:37 GMT", 86400},
        {"Mon, 06 Nov 1995 08:49:37 GMT", 365 * 86400.0},
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Sun, 06 Nov 1994 08:49:00 GMT", 0},
        {"Fri, 31 Dec 9999 23:59:59 GMT", 253402300799.0 - 784111777.0},
        {"Sun, 06 Nov 1994 08:49:37", -1},
        {"Sun, 06 Nov 1994 08:49:37 UTC", -1},
        {"Sun, 06 Nov 1994 08:49:37 GMT x", -1},
        {"Sun, 00 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 32 Nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 Foo 1994 08:49:37 GMT", -1},
        {"Sun, 06 ovD 1994 08:49:37 GMT", -1},
        {"Sun, 06 nov 1994 08:49:37 GMT", -1},
        {"Sun, 06 Nov 1994 24:00:00 GMT", -1},
        {"Sun, 06 Nov 1994 08:60:00 GMT", -1},
        {"Sun, 06 Nov 1994 08:49:61 GMT", -1},
        {"Sun, 06 Nov 0000 08:49:37 GMT", -1},
        {"Sun, 06 Nov -999 08:49:37 GMT", -1},
        {"Sun, 06 Nov 1994 -1:49:37 GMT", -1},
        {"Sun", -1},
        {"Sun, ", -1},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double got = retry_after(rows[i].value, now);
        CHECK(got == rows[i].seconds, "'%s': %g, not %g", rows[i].value, got, rows[i].seconds);
    }
}

/* Random dates, held against the C library. */
static void check_dates(void)
{
    for (unsigned round = 0; round < 20000; round++) {
        time_t at = (time_t)((long long)rand() * 120 % 253402300800LL);
        char text[64];
        struct tm tm;
        if (gmtime_r(&at, &tm) == NULL ||
            strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm) == 0) {
            abort();
        }
        double got = retry_after(text, 0);
        if (got != (double)at || round == 0) {
            CHECK(got == (double)at, "%s: %.0f", text, got);
        }
    }
}

/*
 * For every sequence of up to five answers: the submission is sent once, and once more for each
 * explicit refusal (429, 503) before the last attempt, but never after anything else.
 */
static void check_submissions(void)
{
    static const struct {
        int result, status;
    } answers[] = {{0, 200}, {0, 429}, {0, 503}, {0, 500}, {0, 502},
                   {0, 504}, {0, 400}, {-1, 0},  {-1, 200}};
    enum { KINDS = sizeof answers / sizeof *answers, LENGTH = 5 };
    struct patience job = {0};
    int64_t pause;

    job.deadline = clock_deadline(60);
    for (job.retries = 0; job.retries <= 5; job.retries++) {
        for (unsigned long sequence = 0; sequence < 59049; sequence++) {
            unsigned long left = sequence;
            long sent = 0, refused = 0;
            for (long attempt = 0; attempt < LENGTH; attempt++, left /= KINDS) {
                struct net_reply reply = {.status = answers[left % KINDS].status,
                                          .retry_after = "0",
                                          .sent = true,
                                          .lost = answers[left % KINDS].result != 0};
                sent++;
                refused += answers[left % KINDS].result == 0 &&
                           (reply.status == 429 || reply.status == 503);
                if (!retry_submission(&job, attempt, answers[left % KINDS].result, &reply,
                                      &pause)) {
                    break;
                }
            }
            if (sent > 1 + refused || sent > job.retries + 1) {
                CHECK(false, "sequence %lu: %ld submissions, %ld refusals", sequence, sent,
                      refused);
            }
        }
    }
    CHECK(true, "submissions");
}

static void check_reads(void)
{
    static const int repeated[] = {429, 502, 503, 504};
    struct patience job = {.retries = 3};
    int64_t pause;
    struct error err = {.code = EXIT_NETWORK};

    job.deadline = clock_deadline(60);
    for (int status = 100; status < 600; status++) {
        struct net_reply reply = {.status = status, .retry_after = "0"};
        bool expected = false;
        for (size_t i = 0; i < 4; i++) {
            expected = expected || repeated[i] == status;
        }
        CHECK(retry_read(&job, 0, 0, &reply, &err, &pause) == expected, "status %d", status);
        CHECK(!retry_read(&job, 3, 0, &reply, &err, &pause), "status %d, no retries left", status);
    }
    struct net_reply lost = {.lost = true, .retry_after = "0"};
    struct net_reply gone = {.retry_after = "0"};
    CHECK(retry_read(&job, 0, -1, &lost, &err, &pause), "a lost answer");
    CHECK(!retry_read(&job, 0, -1, &gone, &err, &pause), "no connection");
    err.code = EXIT_FAILED;
    CHECK(!retry_read(&job, 0, -1, &lost, &err, &pause), "an unusable answer");
    struct net_reply far = {.status = 429, .retry_after = "61"};
    int64_t before = clock_ms();
    CHECK(!retry_read(&job, 0, 0, &far, &err, &pause) && clock_ms() - before < 1000,
          "what does not fit the deadline ends at once");
    struct net_reply near = {.status = 429, .retry_after = "5"};
    CHECK(retry_read(&job, 0, 0, &near, &err, &pause) && pause == 5000, "what Retry-After says");
    volatile sig_atomic_t stop = 2;
    job.stop = &stop;
    before = clock_ms();
    CHECK(!retry_wait(&job, pause) && clock_ms() - before < 1000, "a signal ends a pause");
}

int main(void)
{
    srand(1);
    if (sodium_init() < 0) {
        return 1;
    }
    check_table();
    check_dates();
    check_submissions();
    check_reads();
    return unit_done("retry");
}
