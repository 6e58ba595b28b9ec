#include "net/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

static void check_base(void)
{
    static const struct {
        const char *text, *url; /* NULL: refused */
    } rows[] = {
        {"http://127.0.0.1:7860", "http://127.0.0.1:7860"},
        {"http://127.0.0.1:7860/", "http://127.0.0.1:7860"},
        {"http://127.0.0.1:7860///", "http://127.0.0.1:7860"},
        {"127.0.0.1:7860", "http://127.0.0.1:7860"},
        {"localhost:7860", "http://localhost:7860"},
        {"localhost", "http://localhost"},
        {"example.org/sd", "http://example.org/sd"},
        {"https://example.org", "https://example.org"},
        {"HTTPS://example.org/sd/", "https://example.org/sd"},
        {"https://example.org:443", "https://example.org:443"},
        {"http://[::1]:7860", "http://[::1]:7860"},
        {"http://example.org/a%20b", "http://example.org/a%20b"},
        {"", NULL},
        {"http://", NULL},
        {"http:///x", "http://x"},
        {"://x", NULL},
        {"ftp://example.org", NULL},
        {"file:///etc/passwd", NULL},
        {"file:/etc/passwd", NULL},
        {"gopher://example.org", NULL},
        {"javascript:alert(1)", NULL},
        {"mailto:a@b", NULL},
        {"ws://example.org", NULL},
        {"http://user@example.org", NULL},
        {"http://user:pw@example.org", NULL},
        {"user:pw@example.org", NULL},
        {"http://example.org:99999", NULL},
        {"http://example.org:-1", NULL},
        {"http://example.org:x", NULL},
        {"http://example.org?x=1", NULL},
        {"http://example.org/#x", NULL},
        {"http://example.org?", NULL},
        {"http://example.org/#", NULL},
        {"http://exa mple.org", NULL},
        {"http://example.org/a b", NULL},
        {"http://example.org/\r\nX: y", NULL},
        {"http://example.org/\x1b[2J", NULL},
        {"http://example.org/\x7f", NULL},
        {"http://example.org/\xff", NULL},
        {"http://[::1", NULL},
        {"http://[zz]", NULL},
    };
    struct error err;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *url = NULL;
        int result = url_base(rows[i].text, &url, &err);
        CHECK((result == 0) == (rows[i].url != NULL) &&
                  (result != 0 ? url == NULL && err.code == EXIT_USAGE
                               : strcmp(url, rows[i].url) == 0),
              "'%s' gives '%s'", rows[i].text, url != NULL ? url : err.text);
        CHECK(result == 0 || strstr(err.text, "pw") == NULL || strstr(rows[i].text, "pw") == NULL,
              "the password is not shown");
        free(url);
    }
    char *long_text = malloc(20001), *url;
    memset(long_text, 'a', 20000);
    long_text[20000] = '\0';
    memcpy(long_text, "http://e/", 9);
    CHECK(url_base(long_text, &url, &err) != 0, "20000 bytes");
    free(long_text);
}

static void check_origin(void)
{
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"http://h", "http://h/x/y?z", true},
        {"http://h", "http://h:80", true},
        {"https://h", "https://h:443/", true},
        {"http://H", "http://h", true},
        {"http://127.0.0.1:1", "http://127.0.0.1:1/x", true},
        {"http://127.0.0.1", "http://2130706433", true},
        {"http://127.0.0.1", "http://0x7f.1", true},
        {"http://h", "https://h", false},
        {"http://h", "http://h:81", false},
        {"http://h", "http://h.", false},
        {"http://h", "http://h.evil", false},
        {"http://h", "http://evil/h", false},
        {"http://h", "http://evil#@h", false},
        {"http://h", "http://evil?@h", false},
        {"http://localhost", "http://127.0.0.1", false},
        {"http://127.0.0.1", "http://[::1]", false},
        {"http://127.0.0.1", "http://[::ffff:127.0.0.1]", false},
        {"https://h:80", "http://h:80", false},
    };
    static const char *const bad[] = {"file:///x",
                                      "ftp://h",
                                      "h",
                                      "/x",
                                      "",
                                      "http://u@h",
                                      "http://u:p@h",
                                      "http://h:0x50",
                                      "http://h:65536",
                                      "data:,x",
                                      "http://h/ x"};
    struct url_origin a, b;
    struct error err;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int result = url_origin(rows[i].a, &a, &err) | url_origin(rows[i].b, &b, &err);
        CHECK((result == 0 && url_same_origin(&a, &b)) == rows[i].same, "%s and %s", rows[i].a,
              rows[i].b);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(url_origin(bad[i], &a, &err) != 0 && err.code == EXIT_NETWORK, "'%s' has no origin",
              bad[i]);
    }
    char url[400];
    memset(url, 'a', sizeof url);
    memcpy(url, "http://", 7);
    url[sizeof url - 1] = '\0';
    CHECK(url_origin(url, &a, &err) != 0, "a host of 390 bytes");
}

static void check_resolve(void)
{
    static const struct {
        const char *location, *to; /* NULL: refused */
    } rows[] = {
        {"/x", "http://h:1/x"},
        {"x", "http://h:1/a/x"},
        {"../x", "http://h:1/x"},
        {"../../../x", "http://h:1/x"},
        {"?q", "http://h:1/a/b?q"},
        {"//other/x", "http://other/x"},
        {"http://other", "http://other/"},
        {"https://h:1/x", "https://h:1/x"},
        {"http://u:p@h:1/", NULL},
        {"//u@h:1/", NULL},
        {"http://h:99999/", NULL},
        {"/a b", NULL},
        {"/a\r\nX: y", NULL},
        {"/\x1b[2J", NULL},
        {"/\xff", NULL},
    };
    struct error err;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *to = NULL;
        int result = url_resolve("http://h:1/a/b", rows[i].location, &to, &err);
        CHECK((result == 0) == (rows[i].to != NULL) && (result != 0 || strcmp(to, rows[i].to) == 0),
              "'%s' leads to '%s'", rows[i].location, to != NULL ? to : err.text);
        free(to);
    }
}

static void check_loopback(void)
{
    static const struct {
        const char *url;
        bool loopback;
    } rows[] = {
        {"http://localhost", true},       {"http://LOCALHOST:1", true},
        {"http://127.0.0.1", true},       {"http://127.255.255.254", true},
        {"http://2130706433", true},      {"http://0x7f.0.0.1", true},
        {"http://0177.0.0.1", true},      {"http://127.1", true},
        {"http://[::1]", true},           {"http://[0:0:0:0:0:0:0:1]", true},
        {"http://128.0.0.1", false},      {"http://0.0.0.0", false},
        {"http://localhost.evil", false}, {"http://127.0.0.1.evil", false},
        {"http://evil/127.0.0.1", false}, {"http://[::2]", false},
        {"http://[::]", false},           {"http://localhos", false},
        {"http://10.0.0.1", false},       {"http://127.0.0.1.", false},
    };
    struct url_origin origin;
    struct error err;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int result = url_origin(rows[i].url, &origin, &err);
        CHECK((result == 0 && url_is_loopback(&origin)) == rows[i].loopback, "%s", rows[i].url);
    }
}

int main(void)
{
    check_base();
    check_origin();
    check_resolve();
    check_loopback();
    char *joined = url_join("http://h", "/x");
    CHECK(strcmp(joined, "http://h/x") == 0, "joined");
    free(joined);
    return unit_done("url");
}
