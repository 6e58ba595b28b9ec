#include "base/text.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SECRET_LEAST 4    /* shorter secrets are left */
#define LINE_LONGEST 1024 /* bytes of a text that may have been cut */

/* Decodes one UTF-8 character; returns its length, or 0 when the bytes are not one. */
static size_t utf8_decode(const unsigned char *s, size_t n, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = s[0] < 0x80 ? 1 : s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : s[0] >= 0xc2 ? 2 : 0;

    if (len == 0 || len > n) {
        return 0;
    }
    uint32_t c = len == 1 ? s[0] : s[0] & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        if ((s[i] & 0xc0) != 0x80) {
            return 0;
        }
        c = c << 6 | (s[i] & 0x3fU);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff)) {
        return 0;
    }
    *code = c;
    return len;
}

/* Characters that move, hide or reorder what a terminal shows. */
static bool is_invisible(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
           (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff0 && c <= 0xfffb) ||
           (c >= 0x1bca0 && c <= 0x1bca3) || (c >= 0x1d173 && c <= 0x1d17a) ||
           (c >= 0xe0000 && c <= 0xe0fff) || (c & 0xfffe) == 0xfffe;
}

static bool is_space(uint32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char *text_clean(char *to, size_t cap, const char *from, size_t n, size_t shown)
{
    const unsigned char *s = (const unsigned char *)from;
    size_t at = 0, out = 0, chars = 0, cut = 0;
    bool spaced = false;

    while (at < n) {
        uint32_t code = 0;
        size_t len = utf8_decode(s + at, n - at, &code);
        const char *piece = from + at;
        if (len > 0 && is_space(code)) {
            at += len;
            if (spaced) {
                continue;
            }
            piece = " ";
            len = 1;
            spaced = true;
        } else {
            spaced = false;
            at += len > 0 ? len : 1;
            if (len == 0 || is_invisible(code)) {
                piece = "?";
                len = 1;
            }
        }
        if (chars + 1 > shown || out + len >= cap) {
            memcpy(to + cut, "...", cap - cut > 3 ? 4 : 1);
            to[cap - cut > 3 ? cut + 3 : cut] = '\0';
            return to;
        }
        memcpy(to + out, piece, len);
        out += len;
        chars++;
        if (chars + 3 <= shown && out + 3 < cap) {
            cut = out;
        }
    }
    to[out] = '\0';
    return to;
}

/* Overwrites a beginning of `secret` that ends at `end`. */
static void hide_beginning(char *text, char *end, const char *secret, size_t len, size_t least)
{
    size_t n = (size_t)(end - text);

    for (n = n < len ? n : len - 1; n >= least; n--) {
        if (memcmp(end - n, secret, n) == 0) {
            memset(end - n, '*', n);
            return;
        }
    }
}

void text_hide(char *text, const char *secret, size_t len)
{
    if (len < SECRET_LEAST) {
        return;
    }
    for (char *at = text; (at = strstr(at, secret)) != NULL; at += len) {
        memset(at, '*', len);
    }
    size_t n = strlen(text);
    if (n > LINE_LONGEST) {
        return;
    }
    for (char *at = text; (at = strstr(at, "...")) != NULL; at += 3) {
        hide_beginning(text, at, secret, len, 1);
    }
    hide_beginning(text, text + n, secret, len, SECRET_LEAST);
}

bool text_is_utf8(const char *bytes, size_t n)
{
    const unsigned char *s = (const unsigned char *)bytes;
    uint32_t code;

    for (size_t at = 0; at < n;) {
        size_t len = utf8_decode(s + at, n - at, &code);
        if (len == 0) {
            return false;
        }
        at += len;
    }
    return true;
}

void text_make_utf8(char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t n = strlen(text);
    uint32_t code;

    for (size_t at = 0; at < n;) {
        size_t len = utf8_decode(s + at, n - at, &code);
        if (len == 0) {
            text[at] = '?';
        }
        at += len > 0 ? len : 1;
    }
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int text_casecmp(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) - lower(*b);
}

#define NAME_MAX_COMPARED 64

/* Levenshtein distance without regard to case; long names count as far apart. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    size_t row[NAME_MAX_COMPARED + 1];

    if (la > NAME_MAX_COMPARED || lb > NAME_MAX_COMPARED) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= lb; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= la; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= lb; j++) {
            size_t above = row[j];
            size_t best = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
            best = above + 1 < best ? above + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[lb];
}

static bool is_prefix(const char *prefix, const char *of)
{
    while (*prefix != '\0' && lower(*prefix) == lower(*of)) {
        prefix++;
        of++;
    }
    return *prefix == '\0';
}

const char *text_nearest(const char *name, const char *const *names, size_t count)
{
    const char *nearest = NULL;
    size_t best = strlen(name) / 3 + 2;

    for (size_t i = 0; i < count; i++) {
        size_t d = *name != '\0' && is_prefix(name, names[i]) ? 1 : edit_distance(name, names[i]);
        if (d < best) {
            best = d;
            nearest = names[i];
        }
    }
    return nearest;
}

bool text_to_int(const char *text, long long *value)
{
    char *end;

    if (!isdigit((unsigned char)text[*text == '-' || *text == '+'])) {
        return false;
    }
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno != 0 || *end != '\0') {
        return false;
    }
    *value = v;
    return true;
}

/* Whether text is [sign] digits [. digits] [e [sign] digits]. */
static bool is_decimal(const char *s)
{
    size_t digits = 0;

    s += *s == '-' || *s == '+';
    for (; isdigit((unsigned char)*s); s++) {
        digits++;
    }
    if (*s == '.') {
        for (s++; isdigit((unsigned char)*s); s++) {
            digits++;
        }
    }
    if (digits > 0 && (*s == 'e' || *s == 'E')) {
        s++;
        s += *s == '-' || *s == '+';
        if (!isdigit((unsigned char)*s)) {
            return false;
        }
        while (isdigit((unsigned char)*s)) {
            s++;
        }
    }
    return digits > 0 && *s == '\0';
}

bool text_to_real(const char *text, double *value)
{
    if (!is_decimal(text)) {
        return false;
    }
    *value = strtod(text, NULL);
    return isfinite(*value);
}
