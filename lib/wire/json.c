#include "wire/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static bool put(const struct json_writer *w, const char *text, size_t n)
{
    return n == 0 || w->sink(w->ctx, text, n);
}

static bool puts_(const struct json_writer *w, const char *text)
{
    return put(w, text, strlen(text));
}

/* Code point of the UTF-8 character at s (jansson guarantees validity) and its length. */
static unsigned long code_point(const unsigned char *s, size_t *len)
{
    *len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    unsigned long c = *len == 1 ? s[0] : s[0] & (0xffU >> (*len + 1));
    for (size_t i = 1; i < *len; i++) {
        c = c << 6 | (s[i] & 0x3fU);
    }
    return c;
}

static bool put_escape(const struct json_writer *w, unsigned long c)
{
    static const char named[] = "\bb\ff\nn\rr\tt\"\"\\\\";
    char text[32];

    for (size_t i = 0; i + 1 < sizeof named; i += 2) {
        if (c == (unsigned char)named[i]) {
            text[0] = '\\';
            text[1] = named[i + 1];
            return put(w, text, 2);
        }
    }
    if (c > 0xffff) {
        c -= 0x10000;
        snprintf(text, sizeof text, "\\u%04lx\\u%04lx", 0xd800 + (c >> 10), 0xdc00 + (c & 0x3ff));
    } else {
        snprintf(text, sizeof text, "\\u%04lx", c);
    }
    return puts_(w, text);
}

static bool put_plain_string(const struct json_writer *w, const char *string, size_t n)
{
    const unsigned char *s = (const unsigned char *)string;
    size_t start = 0, at = 0, len;

    if (!put(w, "\"", 1)) {
        return false;
    }
    while (at < n) {
        unsigned char c = s[at];
        if (c >= 0x20 && c != '"' && c != '\\' && (c < 0x7f || (!w->ascii && c > 0x7f))) {
            at++;
            continue;
        }
        unsigned long code = code_point(s + at, &len);
        if (!put(w, string + start, at - start) || !put_escape(w, code)) {
            return false;
        }
        at += len;
        start = at;
    }
    return put(w, string + start, n - start) && put(w, "\"", 1);
}

static bool put_string(const struct json_writer *w, const char *string, size_t n)
{
    if (w->hide == NULL || w->hide->bytes == NULL) {
        return put_plain_string(w, string, n);
    }
    char *copy = strndup(string, n);
    if (copy == NULL) {
        return false;
    }
    secret_hide(w->hide, copy);
    bool wrote = put_plain_string(w, copy, n);
    free(copy);
    return wrote;
}

static bool put_real(const struct json_writer *w, double value)
{
    char text[40];

    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    if (strchr(text, 'e') != NULL && fabs(value) >= 1 && fabs(value) < 1e15) {
        snprintf(text, sizeof text, "%.1f", value); /* 100.0, not 1e+02 */
    } else if (strpbrk(text, ".e") == NULL) {
        memcpy(text + strlen(text), ".0", 3);
    }
    return puts_(w, text);
}

static bool put_object(const struct json_writer *w, const json_t *object)
{
    const char *separator = "{";
    json_t *map = (json_t *)(size_t)object; /* jansson's iterators take no const */
    bool stop = false;

    if (w->instead != NULL && w->instead(w->ctx, object, &stop)) {
        return !stop;
    }
    for (void *it = json_object_iter(map); it != NULL; it = json_object_iter_next(map, it)) {
        const char *key = json_object_iter_key(it);
        if (!puts_(w, separator) || !put_string(w, key, strlen(key)) || !put(w, ":", 1) ||
            !json_write(w, json_object_iter_value(it))) {
            return false;
        }
        separator = ",";
    }
    return puts_(w, *separator == '{' ? "{}" : "}");
}

static bool put_array(const struct json_writer *w, const json_t *array)
{
    if (!put(w, "[", 1)) {
        return false;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        if ((i > 0 && !put(w, ",", 1)) || !json_write(w, json_array_get(array, i))) {
            return false;
        }
    }
    return put(w, "]", 1);
}

