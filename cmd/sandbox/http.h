#ifndef SANDBOX_HTTP_H
#define SANDBOX_HTTP_H

#include <microhttpd.h>

#include "sandbox.h"

/* Starts serving on host (a loopback address) and port, 0 for any free one; box->port becomes the
 * port. NULL on failure, with errno. */
struct MHD_Daemon *http_start(struct sandbox *box, const char *host, unsigned port);

#endif
