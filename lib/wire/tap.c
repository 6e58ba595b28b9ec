#include "wire/tap.h"

#include <stdlib.h>
#include <string.h>

#define KEY_BYTES_MAX 4096   /* longer keys are refused */
#define SLICE (256UL * 1024) /* base64 characters decoded at a time */
#define GATHERED 32768UL     /* decoded bytes that the sink is given at once, at least */

enum tap_state { BETWEEN, KEY, KEPT, TAPPED };

void tap_init(struct tap *t, const char *path, const struct tap_sink *sink, struct buf *rest,
              size_t long_string, enum exit_code code)
{
    size_t len = path == NULL ? 0 : strlen(path);

    *t = (struct tap){.key = path, .rest = rest, .long_string = long_string, .code = code};
    t->array = len > 2 && strcmp(path + len - 2, "[]") == 0;
    t->key_len = t->array ? len - 2 : len;
    if (sink != NULL) {
        t->sink = *sink;
    }
}

static int broken(const struct tap *t, struct error *err, const char *why)
{
    return error_set(err, t->code, "the server's answer is not usable JSON: %s", why);
}

static int keep(struct tap *t, const char *bytes, size_t n, struct error *err)
{
    return buf_add(t->rest, bytes, n)
               ? 0
               : error_set(err, t->code,
                           "the server's answer is too large: over %zu MiB besides its pictures",
                           t->rest->max >> 20);
}

static bool is_tapped(const struct tap *t)
{
    return t->array ? t->inside && t->depth == 2 : t->matched && t->depth == 1;
}

/* A quote outside a string: a key, a tapped value or any other value begins. */
static int begin_string(struct tap *t, struct error *err)
{
    t->kept = 0;
    t->escape = 0;
    t->cut = t->high_surrogate = t->skip = false;
    if (t->want_key && t->depth > 0 && t->kind[t->depth] == '{') {
        t->name_len = 0;
        t->state = KEY;
    } else if (is_tapped(t)) {
        t->state = TAPPED;
        t->n_decoded = 0;
        base64_decoder_init(&t->base64);
        return t->sink.open(t->sink.ctx, t->index, err);
    } else {
        t->state = KEPT;
    }
    return 0;
}

static int open_bracket(struct tap *t, char c, struct error *err)
{
    if (t->depth == JSON_DEPTH_MAX) {
        return broken(t, err, "it is nested too deeply");
    }
    if (t->depth == 1 && t->matched && t->array && c == '[') {
        t->inside = true;
        t->index = 0;
    }
    t->values += c == '{' ? JSON_OBJECT_WEIGHT : JSON_ARRAY_WEIGHT;
    t->depth++;
    t->kind[t->depth] = (unsigned char)c;
    t->want_key = c == '{';
    return 0;
}

static int close_bracket(struct tap *t, char c, struct error *err)
{
    if (t->depth == 0 || t->kind[t->depth] != (c == '}' ? '{' : '[')) {
        return broken(t, err, "its brackets do not match");
    }
    t->depth--;
    if (t->depth == 1) {
        t->inside = false;
    }
    t->want_key = false;
    return 0;
}

/* One structural character; the values themselves are jansson's affair. */
static int structure(struct tap *t, char c, struct error *err)
{
    switch (c) {
    case '{':
    case '[':
        return open_bracket(t, c, err);
    case '}':
    case ']':
        return close_bracket(t, c, err);
    case ':':
        t->want_key = false;
        return 0;
    case ',':
        if (++t->values > JSON_VALUES_MAX) {
            return broken(t, err, "it has too many values");
        }
        t->want_key = t->depth > 0 && t->kind[t->depth] == '{';
        t->index += t->inside && t->depth == 2;
        if (t->depth == 1) {
            t->matched = false;
        }
        return 0;
    default:
        return 0;
    }
}

/* Outside strings, up to and including a quote. */
static int scan_between(struct tap *t, const char *p, size_t n, size_t *used, struct error *err)
{
    size_t i = 0;

    while (i < n && p[i] != '"') {
        if (structure(t, p[i], err) != 0) {
            return -1;
        }
        i++;
    }
    bool quote = i < n;
    *used = i + quote;
    if (keep(t, p, *used, err) != 0) {
        return -1;
    }
    return quote ? begin_string(t, err) : 0;
}

/* Gives the sink what was decoded. */
static int flush(struct tap *t, struct error *err)
{
    size_t n = t->n_decoded;

    t->n_decoded = 0;
    return n > 0 ? t->sink.bytes(t->sink.ctx, t->decoded, n, err) : 0;
}

static int not_base64(struct tap *t, const char *not_what, struct error *err)
{
    if (t->lenient) {
        t->skip = true;
        return 0;
    }
    return error_set(err, t->code, "picture %zu of the answer is not %s", t->index + 1, not_what);
}

/* Decodes a part of a tapped string. Small parts, such as lone escaped characters, are gathered. */
static int tap_bytes(struct tap *t, const char *p, size_t n, size_t *used, struct error *err)
{
    size_t some = n < SLICE ? n : SLICE;
    size_t made;

    if (t->skip) {
        for (*used = 0; *used < n && p[*used] != '"' && p[*used] != '\\'; ++*used) {
        }
        t->kept += *used;
        return 0;
    }
    if (t->decoded == NULL && (t->decoded = malloc(GATHERED + BASE64_DECODED_MAX(SLICE))) == NULL) {
        return error_memory(err, "receiving a picture");
    }
    int result = base64_decode(&t->base64, p, some, used, t->decoded + t->n_decoded, &made);
    t->kept += *used;
    t->n_decoded += made;
    if (result == BASE64_BAD || (*used == 0 && some > 0)) {
        return not_base64(t, "base64", err);
    }
    return t->n_decoded >= GATHERED ? flush(t, err) : 0;
}

