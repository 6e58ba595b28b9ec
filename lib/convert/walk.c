#include "convert/walk.h"

#include <string.h>

#include "convert/scan_scalar.h"

const char *walk_space(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') {
        p++;
    }
    return p;
}

static const char *string_end(const char *p)
{
    for (p++; *p != '"'; p++) {
        p += *p == '\\';
    }
    return p + 1;
}

const char *walk_value(const char *p)
{
    size_t depth = 0;

    do {
        switch (*p) {
        case '"':
            p = string_end(p);
            continue;
        case '{':
        case '[':
            depth++;
            break;
        case '}':
        case ']':
            depth--;
            break;
        default:
            if (depth == 0) {
                return p + strcspn(p, ",]} \t\r\n");
            }
        }
        p++;
    } while (depth > 0);
    return p;
}

/* Steps over a bracket or a comma; false when the value ends instead. */
static bool step(const char **p)
{
    const char *at = walk_space(*p);

    if (*at == '}' || *at == ']') {
        *p = at;
        return false;
    }
    at = walk_space(at + 1);
    *p = at;
    return *at != '}' && *at != ']';
}

bool walk_member(const char **p, struct walk_member *m)
{
    if (!step(p)) {
        return false;
    }
    const char *end = string_end(*p);
    m->key = *p + 1;
    m->key_n = (size_t)(end - 1 - m->key);
    m->value = walk_space(walk_space(end) + 1);
    *p = walk_value(m->value);
    m->value_n = (size_t)(*p - m->value);
    return true;
}

bool walk_element(const char **p, const char **value, size_t *n)
{
    if (!step(p)) {
        return false;
    }
    *value = *p;
    *p = walk_value(*value);
    *n = (size_t)(*p - *value);
    return true;
}

static bool text_is(const char *text, size_t n, const char *what)
{
    char plain[64 * 6];
    size_t want = strlen(what);

    if (n == want && memcmp(text, what, n) == 0) {
        return true;
    }
    return n <= sizeof plain && n > want && memchr(text, '\\', n) != NULL &&
           scan_scalar_unescape(plain, text, n) == want && memcmp(plain, what, want) == 0;
}

bool walk_key_is(const struct walk_member *m, const char *name)
{
    return text_is(m->key, m->key_n, name);
}

bool walk_string_is(const char *value, size_t n, const char *what)
{
    return n >= 2 && *value == '"' && text_is(value + 1, n - 2, what);
}
