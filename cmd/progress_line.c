#include "cmd/progress_line.h"

#include <stdio.h>
#include <string.h>

#include "cmd/terminal.h"

#define BAR 24      /* columns of a bar where there is room, */
#define BAR_LEAST 4 /* and below which there is none */

void progress_line_put(struct progress_line *l, const char *text)
{
    size_t width;
    size_t n = terminal_fit(text, l->max - l->width, &width);

    buf_add(l->out, text, n);
    l->width += width;
}

static void put_colour(struct progress_line *l, const char *code)
{
    if (l->colour) {
        buf_adds(l->out, code);
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

/* A bar as wide as what follows it allows. */
static void put_bar(struct progress_line *l, double fraction, size_t behind)
{
    char bar[BAR + 1];
    size_t left = l->max - l->width, room = left > behind + 3 ? left - behind - 3 : 0;
    int width = room < BAR ? (int)room : BAR;
    int full = (int)(fraction * width);

    if (width < BAR_LEAST) {
        return;
    }
    progress_line_put(l, "[");
    put_colour(l, "\033[36m");
    memset(bar, '#', (size_t)full);
    bar[full] = '\0';
    progress_line_put(l, bar);
    put_colour(l, "\033[0m");
    memset(bar, '.', (size_t)(width - full));
    bar[width - full] = '\0';
    progress_line_put(l, bar);
    progress_line_put(l, "] ");
}

void progress_line_progress(struct progress_line *l, const struct progress *p)
{
    char text[160], eta[32];
    int n = 0;

    if (p->queued && p->position > 0) {
        snprintf(text, sizeof text,
                 p->length >= p->position ? "waiting, %ld of %ld in the queue"
                                          : "waiting, place %ld in the queue",
                 p->position, p->length);
        progress_line_put(l, text);
    } else if (!(p->fraction >= 0)) {
        progress_line_put(l, "waiting for the server");
    } else {
        double fraction = p->fraction < 1 ? p->fraction : 1;
        n = snprintf(text, sizeof text, "%3.0f%%", fraction * 100);
        if (p->steps > 0) {
            n += snprintf(text + n, sizeof text - (size_t)n, "  step %ld/%ld", p->step, p->steps);
        }
        if (p->eta >= 0) {
            format_time(eta, sizeof eta, p->eta);
            n += snprintf(text + n, sizeof text - (size_t)n, "  ETA %s", eta);
        }
        put_bar(l, fraction, (size_t)n);
        progress_line_put(l, text);
    }
}

void progress_line_word(struct progress_line *l, const char *word)
{
    put_colour(l, strcmp(word, "succeeded") == 0 ? "\033[32m"
                  : strcmp(word, "failed") == 0  ? "\033[31m"
                                                 : "\033[33m");
    progress_line_put(l, word);
    put_colour(l, "\033[0m");
}
