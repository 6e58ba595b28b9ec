#include "wire/tap.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* Random JSON through the scanner in random pieces, held against jansson's values of the whole. */

enum { PICTURES = 4, ROUNDS = 4000 };

struct got {
    struct buf pictures[PICTURES];
    size_t n, open;
};

static int on_open(void *ctx, size_t index, struct error *err)
{
    struct got *g = ctx;

    if (index >= PICTURES) {
        return error_set(err, EXIT_FAILED, "too many");
    }
    g->n++;
    g->open = index;
    return 0;
}

static int on_bytes(void *ctx, const unsigned char *bytes, size_t n, struct error *err)
{
    struct got *g = ctx;

    (void)err;
    buf_add(&g->pictures[g->open], bytes, n);
    return 0;
}

static int on_close(void *ctx, struct error *err)
{
    (void)ctx;
    (void)err;
    return 0;
}

static unsigned below(unsigned n)
{
    return (unsigned)rand() % n;
}

static void add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

/* One character of a string, spelled in one of the ways that JSON has. */
static void add_spelled(struct buf *b, char c, bool dressed)
{
    unsigned way = dressed ? below(6) : 5;

    if (way == 0) {
        buf_addf(b, "\\u%04x", (unsigned char)c);
    } else if (way == 1) {
        buf_addf(b, "\\u%04X", (unsigned char)c);
    } else if (c == '/' && way < 4) {
        buf_adds(b, "\\/");
    } else {
        add_char(b, c);
    }
}

static void add_base64(struct buf *b, bool dressed)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static const char *const breaks[] = {"\\n", "\\r\\n", " ", "\\t", "\\u0020"};
    unsigned groups = below(4) == 0 ? below(400) : below(8), last = below(3);

    if (dressed && below(3) == 0) {
        buf_adds(b, "data:image/png;base64,");
    }
    for (unsigned i = 0; i < groups; i++) {
        for (unsigned j = 0; j < 4; j++) {
            add_spelled(b, alphabet[below(64)], dressed);
        }
        if (dressed && below(5) == 0) {
            buf_adds(b, breaks[below(5)]);
        }
    }
    if (last > 0) {
        buf_adds(b, last == 1 ? "AQ==" : "AQI=");
    }
}

static void add_string(struct buf *b)
{
    static const char *const pieces[] = {"a",
                                         "images",
                                         "\\\"",
                                         "\\\\",
                                         "\\/",
                                         "\\u00e9",
                                         "\\ud83d\\ude00",
                                         "\xc3\xa9",
                                         "\xf0\x9f\x98\x80",
                                         "\\n",
                                         " ",
                                         "]",
                                         "}",
                                         "{",
                                         "[",
                                         ",",
                                         ":",
                                         "\\b\\f"};

    add_char(b, '"');
    for (unsigned n = below(8); n > 0; n--) {
        buf_adds(b, pieces[below(sizeof pieces / sizeof *pieces)]);
    }
    add_char(b, '"');
}

static void add_space(struct buf *b)
{
    static const char *const spaces[] = {"", "", "", " ", "\n", "\t\r\n "};

    buf_adds(b, spaces[below(6)]);
}

static void add_value(struct buf *b, unsigned depth)
{
    static const char *const plain[] = {"null", "true", "false", "0", "-12", "1.5e3", "\"\""};
    unsigned kind = below(depth > 4 ? 3 : 6), n = below(4);

    if (kind == 0) {
        buf_adds(b, plain[below(7)]);
    } else if (kind < 3) {
        add_string(b);
    } else if (kind == 3) {
        add_char(b, '[');
        for (unsigned i = 0; i < n; i++) {
            buf_adds(b, i > 0 ? "," : "");
            add_value(b, depth + 1);
        }
        add_char(b, ']');
    } else {
        add_char(b, '{');
        for (unsigned i = 0; i < n; i++) {
            buf_addf(b, "%s\"%s%u\"", i > 0 ? "," : "", below(3) == 0 ? "images" : "k", i);
            add_space(b);
            add_char(b, ':');
            add_space(b);
            add_value(b, depth + 1);
        }
        add_char(b, '}');
    }
}

static void add_images(struct buf *b, bool dressed)
{
    unsigned n = below(PICTURES + 1);

    buf_adds(b, dressed && below(2) ? "\"im\\u0061ge\\u0073\"" : "\"images\"");
    add_space(b);
    add_char(b, ':');
    add_space(b);
    add_char(b, '[');
    for (unsigned i = 0; i < n; i++) {
        add_space(b);
        buf_adds(b, i > 0 ? "," : "");
        if (below(8) == 0) {
            buf_adds(b, below(2) ? "null" : "[\"images\"]");
            continue;
        }
        add_char(b, '"');
        add_base64(b, dressed);
        add_char(b, '"');
    }
    add_char(b, ']');
}

