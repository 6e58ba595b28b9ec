#include "net/range.h"

#include <string.h>
#include <strings.h>

/* Digits from *at on; false when there are none or they do not fit. */
static bool read_number(const char *text, size_t n, size_t *at, uint64_t *value)
{
    size_t from = *at;

    for (*value = 0; *at < n && text[*at] >= '0' && text[*at] <= '9'; (*at)++) {
        uint64_t digit = (uint64_t)(text[*at] - '0');
        if (*value > (INT64_MAX - digit) / 10) {
            return false;
        }
        *value = *value * 10 + digit;
    }
    return *at > from;
}

static bool skip(const char *text, size_t n, size_t *at, char c)
{
    return *at < n && text[(*at)++] == c;
}

bool range_read(const char *value, size_t n, uint64_t *first, uint64_t *last, uint64_t *total)
{
    size_t at = 6;

    if (n < 6 || strncasecmp(value, "bytes ", 6) != 0 || !read_number(value, n, &at, first) ||
        !skip(value, n, &at, '-') || !read_number(value, n, &at, last) ||
        !skip(value, n, &at, '/') || *first > *last) {
        return false;
    }
    *total = 0;
    if (n == at + 1 && value[at] == '*') {
        return true;
    }
    return read_number(value, n, &at, total) && at == n && *last < *total;
}

bool range_is_strong(const char *etag)
{
    size_t n = strlen(etag);

    if (n < 2 || etag[0] != '"' || etag[n - 1] != '"') {
        return false;
    }
    for (size_t i = 1; i < n - 1; i++) {
        if (etag[i] < 0x21 || etag[i] > 0x7e || etag[i] == '"') {
            return false;
        }
    }
    return true;
}
