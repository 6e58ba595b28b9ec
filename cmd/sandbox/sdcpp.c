#include "routes.h"

void routes_sdcpp(struct request *request, struct reply *reply)
{
    (void)request;
    reply_json(reply, 500, json_pack("{s:s}", "error", "not yet"));
}
