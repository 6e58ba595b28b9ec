#include "net/zone.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "net/libcurl.h"
#include "net/proxy.h"
#include "net/range.h"
#include "unit.h"

static enum zone zone_of_text(const char *text)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        return zone_of((struct sockaddr *)&v4);
    }
    return inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 ? zone_of((struct sockaddr *)&v6)
                                                         : ZONE_UNKNOWN;
}

static void check_addresses(void)
{
    static const struct {
        const char *address;
        enum zone zone;
    } rows[] = {
        {"127.0.0.1", ZONE_LOOPBACK},
        {"127.255.255.255", ZONE_LOOPBACK},
        {"0.0.0.0", ZONE_LOOPBACK},
        {"0.1.2.3", ZONE_LOOPBACK},
        {"126.255.255.255", ZONE_PUBLIC},
        {"128.0.0.0", ZONE_PUBLIC},
        {"1.0.0.0", ZONE_PUBLIC},
        {"10.0.0.0", ZONE_PRIVATE},
        {"10.255.255.255", ZONE_PRIVATE},
        {"9.255.255.255", ZONE_PUBLIC},
        {"11.0.0.0", ZONE_PUBLIC},
        {"172.16.0.0", ZONE_PRIVATE},
        {"172.31.255.255", ZONE_PRIVATE},
        {"172.15.255.255", ZONE_PUBLIC},
        {"172.32.0.0", ZONE_PUBLIC},
        {"192.168.0.0", ZONE_PRIVATE},
        {"192.168.255.255", ZONE_PRIVATE},
        {"192.167.255.255", ZONE_PUBLIC},
        {"192.169.0.0", ZONE_PUBLIC},
        {"100.64.0.0", ZONE_PRIVATE},
        {"100.100.100.200", ZONE_PRIVATE},
        {"100.127.255.255", ZONE_PRIVATE},
        {"100.63.255.255", ZONE_PUBLIC},
        {"100.128.0.0", ZONE_PUBLIC},
        {"192.0.0.192", ZONE_PRIVATE},
        {"192.0.1.0", ZONE_PUBLIC},
        {"169.254.0.0", ZONE_LINK_LOCAL},
        {"169.254.169.254", ZONE_LINK_LOCAL},
        {"169.254.255.255", ZONE_LINK_LOCAL},
        {"169.253.255.255", ZONE_PUBLIC},
        {"169.255.0.0", ZONE_PUBLIC},
        {"198.18.0.1", ZONE_PUBLIC},
        {"223.255.255.255", ZONE_PUBLIC},
        {"224.0.0.1", ZONE_NOWHERE},
        {"240.0.0.1", ZONE_NOWHERE},
        {"255.255.255.255", ZONE_NOWHERE},
        {"::", ZONE_LOOPBACK},
        {"::1", ZONE_LOOPBACK},
        {"::2", ZONE_NOWHERE},
        {"::127.0.0.1", ZONE_NOWHERE},
        {"::ffff:127.0.0.1", ZONE_LOOPBACK},
        {"::ffff:10.1.2.3", ZONE_PRIVATE},
        {"::ffff:169.254.169.254", ZONE_LINK_LOCAL},
        {"::ffff:8.8.8.8", ZONE_PUBLIC},
        {"::ffff:0:127.0.0.1", ZONE_NOWHERE},
        {"::ffff:0:8.8.8.8", ZONE_PUBLIC},
        {"64:ff9b::7f00:1", ZONE_NOWHERE},
        {"64:ff9b::a9fe:a9fe", ZONE_NOWHERE},
        {"64:ff9b::808:808", ZONE_PUBLIC},
        {"64:ff9b:1::808:808", ZONE_PRIVATE},
        {"2002:7f00:1::", ZONE_NOWHERE},
        {"2002:a00:1::1", ZONE_NOWHERE},
        {"2002:808:808::1", ZONE_PUBLIC},
        {"fe80::1", ZONE_LINK_LOCAL},
        {"febf:ffff::1", ZONE_LINK_LOCAL},
        {"fe7f::1", ZONE_PUBLIC},
        {"fec0::1", ZONE_PRIVATE},
        {"fc00::1", ZONE_PRIVATE},
        {"fdff::1", ZONE_PRIVATE},
        {"fd00:ec2::254", ZONE_PRIVATE},
        {"fbff::1", ZONE_PUBLIC},
        {"ff02::1", ZONE_NOWHERE},
        {"2001:db8::1", ZONE_PUBLIC},
        {"2606:4700::1111", ZONE_PUBLIC},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        enum zone zone = zone_of_text(rows[i].address);
        CHECK(zone == rows[i].zone, "%s is %s", rows[i].address, zone_name(zone));
    }
    struct sockaddr other = {.sa_family = AF_UNIX};
    CHECK(zone_of(&other) == ZONE_NOWHERE, "a socket file");
}

