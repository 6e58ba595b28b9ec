#include "net/sign.h"

#include <stdio.h>
#include <string.h>

#include "base/sha256.h"
#include "net/s3.h"

#define OLDEST 0x075700 /* 7.87: it signs headers of ours */
#define CHUNK 16384

int sign_check(struct error *err)
{
    return libcurl.version_info(CURLVERSION_NOW)->version_num >= OLDEST
               ? 0
               : error_set(err, EXIT_UNEXPECTED,
                           "the installed libcurl cannot talk to S3: it is older than 7.87");
}

bool sign_is_signed(const struct net_call *call)
{
    return call->net->config.s3 != NULL && call->keyed;
}

int sign_payload(struct net_call *call, struct error *err)
{
    struct body *body = call->request.body;
    uint8_t digest[SHA256_LEN];
    struct sha256 hash;
    char chunk[CHUNK];
    size_t got = 0;
    int result = 0;

    if (!sign_is_signed(call)) {
        return 0;
    }
    if (body != NULL && strcmp(call->origin.scheme, "https") == 0) {
        snprintf(call->payload, sizeof call->payload, "UNSIGNED-PAYLOAD");
        return 0;
    }
    sha256_init(&hash);
    if (body != NULL) {
        body_rewind(body);
    }
    while (body != NULL && (result = body_read(body, chunk, sizeof chunk, &got, err)) == 0 &&
           got > 0) {
        sha256_update(&hash, chunk, got);
    }
    sha256_final(&hash, digest);
    sha256_hex(digest, call->payload);
    return result;
}

CURLcode sign_call(struct net_call *call)
{
    const struct s3 *s3 = call->net->config.s3;
    char provider[sizeof s3->region + 16];
    bool on = sign_is_signed(call);
    CURLcode bad = CURLE_OK;

    if (s3 == NULL) {
        return CURLE_OK;
    }
    /* Set apart: an access key may have a colon in it. */
    snprintf(provider, sizeof provider, "aws:amz:%s:s3", s3->region);
    bad = libcurl.easy_setopt(call->easy, CURLOPT_USERNAME, on ? s3->access_key.bytes : NULL);
    bad = bad ? bad
              : libcurl.easy_setopt(call->easy, CURLOPT_PASSWORD, on ? s3->secret_key.bytes : NULL);
    return bad ? bad : libcurl.easy_setopt(call->easy, CURLOPT_AWS_SIGV4, on ? provider : NULL);
}
