#ifndef SANDBOX_TRANSPORT_H
#define SANDBOX_TRANSPORT_H

#include "reply.h"

/* Sends a finished reply (in reply->text, which it takes) in the way that reply->transport says. */
enum MHD_Result transport_send(struct request *request, struct reply *reply);

#endif
