#ifndef SDCTL_JOB_RECEIVE_LISTING_H
#define SDCTL_JOB_RECEIVE_LISTING_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* What S3 answers in XML: lists of keys (ListObjectsV2), and errors. */

#define LISTING_KEYS_MAX 10000

struct receive_listing;

/* NULL without memory. */
struct receive_listing *receive_listing_open(void);

int receive_listing_feed(struct receive_listing *l, const char *bytes, size_t n, struct error *err);

/* After the last byte: {"keys": [{"key", "modified", "size"}], "truncated": bool, "next": token},
 * owned by the caller. EXIT_FAILED. */
int receive_listing_finish(struct receive_listing *l, json_t **json, struct error *err);

/* NULL-safe. */
void receive_listing_close(struct receive_listing *l);

/* Appends "CODE: MESSAGE" of an error answer (which may be cut off); false when it is none. */
bool receive_listing_fault(const char *bytes, size_t n, struct buf *words);

#endif
