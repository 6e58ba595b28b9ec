#include "net/zone.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

static enum zone zone_of_v4(uint32_t address)
{
    static const struct {
        uint32_t net;
        unsigned bits;
        enum zone zone;
    } rows[] = {
        {0x7f000000, 8, ZONE_LOOPBACK},    {0x00000000, 8, ZONE_LOOPBACK},
        {0xa9fe0000, 16, ZONE_LINK_LOCAL}, {0x0a000000, 8, ZONE_PRIVATE},
        {0xac100000, 12, ZONE_PRIVATE},    {0xc0a80000, 16, ZONE_PRIVATE},
        {0x64400000, 10, ZONE_PRIVATE},    {0xc0000000, 24, ZONE_PRIVATE},
        {0xe0000000, 4, ZONE_NOWHERE},     {0xf0000000, 4, ZONE_NOWHERE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if ((address ^ rows[i].net) >> (32 - rows[i].bits) == 0) {
            return rows[i].zone;
        }
    }
    return ZONE_PUBLIC;
}

static uint32_t v4_at(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Whether an address begins with these bits; `bits` is a multiple of 4. */
static bool begins(const unsigned char *a, const unsigned char *prefix, unsigned bits)
{
    return memcmp(a, prefix, bits / 8) == 0 &&
           (bits % 8 == 0 || (a[bits / 8] ^ prefix[bits / 8]) >> 4 == 0);
}

static enum zone zone_of_v6(const unsigned char a[16])
{
    static const unsigned char zero[16], loopback[16] = {[15] = 1},
                                         mapped[12] = {[10] = 0xff, [11] = 0xff};
    /* Translators and tunnels: the address that is meant stands at byte `at`. */
    static const struct {
        unsigned char prefix[12];
        unsigned bits, at;
    } wraps[] = {
        {{0}, 96, 12},                      /* ::a.b.c.d, RFC 4291 2.5.5.1 */
        {{[8] = 0xff, [9] = 0xff}, 96, 12}, /* ::ffff:0:a.b.c.d, RFC 2765 */
        {{0x00, 0x64, 0xff, 0x9b}, 96, 12}, /* NAT64, RFC 6052 */
        {{0x20, 0x02}, 16, 2},              /* 6to4, RFC 3056 */
    };
    static const unsigned char nat64_local[] = {0x00, 0x64, 0xff, 0x9b, 0x00, 0x01};

    if (memcmp(a, loopback, 16) == 0 || memcmp(a, zero, 16) == 0) {
        return ZONE_LOOPBACK;
    }
    if (memcmp(a, mapped, sizeof mapped) == 0) {
        return zone_of_v4(v4_at(a + 12));
    }
    for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++) {
        if (begins(a, wraps[i].prefix, wraps[i].bits)) {
            enum zone inner = zone_of_v4(v4_at(a + wraps[i].at));
            return inner == ZONE_PUBLIC ? ZONE_PUBLIC : ZONE_NOWHERE;
        }
    }
    if (a[0] == 0xfe && a[1] >> 6 == 2) {
        return ZONE_LINK_LOCAL;
    }
    if ((a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && a[1] >> 6 == 3) ||
        memcmp(a, nat64_local, sizeof nat64_local) == 0) {
        return ZONE_PRIVATE;
    }
    return a[0] == 0xff ? ZONE_NOWHERE : ZONE_PUBLIC;
}

enum zone zone_of(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof v4);
        return zone_of_v4(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        memcpy(&v6, address, sizeof v6);
        return zone_of_v6(v6.sin6_addr.s6_addr);
    }
    return ZONE_NOWHERE;
}

enum zone zone_of_host(const char *host)
{
    char text[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct in6_addr v6;
    size_t n = strlen(host);
    bool bracketed = n > 2 && host[0] == '[' && host[n - 1] == ']';

    if (inet_pton(AF_INET, host, &v4) == 1) {
        return zone_of_v4(ntohl(v4.s_addr));
    }
    if (strcmp(host, "localhost") == 0) {
        return ZONE_LOOPBACK;
    }
    host += bracketed;
    n -= bracketed ? 2 : 0;
    if (n >= sizeof text) {
        return ZONE_UNKNOWN;
    }
    memcpy(text, host, n);
    text[n] = '\0';
    return inet_pton(AF_INET6, text, &v6) == 1 ? zone_of_v6(v6.s6_addr) : ZONE_UNKNOWN;
}

bool zone_may_lead(enum zone service, enum zone target)
{
    switch (target) {
    case ZONE_PUBLIC:
        return true;
    case ZONE_LOOPBACK:
        return service == ZONE_LOOPBACK;
    case ZONE_PRIVATE:
        return service == ZONE_LOOPBACK || service == ZONE_PRIVATE || service == ZONE_LINK_LOCAL;
    case ZONE_LINK_LOCAL:
        return service == ZONE_LINK_LOCAL;
    default:
        return false;
    }
}

enum zone zone_wider(enum zone a, enum zone b)
{
    return a > b ? a : b;
}

const char *zone_name(enum zone zone)
{
    static const char *const names[] = {"an unknown place",   "this machine",
                                        "the local link",     "a private network",
                                        "the public network", "no usable address"};

    return names[zone];
}
