#ifndef SDCTL_NET_URL_H
#define SDCTL_NET_URL_H

#include <stdbool.h>

#include "base/error.h"

/*
 * URLs, taken apart by libcurl itself, so that what is judged is what is connected to. Only http
 * and https, no user or password inside, at most 16 KiB, no control characters or spaces.
 */

struct url_origin {
    char scheme[8]; /* "http" or "https" */
    char host[256]; /* lower case; IPv6 in brackets */
    int port;
};

/* Checks a service's base URL, takes a trailing '/' off, and adds http:// when it names no scheme
 * ("127.0.0.1:7860"). *url is malloc'd. EXIT_USAGE; the error never shows a user or password. */
int url_base(const char *text, char **url, struct error *err);

/* base + path, malloc'd; path starts with '/'. NULL without memory. */
char *url_join(const char *base, const char *path);

/* The origin of an absolute URL. EXIT_NETWORK when it is not one that may be used. */
int url_origin(const char *url, struct url_origin *origin, struct error *err);

bool url_same_origin(const struct url_origin *a, const struct url_origin *b);

/* Resolves a Location header against the URL that gave it; *to is malloc'd. */
int url_resolve(const char *url, const char *location, char **to, struct error *err);

/* Whether a host is this machine by its spelling: localhost, 127/8, ::1. */
bool url_is_loopback(const struct url_origin *origin);

#endif