/* The string ended: its closing quote, and what a key means for the value behind it. */
static int end_string(struct tap *t, struct error *err)
{
    if (t->state == TAPPED) {
        if (!t->skip && !base64_decoder_finish(&t->base64) &&
            not_base64(t, "whole base64", err) != 0) {
            return -1;
        }
        if (!t->skip && (flush(t, err) != 0 || t->sink.close(t->sink.ctx, err) != 0)) {
            return -1;
        }
    } else if (t->state == KEY && t->depth == 1) {
        t->matched =
            t->key != NULL && t->name_len == t->key_len && memcmp(t->name, t->key, t->key_len) == 0;
    }
    t->state = BETWEEN;
    return keep(t, "\"", 1, err);
}

/* A character of a string after its escapes are undone (only ASCII matters here). */
static int unescaped(struct tap *t, unsigned c, struct error *err)
{
    if (t->state == KEY) {
        if (t->name_len < sizeof t->name) {
            t->name[t->name_len++] = c < 0x80 ? (char)c : '?';
        }
        return 0;
    }
    if (t->state == TAPPED) {
        char byte = c < 0x80 ? (char)c : '?';
        size_t used;
        return tap_bytes(t, &byte, 1, &used, err);
    }
    return 0;
}

/* The character that a one-letter escape stands for; 'u' begins a code unit. */
static unsigned simple_escape(char c)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *at = c == '\0' ? NULL : strchr(from, c);

    return at == NULL ? 0 : (unsigned char)to[at - from];
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* One character of an escape: 1 is the letter after the backslash, 2 to 5 the hex digits. */
static int step_escape(struct tap *t, char c, struct error *err)
{
    if (t->escape == 1) {
        if (c == 'u') {
            t->escape = 2;
            t->code_unit = 0;
            return 0;
        }
        unsigned simple = simple_escape(c);
        t->escape = 0;
        t->high_surrogate = false;
        return simple == 0 ? broken(t, err, "a string has an unknown escape")
                           : unescaped(t, simple, err);
    }
    int digit = hex_value(c);
    if (digit < 0) {
        return broken(t, err, "a string has a broken \\u escape");
    }
    t->code_unit = t->code_unit << 4 | (unsigned)digit;
    if (t->escape++ < 5) {
        return 0;
    }
    t->escape = 0;
    t->high_surrogate = (t->code_unit & 0xfc00) == 0xd800;
    return unescaped(t, t->code_unit, err);
}

/* Keeps a part of a string unless the string has grown long; cuts between characters only. */
static int keep_part(struct tap *t, const char *p, size_t n, struct error *err)
{
    size_t take = n;

    if (t->state == TAPPED) {
        return 0;
    }
    if (t->state == KEY && t->kept + n > KEY_BYTES_MAX) {
        return broken(t, err, "a key is too long");
    }
    if (t->cut) {
        take = 0;
    } else if (t->kept + n > t->long_string) {
        take = t->kept < t->long_string ? t->long_string - t->kept : 0;
        while (take < n && ((unsigned char)p[take] & 0xc0) == 0x80) {
            take++;
        }
        t->cut = take < n;
    }
    t->kept += n;
    return keep(t, p, take, err);
}

/* A backslash: from here on until the escape is whole, its bytes go the same way. */
static void begin_escape(struct tap *t)
{
    t->escape = 1;
    t->cut = t->cut || (t->kept >= t->long_string && !t->high_surrogate);
    t->drop_escape = t->state == TAPPED || t->cut;
}

static int scan_escape(struct tap *t, char c, struct error *err)
{
    t->kept++;
    if (!t->drop_escape && keep(t, &c, 1, err) != 0) {
        return -1;
    }
    return step_escape(t, c, err);
}

/* Inside a key or a kept string, up to its closing quote. */
static int scan_string(struct tap *t, const char *p, size_t n, size_t *used, struct error *err)
{
    size_t i = 0;

    while (i < n && p[i] != '"' && p[i] != '\\') {
        if (t->state == KEY && unescaped(t, (unsigned char)p[i], err) != 0) {
            return -1;
        }
        i++;
    }
    *used = i;
    if (i > 0) {
        t->high_surrogate = false;
    }
    return keep_part(t, p, i, err);
}

int tap_feed(struct tap *t, const char *bytes, size_t n, struct error *err)
{
    while (n > 0) {
        size_t used = 1;
        int result;
        if (t->state == BETWEEN) {
            result = scan_between(t, bytes, n, &used, err);
        } else if (t->escape > 0) {
            result = scan_escape(t, *bytes, err);
        } else if (*bytes == '"') {
            result = end_string(t, err);
        } else if (*bytes == '\\') {
            begin_escape(t);
            result = t->drop_escape ? 0 : keep(t, bytes, 1, err);
        } else if (t->state == TAPPED) {
            result = tap_bytes(t, bytes, n, &used, err);
        } else {
            result = scan_string(t, bytes, n, &used, err);
        }
        if (result != 0) {
            return -1;
        }
        if (t->kept > TAP_STRING_MAX) {
            return broken(t, err, "a string in it is longer than 512 MiB");
        }
        bytes += used;
        n -= used;
    }
    return 0;
}

int tap_finish(struct tap *t, struct error *err)
{
    return t->state != BETWEEN || t->depth > 0 ? broken(t, err, "it ends in the middle") : 0;
}

void tap_release(struct tap *t)
{
    if (t != NULL) {
        free(t->decoded);
        t->decoded = NULL;
    }
}
