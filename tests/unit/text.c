#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* Encodes any number below 2^21 in UTF-8's manner, surrogates included; its length. */
static size_t encode(uint32_t c, char *to)
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = len - 1; i > 0; i--, c >>= 6) {
        to[i] = (char)(0x80 | (c & 0x3f));
    }
    to[0] = (char)(len == 1 ? c : lead[len] | c);
    return len;
}

/* Control characters, and what is invisible or turns the direction of writing. */
static bool is_dangerous(uint32_t c)
{
    static const uint32_t ranges[][2] = {{0, 0x1f},         {0x7f, 0x9f},       {0xad, 0xad},
                                         {0x61c, 0x61c},    {0x180e, 0x180e},   {0x200b, 0x200f},
                                         {0x2028, 0x202e},  {0x2060, 0x206f},   {0xfeff, 0xfeff},
                                         {0xfff0, 0xfffb},  {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a},
                                         {0xe0000, 0xe0fff}};

    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (c >= ranges[i][0] && c <= ranges[i][1]) {
            return true;
        }
    }
    return (c & 0xfffe) == 0xfffe;
}

/* Every code point alone: kept, made a space, or made a question mark. */
static void check_each(void)
{
    char from[8], to[16];
    size_t wrong = 0;

    for (uint32_t c = 0; c < 0x110000; c++) {
        size_t n = encode(c, from);
        text_clean(to, sizeof to, from, n, 100);
        bool surrogate = c >= 0xd800 && c < 0xe000;
        bool space = c == ' ' || (c >= 9 && c <= 13);
        if (space) {
            wrong += strcmp(to, " ") != 0;
        } else if (surrogate) {
            wrong += strcmp(to, "???") != 0;
        } else if (is_dangerous(c)) {
            wrong += strcmp(to, "?") != 0;
        } else {
            wrong += strlen(to) != n || memcmp(to, from, n) != 0;
            wrong += strcmp(to, "?") == 0 && c != '?';
        }
        if (wrong == 1) {
            printf("U+%04X\n", (unsigned)c);
            wrong++;
        }
    }
    CHECK(wrong == 0, "each code point is kept or replaced");
}

static void check_table(void)
{
    static const struct {
        const char *from, *to;
        size_t cap, shown;
    } rows[] = {
        {"", "", 10, 10},
        {"abc", "abc", 4, 10},
        {"abcd", "...", 4, 10},
        {"abcdefgh", "abc...", 7, 10},
        {"abcdefgh", "abcdefgh", 100, 8},
        {"abcdefghi", "abcde...", 100, 8},
        {"abc", "", 1, 10},
        {"abc", "", 2, 10},
        {"a\n\n \tb", "a b", 10, 10},
        {"\xc3\xa9\xc3\xa9\xc3\xa9", "\xc3\xa9\xc3\xa9\xc3\xa9", 7, 10},
        {"\xc3\xa9\xc3\xa9\xc3\xa9", "\xc3\xa9...", 6, 10},
        {"\xc3", "?", 10, 10},
        {"\xc3(", "?(", 10, 10},
        {"\xe2\x82", "??", 10, 10},
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", 10, 10},
        {"\xc0\xaf", "??", 10, 10},
        {"\xff\xfe", "??", 10, 10},
        {"\x1b[31m", "?[31m", 10, 10},
    };
    char to[128];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text_clean(to, rows[i].cap, rows[i].from, strlen(rows[i].from), rows[i].shown);
        CHECK(strcmp(to, rows[i].to) == 0, "row %zu: '%s', not '%s'", i, to, rows[i].to);
    }
}

/* Random bytes into a buffer of exact size: valid, harmless, short enough. */
static void check_random(void)
{
    for (unsigned round = 0; round < 200000; round++) {
        char from[64];
        size_t n = (size_t)rand() % sizeof from, cap = 1 + (size_t)rand() % 80, chars = 0;
        size_t shown = (size_t)rand() % 70;
        for (size_t i = 0; i < n; i++) {
            from[i] = (char)(rand() % 3 ? rand() : "\xc3\xe2\xf0\x80\xbf \n\x1b"[rand() % 8]);
        }
        char *to = malloc(cap);
        text_clean(to, cap, from, n, shown);
        size_t len = strlen(to);
        bool good = len < cap && text_is_utf8(to, len);
        for (size_t i = 0; i < len; i++) {
            good = good && (unsigned char)to[i] >= 0x20 && to[i] != 0x7f;
            good = good && !((unsigned char)to[i] == 0xc2 && (unsigned char)to[i + 1] < 0xa0);
            chars += ((unsigned char)to[i] & 0xc0) != 0x80;
        }
        good = good && (chars <= shown || shown < 3);
        if (!good || round == 0) {
            CHECK(good, "random bytes, round %u: '%s'", round, to);
        }
        free(to);
    }
}

static void check_hide(void)
{
    static const struct {
        const char *text, *hidden;
    } rows[] = {
        {"key secret9 end", "key ******* end"},
        {"secret9secret9", "**************"},
        {"nothing", "nothing"},
        {"secret", "******"},
        {"secre", "*****"},
        {"secr", "****"},
        {"sec", "sec"},
        {"x secret... y", "x ******... y"},
        {"x s... y", "x *... y"},
        {"a secre...; b secret...", "a *****...; b ******..."},
        {"secret 9", "secret 9"},
        {"", ""},
        {"...", "..."},
        {"s...", "*..."},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", rows[i].text);
        text_hide(text, "secret9", 7);
        CHECK(strcmp(text, rows[i].hidden) == 0, "hide in '%s': '%s'", rows[i].text, text);
    }
    char text[] = "abc abc...";
    text_hide(text, "abc", 3);
    CHECK(strcmp(text, "abc abc...") == 0, "a short secret is left");
}

