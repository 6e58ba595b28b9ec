#ifndef SDCTL_NET_EARLY_H
#define SDCTL_NET_EARLY_H

#include "net/call.h"

/*
 * An answer that came while the request was still being sent: a server that does not want a large
 * body says so (413) and closes. When sending then fails before libcurl has read, the answer lies
 * in the socket and would be lost with it. Over TLS it cannot be had. Private to lib/net.
 */

/* The call's connection is about to be closed: reads what lies in its socket. */
void early_save(struct net_call *call);

/* Takes what was saved as the call's answer, if it is one of an error status. Says so. */
bool early_use(struct net_call *call);

#endif
