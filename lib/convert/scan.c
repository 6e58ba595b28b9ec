#include "convert/scan.h"

#include <stdlib.h>
#include <string.h>

#include "convert/scan_keys.h"
#include "convert/scan_scalar.h"
#include "wire/json.h"

_Static_assert(JSON_DEPTH_MAX <= 64, "scan.h keeps 64 levels");

void scan_init(struct scan *s, struct window *w, const struct mapping_index *index)
{
    s->w = w;
    s->index = index;
    s->p = w->limit;
    s->n = s->n_keys = 0;
    s->depth = 0;
    s->loose = true;
}

void scan_release(struct scan *s)
{
    if (s != NULL) {
        free(s->members);
        free(s->keys);
        *s = (struct scan){.w = NULL};
    }
}

int scan_broken(const struct scan *s, const char *p, const char *why, struct error *err)
{
    const struct window *w = s->w;

    return error_set(err, EXIT_INPUT, "%s is not valid JSON: %s (line %llu, column %llu)", w->name,
                     why, (unsigned long long)w->line, (unsigned long long)window_column(w, p));
}

char *scan_settle(struct scan *s, char *p, struct error *err)
{
    while (*p == '\0' && p == s->w->limit && !s->w->eof) {
        p = window_more(s->w, p, SIZE_MAX, err);
        if (p == NULL) {
            return NULL;
        }
    }
    return p;
}

char *scan_settle_n(struct scan *s, char *p, size_t n, size_t string, struct error *err)
{
    while (p != NULL && (size_t)(s->w->limit - p) < n && !s->w->eof) {
        p = window_more(s->w, p, string, err);
    }
    return p;
}

char *scan_unexpected(struct scan *s, char *p, const char *why, struct error *err)
{
    if (p == s->w->limit) {
        why = "it ends too early";
    } else if ((unsigned char)*p == 0xef && (unsigned char)p[1] == 0xbb) {
        why = "it has a byte order mark";
    }
    scan_broken(s, p, why, err);
    return NULL;
}

static char *skip_space(struct scan *s, char *p, struct error *err)
{
    struct window *w = s->w;

    for (;;) {
        switch (*p) {
        case ' ':
        case '\t':
        case '\r':
            p++;
            break;
        case '\n':
            p++;
            w->line++;
            w->line_base = w->base + (uint64_t)(p - w->buf);
            break;
        case '\0':
            if (p != w->limit || w->eof) {
                return p;
            }
            if (s->loose) {
                window_begin(w, p);
            }
            p = window_more(w, p, SIZE_MAX, err);
            if (p == NULL) {
                return NULL;
            }
            break;
        default:
            return p;
        }
    }
}

int scan_space(struct scan *s, struct error *err)
{
    char *p = skip_space(s, s->p, err);

    if (p == NULL) {
        return -1;
    }
    s->p = p;
    return 0;
}

/* A key up to the value behind it; its place goes to *key. */
static char *read_key(struct scan *s, char *p, struct scan_key *key, bool *escaped,
                      struct error *err)
{
    if (*p != '"') {
        return scan_unexpected(s, p, "a key in quotes is expected here", err);
    }
    *key = (struct scan_key){.at = (uint32_t)(p + 1 - window_text(s->w)),
                             .line = s->w->line,
                             .column = (uint32_t)window_column(s->w, p)};
    *escaped = false;
    p = scan_scalar_string(s, p + 1, SIZE_MAX, escaped, err);
    if (p == NULL) {
        return NULL;
    }
    key->n = (uint32_t)(p - window_text(s->w)) - key->at;
    if (key->n > SCAN_KEY_MAX) {
        return scan_unexpected(s, p, "a key is longer than 4096 bytes", err);
    }
    p++;
    if (*p != ':') {
        p = skip_space(s, p, err);
        if (p == NULL || *p != ':') {
            return p == NULL ? NULL : scan_unexpected(s, p, "':' is expected here", err);
        }
    }
    return skip_space(s, p + 1, err);
}

static char *open_value(struct scan *s, char *p, struct error *err)
{
    if (s->depth == JSON_DEPTH_MAX) {
        return scan_unexpected(s, p, "it is nested deeper than 64 levels", err);
    }
    s->kind[s->depth] = *p;
    s->first_key[s->depth++] = s->n_keys;
    return skip_space(s, p + 1, err);
}

static char *close_value(struct scan *s, char *p, struct error *err)
{
    s->depth--;
    if (s->kind[s->depth] == '{' && scan_keys_check(s, s->first_key[s->depth], err) != 0) {
        return NULL;
    }
    s->n_keys = s->first_key[s->depth];
    return p + 1;
}

/* The key of a nested object's next member. */
static char *nested_key(struct scan *s, char *p, struct error *err)
{
    struct scan_key key;
    bool escaped;

    p = read_key(s, p, &key, &escaped, err);
    if (p == NULL || scan_keys_add(s, &key, err) != 0) {
        return NULL;
    }
    return p;
}