bool json_write(const struct json_writer *w, const json_t *value)
{
    char text[32];

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return put_object(w, value);
    case JSON_ARRAY:
        return put_array(w, value);
    case JSON_STRING:
        return put_string(w, json_string_value(value), json_string_length(value));
    case JSON_INTEGER:
        snprintf(text, sizeof text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return puts_(w, text);
    case JSON_REAL:
        return put_real(w, json_real_value(value));
    case JSON_TRUE:
        return puts_(w, "true");
    case JSON_FALSE:
        return puts_(w, "false");
    default:
        return puts_(w, "null");
    }
}

static bool buf_sink(void *ctx, const char *text, size_t n)
{
    return buf_add(ctx, text, n);
}

bool json_write_buf(const json_t *value, bool ascii, struct buf *out)
{
    struct json_writer w = {.sink = buf_sink, .ctx = out, .ascii = ascii};

    return json_write(&w, value) && !out->failed;
}

/* What is too much about a text, or NULL: brackets and commas are counted, strings skipped; jansson
 * judges everything else. */
static const char *too_much(const char *text, size_t n)
{
    size_t depth = 0, values = 0;
    bool string = false;

    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (string) {
            i += c == '\\';
            string = c != '"';
        } else if (c == '"') {
            string = true;
        } else if (c == '[' || c == '{') {
            depth++;
            values += c == '{' ? JSON_OBJECT_WEIGHT : JSON_ARRAY_WEIGHT;
        } else if (c == ']' || c == '}') {
            depth -= depth > 0;
        } else {
            values += c == ',';
        }
        if (depth > JSON_DEPTH_MAX) {
            return "it is nested too deeply";
        }
        if (values > JSON_VALUES_MAX) {
            return "it has too many values";
        }
    }
    return NULL;
}

json_t *json_parse(const char *text, size_t n, const char *name, enum exit_code code,
                   struct error *err)
{
    const char *much = too_much(text, n);
    json_error_t why;

    if (much != NULL) {
        error_set(err, code, "%s is not usable JSON: %s", name, much);
        return NULL;
    }
    json_t *value = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (value == NULL) {
        /* jansson's own text quotes the offending bytes: only the part before " near" is shown. */
        char *near = strstr(why.text, " near ");
        if (near != NULL) {
            *near = '\0';
        }
        error_set(err, code, "%s is not valid JSON: %s (line %d, column %d)", name, why.text,
                  why.line, why.column);
    }
    return value;
}

int json_set_path(json_t *root, const char *path, json_t *value, struct error *err)
{
    json_t *at = root;
    const char *start = path;

    for (const char *dot; (dot = strchr(start, '.')) != NULL; start = dot + 1) {
        size_t n = (size_t)(dot - start);
        json_t *next = json_object_getn(at, start, n);
        if (next == NULL) {
            next = json_object();
            if (json_object_setn_new(at, start, n, next) != 0) {
                json_decref(value);
                return error_set(err, EXIT_USAGE, "cannot set '%s': not a usable name", path);
            }
        }
        if (!json_is_object(next)) {
            json_decref(value);
            return error_set(err, EXIT_USAGE, "cannot set '%s': '%.*s' is not an object", path,
                             (int)(dot - path), path);
        }
        at = next;
    }
    if (*start == '\0') {
        json_decref(value);
    }
    if (*start == '\0' || json_object_set_new(at, start, value) != 0) {
        return error_set(err, EXIT_USAGE, "cannot set '%s': not a usable name", path);
    }
    return 0;
}

json_t *json_get_path(const json_t *root, const char *path)
{
    const char *dot;

    for (; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        root = json_object_getn(root, path, (size_t)(dot - path));
    }
    return json_object_get(root, path);
}

json_t *json_file_name(const char *name)
{
    char *copy = strdup(name);

    if (copy == NULL) {
        return NULL;
    }
    text_make_utf8(copy);
    json_t *value = json_string(copy);
    free(copy);
    return value;
}

const char *json_string_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}
