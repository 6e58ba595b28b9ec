#include "wire/json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static char *written(const json_t *value, bool ascii)
{
    struct buf b;

    buf_init(&b, 1 << 20);
    return json_write_buf(value, ascii, &b) ? buf_detach(&b) : NULL;
}

static void check_write(void)
{
    static const struct {
        const char *json, *plain, *ascii;
    } rows[] = {
        {"null", "null", "null"},
        {" [ ] ", "[]", "[]"},
        {"{ }", "{}", "{}"},
        {"[1,-1,0,true,false,null]", "[1,-1,0,true,false,null]", "[1,-1,0,true,false,null]"},
        {"9223372036854775807", "9223372036854775807", "9223372036854775807"},
        {"-9223372036854775808", "-9223372036854775808", "-9223372036854775808"},
        {"0.5", "0.5", "0.5"},
        {"1.0", "1.0", "1.0"},
        {"1e15", "1e+15", "1e+15"},
        {"1e2", "100.0", "100.0"},
        {"0.1", "0.1", "0.1"},
        {"7.25", "7.25", "7.25"},
        {"-0.0", "-0.0", "-0.0"},
        {"\"\\u0001\\b\\f\\n\\r\\t\\\"\\\\\\/\"", "\"\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\"",
         "\"\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\""},
        {"\"\\u00e9\\u007f\"", "\"\xc3\xa9\\u007f\"", "\"\\u00e9\\u007f\""},
        {"\"\\ud83d\\ude00\\uffff\"", "\"\xf0\x9f\x98\x80\xef\xbf\xbf\"",
         "\"\\ud83d\\ude00\\uffff\""},
        {"{\"a\":{\"b\":[{}]},\"\\u00e9\":1}", "{\"a\":{\"b\":[{}]},\"\xc3\xa9\":1}",
         "{\"a\":{\"b\":[{}]},\"\\u00e9\":1}"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *value = json_loads(rows[i].json, JSON_DECODE_ANY, NULL);
        char *plain = written(value, false), *ascii = written(value, true);
        CHECK(plain != NULL && strcmp(plain, rows[i].plain) == 0, "%s: %s", rows[i].json, plain);
        CHECK(ascii != NULL && strcmp(ascii, rows[i].ascii) == 0, "%s: %s", rows[i].json, ascii);
        free(plain);
        free(ascii);
        json_decref(value);
    }
}

/* Reals of every size: what is written reads back the same, and no shorter form would. */
static void check_reals(void)
{
    for (unsigned round = 0; round < 100000; round++) {
        union {
            uint64_t bits;
            double value;
        } u = {.bits = (uint64_t)rand() << 40 ^ (uint64_t)rand() << 20 ^ (uint64_t)rand()};
        if (round % 2 == 0) {
            u.value = (rand() % 100000) / 1000.0;
        }
        if (!isfinite(u.value)) {
            continue;
        }
        json_t *value = json_real(u.value);
        char *text = written(value, true);
        json_t *back = json_loads(text, JSON_DECODE_ANY, NULL);
        bool good = json_is_real(back) && json_real_value(back) == u.value;
        bool shortest = round % 2 == 1 || strlen(text) <= 7;
        if (!good || !shortest || round == 0) {
            CHECK(good && shortest, "%.17g is written as %s", u.value, text);
        }
        json_decref(back);
        json_decref(value);
        free(text);
    }
}

static json_t *random_value(unsigned depth)
{
    static const char *const strings[] = {"",   "a",  "\xc3\xa9",         "\x01",
                                          "\"", "\\", "\xf0\x9f\x98\x80", "key"};
    unsigned kind = (unsigned)rand() % (depth > 4 ? 5 : 7), n = (unsigned)rand() % 4;
    json_t *value;
    char key[16];

    switch (kind) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(n & 1);
    case 2:
        return json_integer(rand() - rand());
    case 3:
        return json_real(rand() / 1000.0);
    case 4:
        return json_string(strings[rand() % 8]);
    case 5:
        for (value = json_array(); n > 0; n--) {
            json_array_append_new(value, random_value(depth + 1));
        }
        return value;
    default:
        for (value = json_object(); n > 0; n--) {
            snprintf(key, sizeof key, "%s%u", strings[rand() % 8], n);
            json_object_set_new(value, key, random_value(depth + 1));
        }
        return value;
    }
}

static void check_round_trip(void)
{
    struct error err;

    for (unsigned round = 0; round < 20000; round++) {
        json_t *value = random_value(0);
        char *text = written(value, round % 2 == 0);
        json_t *back = json_parse(text, strlen(text), "x", EXIT_INPUT, &err);
        if (!json_equal(value, back) || round == 0) {
            CHECK(json_equal(value, back), "round trip of %s", text);
        }
        json_decref(back);
        json_decref(value);
        free(text);
    }
}

/* n times a piece, between two others. */
static char *repeated(const char *start, const char *piece, size_t n, const char *end)
{
    struct buf b;

    buf_init(&b, 64 << 20);
    buf_adds(&b, start);
    for (; n > 0; n--) {
        buf_adds(&b, piece);
    }
    buf_adds(&b, end);
    return buf_detach(&b);
}