/* However a text with the secret is cut, no beginning of it of four characters is left. */
static void check_hide_cut(void)
{
    static const char secret[] = "Zebra/9+x";
    char from[128], to[128], four[5] = "Zebr";

    for (size_t pad = 0; pad < 60; pad++) {
        for (size_t shown = 5; shown < 70; shown++) {
            memset(from, '.', pad);
            snprintf(from + pad, sizeof from - pad, "%s and more", secret);
            text_clean(to, sizeof to, from, strlen(from), shown);
            text_hide(to, secret, strlen(secret));
            if (strstr(to, four) != NULL) {
                CHECK(false, "cut at %zu: '%s'", shown, to);
            }
        }
    }
}

static void check_utf8(void)
{
    char bytes[8];
    size_t wrong = 0;

    for (uint32_t c = 0; c < 0x200000; c++) {
        size_t n = encode(c, bytes);
        bool valid = c < 0x110000 && !(c >= 0xd800 && c < 0xe000);
        wrong += text_is_utf8(bytes, n) != valid;
        wrong += n > 1 && text_is_utf8(bytes, n - 1);
    }
    CHECK(wrong == 0, "UTF-8 is told from what is not");
    CHECK(!text_is_utf8("\xc0\x80", 2) && !text_is_utf8("\xe0\x80\x80", 3) &&
              !text_is_utf8("\xf0\x80\x80\x80", 4) && !text_is_utf8("\xf8\x88\x80\x80\x80", 5),
          "overlong forms");
    char text[] = "a\xff\xc3\xa9\xe2\x82";
    text_make_utf8(text);
    CHECK(strcmp(text, "a?\xc3\xa9??") == 0, "made UTF-8: '%s'", text);
}

static void check_numbers(void)
{
    static const char *const no_int[] = {"",
                                         " ",
                                         "-",
                                         "+",
                                         "1 ",
                                         " 1",
                                         "1.0",
                                         "0x10",
                                         "1e3",
                                         "--1",
                                         "+-1",
                                         "1a",
                                         "\t1",
                                         "1\n",
                                         "nan",
                                         "1_0",
                                         "9223372036854775808",
                                         "-9223372036854775809",
                                         "\xd9\xa1"};
    static const char *const no_real[] = {"",       " ",     "-",     ".",    "-.",   "e5",
                                          "1e",     "1e+",   "nan",   "inf",  "-inf", "infinity",
                                          "0x1p3",  "1,5",   "1.5.2", "1.5 ", " 1.5", "1e999",
                                          "-1e999", "1e5e5", "--1"};
    static const struct {
        const char *text;
        double value;
    } reals[] = {{"0", 0},        {"-0.5", -0.5}, {".5", 0.5},   {"5.", 5},    {"1e3", 1000},
                 {"1E-3", 0.001}, {"+2", 2},      {"1e-999", 0}, {"0.1", 0.1}, {"1e308", 1e308}};
    long long i;
    double r;

    for (size_t n = 0; n < sizeof no_int / sizeof *no_int; n++) {
        CHECK(!text_to_int(no_int[n], &i), "'%s' is no integer", no_int[n]);
    }
    for (size_t n = 0; n < sizeof no_real / sizeof *no_real; n++) {
        CHECK(!text_to_real(no_real[n], &r), "'%s' is no number", no_real[n]);
    }
    for (size_t n = 0; n < sizeof reals / sizeof *reals; n++) {
        CHECK(text_to_real(reals[n].text, &r) && r == reals[n].value, "%s", reals[n].text);
    }
    CHECK(text_to_int("9223372036854775807", &i) && i == INT64_MAX, "the largest integer");
    CHECK(text_to_int("-9223372036854775808", &i) && i == INT64_MIN, "the smallest integer");
    CHECK(text_to_int("007", &i) && i == 7, "leading zeros");
}

static void check_nearest(void)
{
    static const char *const names[] = {"strength",  "steps", "sampler",
                                        "scheduler", "seed",  "Euler a"};
    static const struct {
        const char *name, *nearest;
    } rows[] = {{"strenght", "strength"}, {"step", "steps"},   {"sede", "seed"},
                {"euler a", "Euler a"},   {"samp", "sampler"}, {"sched", "scheduler"},
                {"zzzzz", NULL},          {"x", NULL}};
    char long_name[200];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *got = text_nearest(rows[i].name, names, 6);
        CHECK((got == NULL) == (rows[i].nearest == NULL) &&
                  (got == NULL || strcmp(got, rows[i].nearest) == 0),
              "'%s': %s", rows[i].name, got != NULL ? got : "none");
    }
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    CHECK(text_nearest(long_name, names, 6) == NULL, "a long name");
    CHECK(text_casecmp("ABC", "abc") == 0 && text_casecmp("a", "b") < 0 &&
              text_casecmp("a", "") > 0 && text_casecmp("\xc3\x89", "\xc3\xa9") != 0,
          "comparison without case");
}

int main(void)
{
    srand(1);
    check_each();
    check_table();
    check_random();
    check_hide();
    check_hide_cut();
    check_utf8();
    check_numbers();
    check_nearest();
    return unit_done("text");
}
