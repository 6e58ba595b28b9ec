#ifndef SDCTL_NET_ZONE_H
#define SDCTL_NET_ZONE_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Where an address is, seen from this machine, and from where to where a server may lead us. The
 * ranges are those of IANA's special-purpose registries (RFC 6890, RFC 4193, RFC 6598). Pure.
 */

enum zone {
    ZONE_UNKNOWN,    /* a name, not an address */
    ZONE_LOOPBACK,   /* this machine: 127/8, 0/8, ::1, :: */
    ZONE_LINK_LOCAL, /* 169.254/16 (where clouds hand out credentials), fe80::/10 */
    ZONE_PRIVATE,    /* 10/8, 172.16/12, 192.168/16, 100.64/10, 192.0.0/24, fc00::/7, fec0::/10 */
    ZONE_PUBLIC,     /* all others, 198.18/15 included: VPN programs stand it in for public ones */
    ZONE_NOWHERE,    /* no single machine's: multicast, 240/4, forms of IPv6 that wrap an IPv4
                        address that is not public (but ::ffff:a.b.c.d is that address) */
};

/* The zone of an IPv4 or IPv6 address; any other family is ZONE_NOWHERE. */
enum zone zone_of(const struct sockaddr *address);

/* The zone of a URL's host as url_origin() spells it, if that is an address or "localhost"; else
 * ZONE_UNKNOWN. */
enum zone zone_of_host(const char *host);

/*
 * Whether a service in one zone may lead us to an address in another. Everyone may lead to public
 * addresses. A service on this machine may lead to this machine and into private networks; one in a
 * private network may lead into private networks, but not to this machine, which is not what it
 * means by 127.0.0.1; one on the link may lead to the link as well. A public one, or one of which
 * nothing is known, may lead nowhere else.
 */
bool zone_may_lead(enum zone service, enum zone target);

/* Of two zones that a name was seen in, the one that is trusted less. */
enum zone zone_wider(enum zone a, enum zone b);

/* "this machine", "a private network" ... */
const char *zone_name(enum zone zone);

#endif
