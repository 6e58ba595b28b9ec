#include "net/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define SEPARATORS ", \t"

static const char *variable(const char *name, const char *capital)
{
    const char *value = getenv(name);

    if ((value == NULL || *value == '\0') && capital != NULL) {
        value = getenv(capital);
    }
    return value != NULL && *value != '\0' ? value : NULL;
}

/* An address without its brackets; its family, or 0 when it is none. */
static int read_address(const char *text, size_t n, unsigned char to[16])
{
    char copy[INET6_ADDRSTRLEN];

    if (n > 2 && text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    }
    if (n >= sizeof copy) {
        return 0;
    }
    memcpy(copy, text, n);
    copy[n] = '\0';
    return inet_pton(AF_INET, copy, to) == 1    ? AF_INET
           : inet_pton(AF_INET6, copy, to) == 1 ? AF_INET6
                                                : 0;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    unsigned rest = bits % 8;

    return memcmp(a, b, bits / 8) == 0 &&
           (rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0);
}

/* Whether "ADDRESS" or "ADDRESS/BITS" holds an address. */
static bool network_holds(const char *item, size_t n, int family, const unsigned char *address)
{
    unsigned char net[16];
    const char *slash = memchr(item, '/', n);
    long long bits = family == AF_INET ? 32 : 128, given = bits;
    char digits[4] = "";

    if (slash != NULL) {
        size_t n_digits = n - (size_t)(slash + 1 - item);
        memcpy(digits, slash + 1, n_digits < sizeof digits ? n_digits : 0);
        if (!text_to_int(digits, &given) || given < 0 || given > bits) {
            return false;
        }
        n = (size_t)(slash - item);
    }
    return read_address(item, n, net) == family && same_bits(net, address, (unsigned)given);
}

/* Whether a name is the domain `item` or in it. */
static bool domain_holds(const char *item, size_t n, const char *host, size_t len)
{
    if (n > 0 && item[0] == '.') {
        item++;
        n--;
    }
    if (n > 0 && item[n - 1] == '.') {
        n--;
    }
    return n > 0 && n <= len && strncasecmp(host + len - n, item, n) == 0 &&
           (n == len || host[len - n - 1] == '.');
}

bool proxy_is_excepted(const char *list, const char *host)
{
    unsigned char address[16];
    size_t len = strlen(host);
    int family = read_address(host, len, address);

    if (len > 0 && host[len - 1] == '.') {
        len--;
    }
    for (const char *at = list + strspn(list, SEPARATORS); *at != '\0';) {
        size_t n = strcspn(at, SEPARATORS);
        if ((n == 1 && *at == '*') || (family != 0 ? network_holds(at, n, family, address)
                                                   : domain_holds(at, n, host, len))) {
            return true;
        }
        at += n;
        at += strspn(at, SEPARATORS);
    }
    return false;
}

const char *proxy_for(const struct url_origin *to)
{
    const char *except = variable("no_proxy", "NO_PROXY"), *proxy;

    if (url_is_loopback(to) || (except != NULL && proxy_is_excepted(except, to->host))) {
        return "";
    }
    proxy = strcmp(to->scheme, "https") == 0 ? variable("https_proxy", "HTTPS_PROXY")
                                             : variable("http_proxy", NULL);
    proxy = proxy != NULL ? proxy : variable("all_proxy", "ALL_PROXY");
    return proxy != NULL ? proxy : "";
}