/* An object with a member "images" somewhere among others. */
static void make_text(struct buf *b, bool dressed)
{
    unsigned n = below(5), at = below(n + 1);

    add_space(b);
    add_char(b, '{');
    for (unsigned i = 0; i <= n; i++) {
        buf_adds(b, i > 0 ? "," : "");
        add_space(b);
        if (i == at) {
            add_images(b, dressed);
        } else {
            buf_addf(b, "\"key%u\":", i);
            add_value(b, 1);
        }
        add_space(b);
    }
    add_char(b, '}');
    add_space(b);
}

/* A plain base64 decoder; what it does not know it skips. */
static size_t decode(const char *text, unsigned char *to)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0, held = 0;
    size_t n = 0;

    text = strncmp(text, "data:", 5) == 0 ? strchr(text, ',') + 1 : text;
    for (; *text != '\0'; text++) {
        const char *at = strchr(alphabet, *text);
        if (at == NULL) {
            continue;
        }
        bits = bits << 6 | (unsigned)(at - alphabet);
        held += 6;
        if (held >= 8) {
            held -= 8;
            to[n++] = (unsigned char)(bits >> held);
        }
    }
    return n;
}

/* Feeds a text in pieces; 0 when the scanner takes it. The largest piece is `most` bytes. */
static int scan(const struct buf *text, unsigned most, size_t long_string, struct got *got,
                struct buf *rest)
{
    const struct tap_sink sink = {
        .ctx = got, .open = on_open, .bytes = on_bytes, .close = on_close};
    struct error err;
    struct tap tap;
    int result = 0;

    for (size_t i = 0; i < PICTURES; i++) {
        buf_init(&got->pictures[i], 1 << 20);
    }
    got->n = 0;
    buf_init(rest, 1 << 20);
    tap_init(&tap, "images[]", &sink, rest, long_string, EXIT_FAILED);
    for (size_t at = 0, n; at < text->len && result == 0; at += n) {
        n = 1 + below(most);
        n = n < text->len - at ? n : text->len - at;
        char *piece = malloc(n); /* of its exact size, for the sanitizer */
        memcpy(piece, text->data + at, n);
        result = tap_feed(&tap, piece, n, &err);
        free(piece);
    }
    if (result == 0) {
        result = tap_finish(&tap, &err);
    }
    tap_release(&tap);
    return result;
}

static void release(struct got *got, struct buf *rest)
{
    for (size_t i = 0; i < PICTURES; i++) {
        buf_release(&got->pictures[i]);
    }
    buf_release(rest);
}

/* Compares with jansson: pictures byte for byte, everything else as values. */
static bool agrees(const struct buf *text, const struct got *got, const struct buf *rest)
{
    static unsigned char bytes[65536];
    json_t *whole = json_loadb(text->data, text->len, 0, NULL);
    json_t *kept = json_loadb(rest->data, rest->len, 0, NULL), *value;
    json_t *images = json_object_get(whole, "images");
    bool good = whole != NULL && kept != NULL;
    size_t i, strings = 0;

    json_array_foreach(images, i, value)
    {
        if (json_is_string(value)) {
            size_t n = decode(json_string_value(value), bytes);
            good = good && n == got->pictures[i].len &&
                   (n == 0 || memcmp(bytes, got->pictures[i].data, n) == 0);
            strings++;
            json_array_set_new(images, i, json_string(""));
        }
    }
    good = good && strings == got->n && json_equal(whole, kept);
    json_decref(whole);
    json_decref(kept);
    return good;
}

static void check_random(void)
{
    static const unsigned sizes[] = {1, 2, 3, 7, 64, 1000, 100000};
    struct got got;
    struct buf text, rest;

    for (unsigned round = 0; round < ROUNDS; round++) {
        buf_init(&text, 1 << 20);
        make_text(&text, round % 2 == 1);
        int result = scan(&text, sizes[round % 7], SIZE_MAX / 2, &got, &rest);
        CHECK(result == 0 && agrees(&text, &got, &rest), "random text %u: %s", round, text.data);
        release(&got, &rest);
        buf_release(&text);
    }
}

/* What is broken is never taken by both the scanner and jansson behind it, save for line breaks
 * that stand raw inside base64. */
