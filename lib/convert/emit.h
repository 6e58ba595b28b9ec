#ifndef SDCTL_CONVERT_EMIT_H
#define SDCTL_CONVERT_EMIT_H

#include "convert/convert_state.h"

/* Writing: everything goes through a buffer to the caller's sink. When checking nothing is written.
 */

/* Plain bytes. */
int emit_bytes(struct convert *c, const char *bytes, size_t n, struct error *err);

/* The planned request; the one that was read lies at offsets at to end. */
int emit_request(struct convert *c, size_t at, size_t end, struct error *err);

/* What is still in the buffer. */
int emit_flush(struct convert *c, struct error *err);

#endif
