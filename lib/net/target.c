#include "net/target.h"

#include <string.h>

#include "net/answer.h"
#include "net/proxy.h"

static bool is_download(const struct net_call *call)
{
    return call->request.url != NULL;
}

static int refuse(struct net_call *call, enum zone zone)
{
    if (!call->failed) {
        error_set(&call->error, EXIT_FAILED,
                  "will not fetch from '%s:%d': that is %s, and the service at '%s' is not there; "
                  "its links must work from here, so its base URL may be set wrongly",
                  call->origin.host, call->origin.port, zone_name(zone), call->net->origin.host);
        call->failed = true;
    }
    return -1;
}

int target_set(struct net_call *call)
{
    if (url_origin(call->url, &call->origin, &call->error) != 0) {
        call->failed = true;
        return -1;
    }
    call->own = url_same_origin(&call->origin, &call->net->origin);
    call->keyed = call->own && !call->strayed;
    call->strayed = !call->keyed; /* another origin cannot lead the key back */
    call->proxy = proxy_for(&call->origin);

    enum zone zone = zone_of_host(call->origin.host);
    if (!call->own && zone != ZONE_UNKNOWN && !zone_may_lead(call->net->zone, zone)) {
        return refuse(call, zone);
    }
    return 0;
}

bool target_admits(struct net_call *call, const struct sockaddr *address)
{
    enum zone zone = zone_of(address), service = call->net->zone;

    if (call->keyed && call->net->loopback_only && zone != ZONE_LOOPBACK) {
        answer_refuse(call, EXIT_KEY,
                      "its name stands for another machine, and the key may not go there");
    } else if (is_download(call) && *call->proxy == '\0' && !zone_may_lead(service, zone) &&
               !(call->own && (service == zone || service == ZONE_UNKNOWN))) {
        refuse(call, zone);
    }
    return !call->failed;
}

void target_reached(struct net_call *call, const struct sockaddr *address)
{
    if (call->own && *call->proxy == '\0') {
        call->net->zone = zone_wider(call->net->zone, zone_of(address));
    }
}
