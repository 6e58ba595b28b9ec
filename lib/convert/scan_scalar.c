#include "convert/scan_scalar.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
static unsigned marks(const char *p)
{
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    /* as signed numbers both control characters and bytes over 127 are less than a space */
    __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));

    return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_or_si128(quote, slash)));
}

/* The next quote, backslash, control character or byte over 127; the NUL at the end of what was
 * read is one. */
static char *plain_end(char *p)
{
    unsigned found;

    while ((found = marks(p)) == 0) {
        p += 16;
    }
    return p + __builtin_ctz(found);
}
#else
static char *plain_end(char *p)
{
    static const uint64_t ones = 0x0101010101010101U, tops = 0x8080808080808080U;

    for (;; p += 8) {
        uint64_t v, quote, slash;
        memcpy(&v, p, 8);
        quote = v ^ ones * '"';
        slash = v ^ ones * '\\';
        if ((((v - ones * 0x20) | (quote - ones) | (slash - ones) | v) & tops) != 0) {
            break;
        }
    }
    while ((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\') {
        p++;
    }
    return p;
}
#endif

/* One character of two to four bytes; the following ones do not count as columns. */
static char *scan_wide(struct scan *s, char *p, struct error *err)
{
    const unsigned char *c = (unsigned char *)p;
    unsigned n = c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    bool good = c[0] >= 0xc2 && c[0] <= 0xf4;

    for (unsigned i = 1; good && i < n; i++) {
        good = (c[i] & 0xc0) == 0x80;
    }
    if (good && n == 3) {
        good = !(c[0] == 0xe0 && c[1] < 0xa0) && !(c[0] == 0xed && c[1] > 0x9f);
    } else if (good && n == 4) {
        good = !(c[0] == 0xf0 && c[1] < 0x90) && !(c[0] == 0xf4 && c[1] > 0x8f);
    }
    if (!good) {
        return scan_unexpected(s, p, "it is not UTF-8", err);
    }
    s->w->line_base += n - 1;
    return p + n;
}

static int hex4(const char *p)
{
    int value = 0;

    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) {
            return -1;
        }
        value = value << 4 | digit;
    }
    return value;
}

/* An escape, whole in the window. */
static char *scan_escape(struct scan *s, char *p, struct error *err)
{
    if (p[1] != 'u') {
        if (p[1] == '\0' || strchr("\"\\/bfnrt", p[1]) == NULL) {
            return scan_unexpected(s, p + 1, "a string has an unknown escape", err);
        }
        return p + 2;
    }
    int unit = hex4(p + 2);
    if (unit < 0) {
        return scan_unexpected(s, p, "a string has a broken \\u escape", err);
    }
    if ((unit & 0xf800) != 0xd800) {
        return p + 6;
    }
    int low = p[6] == '\\' && p[7] == 'u' ? hex4(p + 8) : -1;
    if (unit >= 0xdc00 || (low & 0xfc00) != 0xdc00 || low < 0) {
        return scan_unexpected(s, p, "a string has half of a surrogate pair", err);
    }
    return p + 12;
}

char *scan_scalar_string(struct scan *s, char *p, size_t string, bool *escaped, struct error *err)
{
    for (;;) {
        p = plain_end(p);
        unsigned char c = (unsigned char)*p;
        if (c == '"') {
            return p;
        }
        if (c == '\\') {
            *escaped = true;
            p = scan_settle_n(s, p, 12, string, err);
            p = p == NULL ? NULL : scan_escape(s, p, err);
        } else if (c >= 0x80) {
            p = scan_settle_n(s, p, 4, string, err);
            p = p == NULL ? NULL : scan_wide(s, p, err);
        } else if (c == '\0' && p == s->w->limit && !s->w->eof) {
            p = window_more(s->w, p, string, err);
        } else {
            return scan_unexpected(s, p, "a string has a control character that is not escaped",
                                   err);
        }
        if (p == NULL) {
            return NULL;
        }
    }
}

static char *scan_digits(struct scan *s, char *p, struct error *err)
{
    if (*p < '0' || *p > '9') {
        return scan_unexpected(s, p, "a number lacks digits", err);
    }
    do {
        while (*p >= '0' && *p <= '9') {
            p++;
        }
        p = scan_settle(s, p, err);
    } while (p != NULL && *p >= '0' && *p <= '9');
    return p;
}

static char *scan_number(struct scan *s, char *p, struct error *err)
{
    if (*p == '-' && (p = scan_settle(s, p + 1, err)) == NULL) {
        return NULL;
    }
    if (*p == '0') {
        p = scan_settle(s, p + 1, err);
        if (p != NULL && *p >= '0' && *p <= '9') {
            return scan_unexpected(s, p, "a number begins with 0", err);
        }
    } else {
        p = scan_digits(s, p, err);
    }
    if (p != NULL && *p == '.' && (p = scan_settle(s, p + 1, err)) != NULL) {
        p = scan_digits(s, p, err);
    }
    if (p != NULL && (*p == 'e' || *p == 'E') && (p = scan_settle(s, p + 1, err)) != NULL) {
        if (*p == '+' || *p == '-') {
            p = scan_settle(s, p + 1, err);
        }
        p = p == NULL ? NULL : scan_digits(s, p, err);
    }
    return p;
}

static char *scan_word(struct scan *s, char *p, const char *word, struct error *err)
{
    size_t n = strlen(word);

    p = scan_settle_n(s, p, n, SIZE_MAX, err);
    if (p == NULL) {
        return NULL;
    }
    return memcmp(p, word, n) == 0 ? p + n : scan_unexpected(s, p, "a value is expected here", err);
}

char *scan_scalar(struct scan *s, char *p, struct error *err)
{
    bool escaped;

    switch (*p) {
    case '"':
        p = scan_scalar_string(s, p + 1, (size_t)(p + 1 - window_text(s->w)), &escaped, err);
        return p == NULL ? NULL : p + 1;
    case 't':
        return scan_word(s, p, "true", err);
    case 'f':
        return scan_word(s, p, "false", err);
    case 'n':
        return scan_word(s, p, "null", err);
    default:
        if (*p == '-' || (*p >= '0' && *p <= '9')) {
            return scan_number(s, p, err);
        }
        return scan_unexpected(s, p, "a value is expected here", err);
    }
}

static size_t put_utf8(char *to, unsigned code)
{
    if (code < 0x80) {
        to[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        to[0] = (char)(0xc0 | code >> 6);
        to[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        to[0] = (char)(0xe0 | code >> 12);
        to[1] = (char)(0x80 | (code >> 6 & 0x3f));
        to[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | code >> 18);
    to[1] = (char)(0x80 | (code >> 12 & 0x3f));
    to[2] = (char)(0x80 | (code >> 6 & 0x3f));
    to[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

size_t scan_scalar_unescape(char *to, const char *from, size_t n)
{
    static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
    size_t out = 0;

    for (size_t i = 0; i < n;) {
        if (from[i] != '\\') {
            to[out++] = from[i++];
            continue;
        }
        const char *letter = strchr(letters, from[i + 1]);
        if (from[i + 1] != 'u') {
            to[out++] = letter != NULL ? meant[letter - letters] : from[i + 1];
            i += 2;
            continue;
        }
        unsigned code = (unsigned)hex4(from + i + 2);
        i += 6;
        if ((code & 0xfc00) == 0xd800) {
            code = 0x10000 + ((code & 0x3ff) << 10) + ((unsigned)hex4(from + i + 2) & 0x3ff);
            i += 6;
        }
        out += put_utf8(to + out, code);
    }
    return out;
}
