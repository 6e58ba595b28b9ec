#ifndef SDCTL_NET_SIGN_H
#define SDCTL_NET_SIGN_H

#include "net/call.h"

/*
 * Signatures for S3 (AWS Signature Version 4), which libcurl makes: of the address as it is written
 * and of all headers of ours, so they must be as a signature wants them. Private to lib/net.
 */

#define SIGN_PAYLOAD "x-amz-content-sha256"
#define SIGN_TOKEN "x-amz-security-token: "

/* EXIT_UNEXPECTED when this libcurl cannot sign for S3: it must be 7.87 or later. */
int sign_check(struct error *err);

/* Whether the call is signed where it goes now. */
bool sign_is_signed(const struct net_call *call);

/* Finds what the signature says of the body: over https nothing, since TLS guards it; over http its
 * SHA-256, for which it is read once. EXIT_INPUT when it cannot be. */
int sign_payload(struct net_call *call, struct error *err);

/* Has libcurl sign the call. */
CURLcode sign_call(struct net_call *call);

#endif