static void check_broken(void)
{
    struct got got;
    struct buf text, rest;
    unsigned taken = 0;

    for (unsigned round = 0; round < ROUNDS; round++) {
        buf_init(&text, 1 << 20);
        make_text(&text, true);
        for (unsigned n = 1 + below(3); n > 0; n--) {
            text.data[below((unsigned)text.len)] =
                (char)(below(4) ? "\"\\{}[],:u0a"[below(11)] : rand());
        }
        if (scan(&text, 50, SIZE_MAX / 2, &got, &rest) == 0) {
            json_t *kept = json_loadb(rest.data, rest.len, JSON_REJECT_DUPLICATES, NULL);
            for (size_t i = 0; i < text.len; i++) {
                if (text.data[i] == '\n' || text.data[i] == '\r' || text.data[i] == '\t') {
                    text.data[i] = ' ';
                }
            }
            json_t *whole = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
            CHECK(kept == NULL || whole != NULL, "broken text %u was taken: %s", round, text.data);
            taken += kept != NULL;
            json_decref(kept);
            json_decref(whole);
        }
        release(&got, &rest);
        buf_release(&text);
    }
    CHECK(taken < ROUNDS * 3 / 4, "most broken texts are refused");
}

static bool is_prefix(const json_t *cut, const json_t *whole)
{
    const char *key;
    json_t *value;
    size_t i;

    if (json_is_string(cut) && json_is_string(whole)) {
        return strncmp(json_string_value(cut), json_string_value(whole), json_string_length(cut)) ==
               0;
    }
    if (json_typeof(cut) != json_typeof(whole)) {
        return false;
    }
    json_array_foreach(cut, i, value)
    {
        if (!is_prefix(value, json_array_get(whole, i))) {
            return false;
        }
    }
    json_object_foreach((json_t *)(size_t)cut, key, value)
    {
        if (!is_prefix(value, json_object_get(whole, key))) {
            return false;
        }
    }
    return json_is_object(cut) || json_is_array(cut) || json_equal(cut, whole);
}

/* Long strings are cut, and what is left is still JSON. */
static void check_long(void)
{
    struct got got;
    struct buf text, rest;

    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t most = 8 + below(12); /* keys are shorter */
        buf_init(&text, 1 << 20);
        buf_adds(&text, "{\"a\":");
        add_value(&text, 0);
        add_char(&text, '}');
        int result = scan(&text, 1 + below(20), most, &got, &rest);
        json_t *whole = json_loadb(text.data, text.len, 0, NULL);
        json_t *cut = json_loadb(rest.data, rest.len, 0, NULL);
        CHECK(result == 0 && cut != NULL && is_prefix(cut, whole), "cut to %zu: %s gives %s", most,
              text.data, rest.data);
        json_decref(whole);
        json_decref(cut);
        release(&got, &rest);
        buf_release(&text);
    }
}

static void check_table(void)
{
    static const struct {
        const char *text;
        bool taken;
    } rows[] = {
        {"{\"images\":[\"QUJD\"]}", true},
        {"{\"images\":[\"QUJD\"}", false},
        {"{\"images\":[\"QUJD\"]", false},
        {"{\"images\":[\"QUJD", false},
        {"{\"images\":[\"QUJ\"]}", false},
        {"{\"images\":[\"QU=D\"]}", false},
        {"{\"images\":[\"QUJD\\u0000\"]}", false},
        {"{\"images\":[\"QUJD\\\"\"]}", false},
        {"{\"images\":[\"QUJD\\", false},
        {"{\"images\":[\"\\x\"]}", false},
        {"{\"images\":[\"\\u00g0\"]}", false},
        {"{\"images\":[\"\"]}", true},
        {"{\"image\":[\"!\"],\"imagess\":[\"!\"]}", true},
        {"{\"x\":{\"images\":[\"!\"]}}", true},
        {"[{\"images\":[\"!\"]}]", true},
        {"{\"images\":\"!\"}", true},
        {"{\"images\":[[\"!\"]]}", true},
        {"{\"images\":{\"a\":\"!\"}}", true},
        {"{\"images\":5,\"x\":[\"!\"]}", true},
        {"{\"\\u0069mages\":[\"!\"]}", false},
        {"", true},
        {"]", false},
        {"{]", false},
        {"[}", false},
    };
    struct got got;
    struct buf rest;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (unsigned most = 1; most < 8; most++) {
            struct buf text;
            buf_init(&text, 1000);
            buf_adds(&text, rows[i].text);
            CHECK((scan(&text, most, 1000, &got, &rest) == 0) == rows[i].taken, "%s", rows[i].text);
            release(&got, &rest);
            buf_release(&text);
        }
    }
}

int main(void)
{
    srand(1);
    check_table();
    check_random();
    check_broken();
    check_long();
    return unit_done("tap");
}