/* However a URL spells an address, it is the one that is connected to. */
static void check_spellings(void)
{
    static const struct {
        const char *url;
        enum zone zone;
    } rows[] = {
        {"http://2852039166/", ZONE_LINK_LOCAL},
        {"http://0xa9fea9fe/", ZONE_LINK_LOCAL},
        {"http://0251.0376.0251.0376/", ZONE_LINK_LOCAL},
        {"http://169.16689662/", ZONE_LINK_LOCAL},
        {"http://[::ffff:169.254.169.254]/", ZONE_LINK_LOCAL},
        {"http://[::ffff:a9fe:a9fe]:80/", ZONE_LINK_LOCAL},
        {"http://[fe80::1%25eth0]/", ZONE_LINK_LOCAL},
        {"http://2130706433/", ZONE_LOOPBACK},
        {"http://127.1/", ZONE_LOOPBACK},
        {"http://0/", ZONE_LOOPBACK},
        {"http://LocalHost/", ZONE_LOOPBACK},
        {"http://[0:0:0:0:0:ffff:7f00:1]/", ZONE_LOOPBACK},
        {"http://10.1/", ZONE_PRIVATE},
        {"http://8.8.8.8/", ZONE_PUBLIC},
        {"http://example.org/", ZONE_UNKNOWN},
        {"http://127.0.0.1.example.org/", ZONE_UNKNOWN},
    };
    struct url_origin origin;
    struct error err;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int result = url_origin(rows[i].url, &origin, &err);
        CHECK(result == 0 && zone_of_host(origin.host) == rows[i].zone, "%s is %s", rows[i].url,
              result != 0 ? err.text : zone_name(zone_of_host(origin.host)));
    }
}

