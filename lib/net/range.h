#ifndef SDCTL_NET_RANGE_H
#define SDCTL_NET_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Header values of requests for a part (RFC 9110, 8.8.3 and 14.4). Pure. */

/* Reads "bytes FIRST-LAST/TOTAL", where TOTAL may be '*' (then *total is 0). False unless it is one
 * with first <= last < total. */
bool range_read(const char *value, size_t n, uint64_t *first, uint64_t *last, uint64_t *total);

/* Whether an entity tag is a strong one: printable ASCII in quotation marks. */
bool range_is_strong(const char *etag);

#endif
