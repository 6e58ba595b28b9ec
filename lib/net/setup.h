#ifndef SDCTL_NET_SETUP_H
#define SDCTL_NET_SETUP_H

#include "net/call.h"

/* Sets all of libcurl's options for a call that goes to call->url; private to lib/net. */
CURLcode setup_call(struct net_call *call);

#endif