static void check_rule(void)
{
    /* service (row), target (column): loopback, link-local, private, public, nowhere */
    static const struct {
        enum zone service;
        const char *may;
    } rows[] = {
        {ZONE_UNKNOWN, "---+-"}, {ZONE_LOOPBACK, "+-++-"}, {ZONE_LINK_LOCAL, "-+++-"},
        {ZONE_PRIVATE, "--++-"}, {ZONE_PUBLIC, "---+-"},   {ZONE_NOWHERE, "---+-"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (enum zone to = ZONE_LOOPBACK; to <= ZONE_NOWHERE; to++) {
            CHECK(zone_may_lead(rows[i].service, to) == (rows[i].may[to - ZONE_LOOPBACK] == '+'),
                  "from %s to %s", zone_name(rows[i].service), zone_name(to));
        }
        CHECK(!zone_may_lead(rows[i].service, ZONE_UNKNOWN), "to an unknown place");
    }
    CHECK(zone_wider(ZONE_LOOPBACK, ZONE_PUBLIC) == ZONE_PUBLIC &&
              zone_wider(ZONE_PRIVATE, ZONE_UNKNOWN) == ZONE_PRIVATE,
          "the wider zone");
}

static void check_no_proxy(void)
{
    static const struct {
        const char *list, *host;
        bool excepted;
    } rows[] = {
        {"*", "example.org", true},
        {"a.org, *", "example.org", true},
        {"example.org", "example.org", true},
        {"Example.ORG", "example.org", true},
        {"example.org", "example.org.", true},
        {"example.org.", "example.org", true},
        {".example.org", "example.org", true},
        {".example.org", "a.example.org", true},
        {"example.org", "a.example.org", true},
        {"example.org", "badexample.org", false},
        {"a.example.org", "example.org", false},
        {"x,y\texample.org", "example.org", true},
        {"", "example.org", false},
        {" , ,", "example.org", false},
        {".", "example.org", false},
        {"10.0.0.1", "10.0.0.1", true},
        {"0.0.1", "10.0.0.1", false},
        {"10.0.0.0/8", "10.1.2.3", true},
        {"10.0.0.0/8", "11.1.2.3", false},
        {"10.0.0.0/33", "10.0.0.0", false},
        {"10.0.0.0/", "10.0.0.0", false},
        {"10.0.0.0/8x", "10.0.0.0", false},
        {"10.0.0.0/0000008", "10.0.0.0", false},
        {"192.168.128.0/17", "192.168.255.1", true},
        {"192.168.128.0/17", "192.168.127.1", false},
        {"0.0.0.0/0", "8.8.8.8", true},
        {"[fd00::1]", "[fd00::1]", true},
        {"fd00::1", "[fd00::1]", true},
        {"fd00::/8", "[fdff::1]", true},
        {"fd00::/8", "[fe80::1]", false},
        {"10.0.0.0/8", "[a00::]", false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK(proxy_is_excepted(rows[i].list, rows[i].host) == rows[i].excepted, "'%s' and %s",
              rows[i].list, rows[i].host);
    }
}

static bool has_proxy(const char *url, const char *expected)
{
    struct url_origin origin;
    struct error err;

    return url_origin(url, &origin, &err) == 0 && strcmp(proxy_for(&origin), expected) == 0;
}

static void check_proxy(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY",  "no_proxy",    "NO_PROXY"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unsetenv(names[i]);
    }
    setenv("HTTP_PROXY", "http://wrong", 1);
    CHECK(has_proxy("http://h", ""), "HTTP_PROXY may come from a CGI request");
    setenv("ALL_PROXY", "http://all", 1);
    CHECK(has_proxy("http://h", "http://all") && has_proxy("https://h", "http://all"), "all");
    setenv("http_proxy", "http://one", 1);
    setenv("HTTPS_PROXY", "http://two", 1);
    CHECK(has_proxy("http://h", "http://one") && has_proxy("https://h", "http://two"), "each");
    CHECK(has_proxy("http://127.0.0.1", "") && has_proxy("https://localhost", "") &&
              has_proxy("http://[::1]:1", ""),
          "never for this machine");
    setenv("NO_PROXY", "other,h", 1);
    CHECK(has_proxy("http://h", "") && has_proxy("http://g", "http://one"), "no_proxy");
}

static void check_ranges(void)
{
    static const struct {
        const char *value;
        bool good;
        uint64_t first, last, total;
    } rows[] = {
        {"bytes 5-9/10", true, 5, 9, 10},
        {"bytes 0-0/*", true, 0, 0, 0},
        {"Bytes 5-9/11", true, 5, 9, 11},
        {"bytes 5-9223372036854775806/9223372036854775807", true, 5, INT64_MAX - 1, INT64_MAX},
        {"bytes 5-9/9223372036854775808", false, 0, 0, 0},
        {"bytes 5-9/9", false, 0, 0, 0},
        {"bytes 9-5/10", false, 0, 0, 0},
        {"bytes */10", false, 0, 0, 0},
        {"bytes 5-/10", false, 0, 0, 0},
        {"bytes -5/10", false, 0, 0, 0},
        {"bytes 5-9/", false, 0, 0, 0},
        {"bytes 5-9", false, 0, 0, 0},
        {"bytes 5-9/10x", false, 0, 0, 0},
        {"bytes=5-9/10", false, 0, 0, 0},
        {"bytes  5-9/10", false, 0, 0, 0},
        {"bytes", false, 0, 0, 0},
        {"", false, 0, 0, 0},
    };
    uint64_t first, last, total;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool good = range_read(rows[i].value, strlen(rows[i].value), &first, &last, &total);
        CHECK(good == rows[i].good && (!good || (first == rows[i].first && last == rows[i].last &&
                                                 total == rows[i].total)),
              "Content-Range '%s'", rows[i].value);
    }
    CHECK(range_is_strong("\"\"") && range_is_strong("\"abc-1\""), "strong");
    CHECK(!range_is_strong("W/\"a\"") && !range_is_strong("") && !range_is_strong("\"") &&
              !range_is_strong("\"a\"b\"") && !range_is_strong("\"a\r\nX: y\"") &&
              !range_is_strong("\"\x7f\"") && !range_is_strong("\"\xc3\xa9\"") &&
              !range_is_strong("abc"),
          "not strong");
}

int main(void)
{
    struct error err;

    if (libcurl_load(&err) != 0) {
        printf("%s\n", err.text);
        return 1;
    }
    check_addresses();
    check_spellings();
    check_rule();
    check_no_proxy();
    check_proxy();
    check_ranges();
    return unit_done("zone");
}
