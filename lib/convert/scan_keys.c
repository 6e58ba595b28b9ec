#include "convert/scan_keys.h"

#include <stdlib.h>
#include <string.h>

#include "convert/scan_scalar.h"

#define FEW 16 /* keys that are compared with each other, without sorting */

int scan_keys_add(struct scan *s, const struct scan_key *key, struct error *err)
{
    if (s->n_keys == s->keys_cap) {
        size_t cap = s->keys_cap == 0 ? 128 : 2 * s->keys_cap;
        struct scan_key *grown = realloc(s->keys, cap * sizeof *grown);
        if (grown == NULL) {
            return error_memory(err, "reading parameters");
        }
        s->keys = grown;
        s->keys_cap = cap;
    }
    if (s->n_keys - s->first_key[s->depth - 1] == SCAN_MEMBERS_MAX) {
        return error_set(err, EXIT_INPUT,
                         "%s has an object with more than %d members (line %llu, column %u)",
                         s->w->name, SCAN_MEMBERS_MAX, (unsigned long long)key->line, key->column);
    }
    s->keys[s->n_keys++] = *key;
    return 0;
}

int scan_keys_compare(const char *text, const struct scan_key *a, const struct scan_key *b)
{
    char plain[2][SCAN_KEY_MAX];
    const char *key[2] = {text + a->at, text + b->at};
    size_t n[2] = {a->n, b->n};

    for (int i = 0; i < 2; i++) {
        if (memchr(key[i], '\\', n[i]) != NULL) {
            n[i] = scan_scalar_unescape(plain[i], key[i], n[i]);
            key[i] = plain[i];
        }
    }
    int order = memcmp(key[0], key[1], n[0] < n[1] ? n[0] : n[1]);
    return order != 0 ? order : n[0] < n[1] ? -1 : n[0] > n[1];
}

/* qsort() takes no context, and may not be stable; equal keys are what is looked for anyway. */
static void sift(const char *text, struct scan_key *keys, size_t at, size_t n)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= n) {
            return;
        }
        if (child + 1 < n && scan_keys_compare(text, &keys[child], &keys[child + 1]) < 0) {
            child++;
        }
        if (scan_keys_compare(text, &keys[at], &keys[child]) >= 0) {
            return;
        }
        struct scan_key other = keys[at];
        keys[at] = keys[child];
        keys[child] = other;
        at = child;
    }
}

static void sort(const char *text, struct scan_key *keys, size_t n)
{
    for (size_t i = n / 2; i-- > 0;) {
        sift(text, keys, i, n);
    }
    for (size_t i = n; i-- > 1;) {
        struct scan_key other = keys[0];
        keys[0] = keys[i];
        keys[i] = other;
        sift(text, keys, 0, i);
    }
}

int scan_keys_twice(const struct scan *s, const struct scan_key *key, struct error *err)
{
    return error_set(err, EXIT_INPUT,
                     "%s is not valid JSON: a key stands twice in an object (line %llu, column %u)",
                     s->w->name, (unsigned long long)key->line, key->column);
}

static int duplicate(const struct scan *s, const struct scan_key *a, const struct scan_key *b,
                     struct error *err)
{
    bool later = b->line > a->line || (b->line == a->line && b->column > a->column);

    return scan_keys_twice(s, later ? b : a, err);
}

/* Whether two of a few keys are equal; most differ in length or in the first bytes. */
static int check_few(const struct scan *s, const struct scan_key *keys, size_t n, struct error *err)
{
    const char *text = window_text(s->w);
    bool escapes = false;

    for (size_t i = 0; i < n; i++) {
        escapes = escapes || memchr(text + keys[i].at, '\\', keys[i].n) != NULL;
    }
    for (size_t i = 1; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            bool same = escapes ? scan_keys_compare(text, &keys[i], &keys[j]) == 0
                                : keys[i].n == keys[j].n &&
                                      memcmp(text + keys[i].at, text + keys[j].at, keys[i].n) == 0;
            if (same) {
                return duplicate(s, &keys[i], &keys[j], err);
            }
        }
    }
    return 0;
}

int scan_keys_check(struct scan *s, size_t first, struct error *err)
{
    const char *text = window_text(s->w);
    size_t n = s->n_keys - first;

    if (n < 2) {
        return 0;
    }
    struct scan_key *keys = s->keys + first;
    if (n <= FEW) {
        return check_few(s, keys, n, err);
    }
    sort(text, keys, n);
    for (size_t i = 1; i < n; i++) {
        if (scan_keys_compare(text, &keys[i - 1], &keys[i]) == 0) {
            return duplicate(s, &keys[i - 1], &keys[i], err);
        }
    }
    return 0;
}
