#include "net/url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "net/libcurl.h"

#define URL_MAX (16UL * 1024)

/* Why libcurl would not take a URL, in our words; the URL itself may hold a password. */
static const char *why_not(CURLUcode code)
{
    switch (code) {
    case CURLUE_UNSUPPORTED_SCHEME:
        return "only http and https are supported";
    case CURLUE_USER_NOT_ALLOWED:
        return "it holds a user name or password";
    case CURLUE_BAD_PORT_NUMBER:
        return "its port is not a number from 1 to 65535";
    case CURLUE_OUT_OF_MEMORY:
        return "out of memory";
    default:
        return "it is not a valid URL";
    }
}

static bool has_bad_bytes(const char *text)
{
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c <= 0x20 || *c == 0x7f) {
            return true;
        }
    }
    return strlen(text) > URL_MAX || !text_is_utf8(text, strlen(text));
}

/* Parses into a libcurl handle, http and https only. NULL with *code set on failure. */
static CURLU *parse(const char *text, unsigned flags, CURLUcode *code)
{
    char *scheme = NULL;
    CURLU *u = libcurl.url();

    *code = u == NULL ? CURLUE_OUT_OF_MEMORY : CURLUE_OK;
    if (u != NULL && has_bad_bytes(text)) {
        *code = CURLUE_MALFORMED_INPUT;
    }
    if (*code == CURLUE_OK) {
        *code = libcurl.url_set(u, CURLUPART_URL, text, CURLU_DISALLOW_USER | flags);
    }
    if (*code == CURLUE_OK) {
        *code = libcurl.url_get(u, CURLUPART_SCHEME, &scheme, 0);
    }
    if (*code == CURLUE_OK && strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0) {
        *code = CURLUE_UNSUPPORTED_SCHEME;
    }
    libcurl.free(scheme);
    if (*code != CURLUE_OK) {
        libcurl.url_cleanup(u);
        return NULL;
    }
    return u;
}

/* Copies a part of a parsed URL into a fixed field; false when it is missing or too long. */
static bool get_part(CURLU *u, CURLUPart part, unsigned flags, char *to, size_t cap)
{
    char *text = NULL;
    bool fits = libcurl.url_get(u, part, &text, flags) == CURLUE_OK && strlen(text) < cap;

    if (fits) {
        memcpy(to, text, strlen(text) + 1);
    }
    libcurl.free(text);
    return fits;
}

/* The whole URL as a malloc'd string. */
static char *whole(CURLU *u)
{
    char *text = NULL, *copy = NULL;

    if (libcurl.url_get(u, CURLUPART_URL, &text, 0) == CURLUE_OK) {
        copy = strdup(text);
    }
    libcurl.free(text);
    return copy;
}

int url_base(const char *text, char **url, struct error *err)
{
    CURLUcode code;
    char query[4];

    *url = NULL;
    if (libcurl_load(err) != 0) {
        return -1;
    }
    CURLU *u = parse(text, strstr(text, "://") == NULL ? CURLU_DEFAULT_SCHEME : 0, &code);
    if (u != NULL && strstr(text, "://") == NULL) {
        code = libcurl.url_set(u, CURLUPART_SCHEME, "http", 0);
    }
    if (u == NULL || code != CURLUE_OK) {
        libcurl.url_cleanup(u);
        return error_set(err, EXIT_USAGE, "cannot use the endpoint's URL: %s%s", why_not(code),
                         code == CURLUE_USER_NOT_ALLOWED
                             ? "; give these with --api-key-file or SDCTL_API_KEY"
                             : "");
    }
    bool extra = get_part(u, CURLUPART_QUERY, 0, query, sizeof query) ||
                 get_part(u, CURLUPART_FRAGMENT, 0, query, sizeof query) ||
                 strpbrk(text, "?#") != NULL;
    *url = whole(u);
    libcurl.url_cleanup(u);
    if (*url == NULL) {
        return error_memory(err, "reading a URL");
    }
    if (extra) {
        free(*url);
        *url = NULL;
        return error_set(err, EXIT_USAGE,
                         "cannot use the endpoint's URL: it must end before '?' and '#'");
    }
    for (size_t n = strlen(*url); n > 0 && (*url)[n - 1] == '/'; n--) {
        (*url)[n - 1] = '\0';
    }
    return 0;
}

char *url_join(const char *base, const char *path)
{
    size_t cap = strlen(base) + strlen(path) + 1;
    char *url = malloc(cap);

    if (url != NULL) {
        snprintf(url, cap, "%s%s", base, path);
    }
    return url;
}

int url_origin(const char *url, struct url_origin *origin, struct error *err)
{
    CURLUcode code;
    char port[8];

    CURLU *u = parse(url, 0, &code);
    bool whole_origin = u != NULL &&
                        get_part(u, CURLUPART_SCHEME, 0, origin->scheme, sizeof origin->scheme) &&
                        get_part(u, CURLUPART_HOST, 0, origin->host, sizeof origin->host) &&
                        get_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT, port, sizeof port);
    libcurl.url_cleanup(u);
    if (!whole_origin) {
        return error_set(err, EXIT_NETWORK, "cannot use a URL: %s", why_not(code));
    }
    for (char *c = origin->host; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    origin->port = (int)strtol(port, NULL, 10);
    return 0;
}

bool url_same_origin(const struct url_origin *a, const struct url_origin *b)
{
    return strcmp(a->scheme, b->scheme) == 0 && strcmp(a->host, b->host) == 0 && a->port == b->port;
}

int url_resolve(const char *url, const char *location, char **to, struct error *err)
{
    CURLUcode code;

    *to = NULL;
    CURLU *u = parse(url, 0, &code);
    if (u != NULL && !has_bad_bytes(location)) {
        code = libcurl.url_set(u, CURLUPART_URL, location, CURLU_DISALLOW_USER);
        *to = code == CURLUE_OK ? whole(u) : NULL;
    } else if (u != NULL) {
        code = CURLUE_MALFORMED_INPUT;
    }
    libcurl.url_cleanup(u);
    return *to != NULL ? 0
                       : error_set(err, EXIT_NETWORK,
                                   "the server redirects to an address that cannot be used: %s",
                                   why_not(code));
}

bool url_is_loopback(const struct url_origin *origin)
{
    struct in_addr v4;

    return strcmp(origin->host, "localhost") == 0 || strcmp(origin->host, "[::1]") == 0 ||
           (inet_pton(AF_INET, origin->host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}
