#ifndef SDCTL_NET_PROXY_H
#define SDCTL_NET_PROXY_H

#include <stdbool.h>

#include "net/url.h"

/*
 * Which proxy the environment asks for, by the variables that curl knows: http_proxy (lower case
 * only), https_proxy, all_proxy, and no_proxy, a list of hosts, domains, addresses and networks
 * such as 10.0.0.0/8, or "*". It is decided here and not by libcurl because the address rule
 * (target.h) must know whose address it looks at.
 */

/* The proxy's URL, or "" for none. This machine is never reached through one. */
const char *proxy_for(const struct url_origin *to);

/* Whether a no_proxy list names a host (as url_origin() spells it). */
bool proxy_is_excepted(const char *list, const char *host);

#endif
