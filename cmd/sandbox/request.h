#ifndef SANDBOX_REQUEST_H
#define SANDBOX_REQUEST_H

#include <microhttpd.h>

#include "base/buf.h"
#include "record.h"
#include "sandbox.h"

#define REQUEST_FAULTS_MAX 128

/* A request that has arrived completely. */
struct request {
    struct sandbox *box;
    struct MHD_Connection *connection;
    char *method, *path;
    struct buf body;
    size_t body_bytes; /* those beyond the ceiling included */
    json_t *json;      /* the body when it is a JSON object; the route checks */
    char folder[RECORD_PATH_MAX];
    double arrived;
    unsigned faults[REQUEST_FAULTS_MAX / 32]; /* rows of fault.h's tables, a bit each */
    double fault_value;                       /* NAME=VALUE of the last one that has one */
};

/* A header or query argument of the request, or NULL. */
const char *request_header(const struct request *request, const char *name);
const char *request_argument(const struct request *request, const char *name);

#endif
