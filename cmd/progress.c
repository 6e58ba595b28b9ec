#include "cmd/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BAR 24

static bool drawn;

bool progress_begin(bool wanted)
{
    const char *term = getenv("TERM");

    return wanted && isatty(STDERR_FILENO) && (term == NULL || strcmp(term, "dumb") != 0);
}

static void clear(void)
{
    if (drawn) {
        fputs("\r\033[K", stderr);
        drawn = false;
    }
}

/* "1:05" of seconds. */
static void format_time(char *to, size_t cap, double seconds)
{
    long s = seconds < 360000 ? (long)(seconds + 0.5) : 360000;

    if (s >= 3600) {
        snprintf(to, cap, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    } else {
        snprintf(to, cap, "%ld:%02ld", s / 60, s % 60);
    }
}

void progress_show(void *ctx, const struct progress *p)
{
    char bar[BAR + 1], eta[32];

    (void)ctx;
    clear();
    drawn = true;
    if (p->queued && p->position > 0) {
        fprintf(stderr, "waiting, %ld of %ld in the queue", p->position, p->length);
    } else if (p->fraction < 0) {
        fputs("waiting for the server", stderr);
    } else {
        int full = (int)(p->fraction * BAR);
        memset(bar, '#', (size_t)full);
        memset(bar + full, '.', (size_t)(BAR - full));
        bar[BAR] = '\0';
        fprintf(stderr, "[%s] %3.0f%%", bar, p->fraction * 100);
        if (p->steps > 0) {
            fprintf(stderr, "  step %ld/%ld", p->step, p->steps);
        }
        if (p->eta >= 0) {
            format_time(eta, sizeof eta, p->eta);
            fprintf(stderr, "  ETA %s", eta);
        }
    }
    fflush(stderr);
}

void progress_log(const char *line)
{
    clear();
    fprintf(stderr, "sdctl: %s\n", line);
}

void progress_end(void)
{
    clear();
    fflush(stderr);
}
