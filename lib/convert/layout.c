#include "convert/layout.h"

#include <stdio.h>
#include <string.h>

/* Copies n bytes when they fit, else the plain form. */
static void take(char *to, const char *from, size_t n, const char *plain)
{
    if (n >= LAYOUT_MAX) {
        from = plain;
        n = strlen(plain);
    }
    memcpy(to, from, n);
    to[n] = '\0';
}

/* The next member of the request itself after place i, or NULL. */
static const struct scan_member *next_member(const struct scan *s, size_t i)
{
    for (i++; i < s->n; i++) {
        if (!s->members[i].advanced) {
            return &s->members[i];
        }
    }
    return NULL;
}

void layout_learn(struct layout *l, const struct scan *s, size_t at, size_t end)
{
    const char *text = window_text(s->w);
    const struct scan_member *first = s->n > 0 ? &s->members[0] : NULL;
    const struct scan_member *second = s->n > 0 ? next_member(s, 0) : NULL;
    const char *last = text + end - 1; /* the brace */

    if (first == NULL) {
        *l = (struct layout){.colon = ":", .comma = ","};
        return;
    }
    size_t open = first->key - 1 - (at + 1);
    take(l->open, text + at + 1, open, "");
    take(l->colon, text + first->key + first->key_n + 1,
         first->value - (first->key + first->key_n + 1), ":");
    if (second != NULL) {
        size_t from = first->value + first->value_n;
        take(l->comma, text + from, second->key - 1 - from, ",");
    } else {
        snprintf(l->comma, sizeof l->comma, ",%.*s", LAYOUT_MAX - 2, l->open);
    }
    const char *close = last;
    while (close > text &&
           (close[-1] == ' ' || close[-1] == '\n' || close[-1] == '\t' || close[-1] == '\r')) {
        close--;
    }
    take(l->close, close, (size_t)(last - close), "");
}

void layout_nest(struct layout *inner, const struct layout *outer)
{
    const char *open = strrchr(outer->open, '\n'), *close = strrchr(outer->close, '\n');
    size_t depth = close == NULL ? 0 : strlen(close + 1);

    *inner = *outer;
    if (open == NULL || strlen(open + 1) < depth) {
        return;
    }
    const char *unit = open + 1 + depth; /* one step of indentation */
    size_t n = strlen(unit), most = LAYOUT_MAX - 1;
    if (strlen(outer->open) + n > most || strlen(outer->comma) + n > most) {
        return;
    }
    memcpy(inner->open + strlen(outer->open), unit, n + 1);
    memcpy(inner->comma + strlen(outer->comma), unit, n + 1);
    memcpy(inner->close, outer->open, sizeof inner->close);
}
