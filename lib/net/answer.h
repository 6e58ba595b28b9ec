#ifndef SDCTL_NET_ANSWER_H
#define SDCTL_NET_ANSWER_H

#include "net/call.h"

/* What arrives of an answer, and the ceilings for it; private to lib/net. */

#define ANSWER_BYTES_MAX (32LL << 30) /* 64 pictures of 256 MiB as text, with room to spare */

/* libcurl's callbacks for header lines and body bytes; the context is the call. */
size_t answer_header(char *line, size_t size, size_t n, void *call);
size_t answer_bytes(char *bytes, size_t size, size_t n, void *call);

/* Notes what a header line says, if it is one that matters. */
void answer_keep_header(struct net_call *call, const char *line, size_t n);

bool answer_is_redirect(const struct net_call *call);

/* Whether it is a 206 that ended before the end of what it is a part of. */
bool answer_is_short(const struct net_call *call);

/* Fails the call because of its answer, unless it has failed already. Returns -1. */
int answer_refuse(struct net_call *call, enum exit_code code, const char *why);

#endif