static void check_parse(void)
{
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "}",
        "{]",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "nul",
        "NaN",
        "1e999",
        "01",
        "\"\xff\"",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\"\n\"",
        "{} {}",
        "{}x",
        "\xef\xbb\xbf{}",
        "'a'",
        "{a:1}",
        "9223372036854775808",
        "\"",
        "\"\\x\"",
        "[\x1b[2J]",
        "{\"a\" 1}",
        "[1 2]",
        "/**/1",
    };
    static const struct {
        const char *start, *piece, *end;
        size_t n;
        bool good;
    } sizes[] = {
        {"", "[", "", 500000, false},
        {"", "{\"a\":", "", 500000, false},
        {"[", "[", "", 64, false},
        {"[\"", "[", "\"]", 500000, true},
        {"[\"\\\"", "{", "\"]", 500000, true},
        {"[1", ",1", "]", 140000, true},
        {"[1", ",1", "]", 160000, false},
        {"[0", ",{}", "]", 21000, true},
        {"[0", ",{}", "]", 22000, false},
        {"[0", ",[]", "]", 49000, true},
        {"[0", ",[]", "]", 51000, false},
        {"{\"x\":1", ",\"\":1", "}", 200000, false},
        {"", "1", "", 1000000, false},
        {"\"", ",[{", "\"", 1000000, true},
    };
    struct error err;
    char *text;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_t *value = json_parse(bad[i], strlen(bad[i]), "name", EXIT_INPUT, &err);
        CHECK(value == NULL && err.code == EXIT_INPUT && strstr(err.text, "name") != NULL &&
                  strchr(err.text, '\x1b') == NULL,
              "'%s' is refused", bad[i]);
        json_decref(value);
    }
    CHECK(json_parse("{}\0", 3, "x", EXIT_INPUT, &err) == NULL, "a NUL behind");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        text = repeated(sizes[i].start, sizes[i].piece, sizes[i].n, sizes[i].end);
        json_t *value = json_parse(text, strlen(text), "x", EXIT_INPUT, &err);
        CHECK((value != NULL) == sizes[i].good, "%zu times %s: %s", sizes[i].n, sizes[i].piece,
              value == NULL ? err.text : "taken");
        json_decref(value);
        free(text);
    }
    for (size_t depth = 1; depth < 80; depth++) {
        char nested[200] = "";
        memset(nested, '[', depth);
        memset(nested + depth, ']', depth);
        json_t *value = json_parse(nested, 2 * depth, "x", EXIT_INPUT, &err);
        CHECK((value != NULL) == (depth <= JSON_DEPTH_MAX), "depth %zu", depth);
        json_decref(value);
    }
}

static void check_paths(void)
{
    static const char *const bad[] = {"", ".", "a.", ".a", "a..b", "n.x", "n.x.y"};
    json_t *root = json_pack("{s:i,s:{s:i}}", "n", 1, "o", "k", 2);
    struct error err;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int result = json_set_path(root, bad[i], json_integer(1), &err);
        bool no_name = strstr(bad[i], "..") != NULL || bad[i][0] == '.';
        CHECK(result != 0 || no_name, "path '%s'", bad[i]);
        CHECK(result == 0 || err.code == EXIT_USAGE, "its status");
    }
    CHECK(json_set_path(root, "a.b.c", json_integer(5), &err) == 0 &&
              json_integer_value(json_get_path(root, "a.b.c")) == 5,
          "a new path");
    CHECK(json_set_path(root, "o.k", json_string("x"), &err) == 0 &&
              strcmp(json_string_at(json_object_get(root, "o"), "k"), "x") == 0,
          "an old path");
    CHECK(json_get_path(root, "o.none") == NULL && json_get_path(root, "none.x.y") == NULL &&
              json_get_path(NULL, "a.b") == NULL && json_get_path(root, "n.x") == NULL,
          "paths that are not there");
    CHECK(json_string_at(root, "n") == NULL && json_string_at(NULL, "n") == NULL, "no strings");
    json_decref(root);
}

static bool to_buf(void *ctx, const char *text, size_t n)
{
    return buf_add(ctx, text, n);
}

/* A key is hidden before its characters are escaped, and the text stays JSON. */
static void check_hide(void)
{
    static const char *const keys[] = {"user:pa\"ss\\w", "user:null", "user:true", "user:5555",
                                       "user:\",\"a\":\""};
    struct secret key = {0};
    struct error err;
    struct buf b;

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *password = strchr(keys[i], ':') + 1;
        CHECK(secret_set(&key, keys[i], strlen(keys[i]), "test", &err) == 0, "a key");
        json_t *value = json_pack("{s:s,s:s,s:[n,b,i,s]}", "x", keys[i], keys[i], password, "a", 1,
                                  5555, password);
        buf_init(&b, 1000);
        struct json_writer w = {.sink = to_buf, .ctx = &b, .ascii = true, .hide = &key};
        CHECK(json_write(&w, value), "written");
        json_t *back = json_parse(b.data, b.len, "x", EXIT_INPUT, &err);
        const char *shown = json_string_at(back, "x");
        CHECK(shown != NULL && strspn(shown, "*") == strlen(keys[i]), "%s: %s", keys[i], b.data);
        CHECK(json_object_get(back, keys[i]) == NULL, "the key is no name");
        json_t *list = json_object_get(back, "a");
        CHECK(json_is_null(json_array_get(list, 0)) && json_is_true(json_array_get(list, 1)) &&
                  json_integer_value(json_array_get(list, 2)) == 5555 &&
                  strcmp(json_string_value(json_array_get(list, 3)), password) != 0,
              "%s: only strings change: %s", keys[i], b.data);
        json_decref(back);
        json_decref(value);
        buf_release(&b);
        secret_release(&key);
    }
}

static void check_file_name(void)
{
    json_t *name = json_file_name("a\xff\xc3\xa9\n.png");

    CHECK(strcmp(json_string_value(name), "a?\xc3\xa9\n.png") == 0, "a name that is not UTF-8");
    json_decref(name);
}

int main(void)
{
    srand(1);
    check_write();
    check_reals();
    check_round_trip();
    check_parse();
    check_paths();
    check_hide();
    check_file_name();
    return unit_done("json");
}