/* After a value in a nested array or object: closes what ends here, up to depth `least`. Returns
 * where the next value begins; *done is set when there is none. */
static char *after_value(struct scan *s, char *p, unsigned least, bool *done, struct error *err)
{
    while (s->depth > least) {
        char kind = s->kind[s->depth - 1];
        p = skip_space(s, p, err);
        if (p == NULL) {
            return NULL;
        }
        if (*p == ',') {
            p = skip_space(s, p + 1, err);
            return p == NULL || kind == '[' ? p : nested_key(s, p, err);
        }
        if (*p != (kind == '{' ? '}' : ']')) {
            return scan_unexpected(
                s, p, kind == '{' ? "',' or '}' is expected here" : "',' or ']' is expected here",
                err);
        }
        p = close_value(s, p, err);
        if (p == NULL) {
            return NULL;
        }
    }
    *done = true;
    return p;
}

/* Any value. */
static char *scan_value(struct scan *s, char *p, struct error *err)
{
    unsigned least = s->depth;
    bool done = false;

    while (!done) {
        char first = *p;
        if (first == '{' || first == '[') {
            p = open_value(s, p, err);
            if (p == NULL) {
                return NULL;
            }
            if (*p != (first == '{' ? '}' : ']')) {
                if (first == '{' && (p = nested_key(s, p, err)) == NULL) {
                    return NULL;
                }
                continue;
            }
            p = close_value(s, p, err);
        } else {
            p = scan_scalar(s, p, err);
        }
        if (p == NULL || s->depth == least) {
            return p;
        }
        p = after_value(s, p, least, &done, err);
        if (p == NULL) {
            return NULL;
        }
    }
    return p;
}

/* Notes a member whose key was read; -1 when the list is full. */
static int add_member(struct scan *s, const struct scan_key *key, bool escaped, bool advanced,
                      struct error *err)
{
    char plain[SCAN_KEY_MAX];
    const char *name = window_text(s->w) + key->at;
    size_t n = key->n;

    if (s->n == s->cap) {
        size_t cap = s->cap == 0 ? 128 : 2 * s->cap;
        struct scan_member *grown = realloc(s->members, cap * sizeof *grown);
        if (grown == NULL) {
            return error_memory(err, "reading parameters");
        }
        s->members = grown;
        s->cap = cap;
    }
    if (escaped) {
        n = scan_scalar_unescape(plain, name, n);
        name = plain;
    }
    int found = mapping_index_find(s->index, name, n);
    s->members[s->n++] = (struct scan_member){.key = key->at,
                                              .key_n = key->n,
                                              .name = (int16_t)found,
                                              .advanced = advanced,
                                              .escaped = escaped,
                                              .line = key->line,
                                              .column = key->column};
    if (found < 0) {
        return scan_keys_add(s, key, err);
    }
    uint64_t *seen = &s->seen[advanced][found / 64], bit = UINT64_C(1) << (found % 64);
    if ((*seen & bit) != 0) {
        return scan_keys_twice(s, key, err);
    }
    *seen |= bit;
    return 0;
}

static bool is_advanced_params(const struct scan *s, const struct scan_member *m)
{
    int row = m->name < 0 ? -1 : s->index->names[m->name].top;

    return row >= 0 && mapping_rows[row].rule == MAPPING_LIFT;
}

static char *scan_members(struct scan *s, char *p, bool advanced, struct error *err)
{
    p = open_value(s, p, err);
    if (p == NULL || *p == '}') {
        return p == NULL ? NULL : close_value(s, p, err);
    }
    for (;;) {
        struct scan_key key;
        bool escaped;
        p = read_key(s, p, &key, &escaped, err);
        if (p == NULL || add_member(s, &key, escaped, advanced, err) != 0) {
            return NULL;
        }
        size_t at = s->n - 1, value = (size_t)(p - window_text(s->w));
        bool lifted = !advanced && *p == '{' && is_advanced_params(s, &s->members[at]);
        p = lifted ? scan_members(s, p, true, err) : scan_value(s, p, err);
        if (p == NULL) {
            return NULL;
        }
        s->members[at].value = (uint32_t)value;
        s->members[at].value_n = (uint32_t)((size_t)(p - window_text(s->w)) - value);
        if (*p != ',' && (p = skip_space(s, p, err)) == NULL) {
            return NULL;
        }
        if (*p == '}') {
            return close_value(s, p, err);
        }
        if (*p != ',') {
            return scan_unexpected(s, p, "',' or '}' is expected here", err);
        }
        p = skip_space(s, p + 1, err);
        if (p == NULL) {
            return NULL;
        }
    }
}

int scan_object(struct scan *s, struct error *err)
{
    s->n = s->n_keys = 0;
    s->depth = 0;
    memset(s->seen, 0, sizeof s->seen);
    bool loose = s->loose;
    s->loose = false;
    char *p = scan_members(s, s->p, false, err);
    s->loose = loose;
    if (p == NULL) {
        return -1;
    }
    s->p = p;
    return 0;
}
