#ifndef SDCTL_NET_TARGET_H
#define SDCTL_NET_TARGET_H

#include "net/call.h"

/*
 * Where a call goes now, and what follows from it: whether the key goes along, which proxy is used,
 * and whether the address may be contacted at all. Private to lib/net.
 *
 * A download's address is judged twice: by its spelling before anything is done, and as it was
 * resolved when a connection is opened or taken up again. Through a proxy only the spelling can be
 * judged, since the proxy resolves names; the address of the proxy, which the user chose, is not.
 * The service's own zone is told from its spelling, and else from the addresses that its calls were
 * seen to reach (the least trusted of them); one behind a proxy counts as public.
 */

/* Takes in call->url. -1 with the call failed when it must not go there. */
int target_set(struct net_call *call);

/* Whether the call may use a connection to this address; fails it otherwise. */
bool target_admits(struct net_call *call, const struct sockaddr *address);

/* The call has a connection to this address. */
void target_reached(struct net_call *call, const struct sockaddr *address);

#endif
