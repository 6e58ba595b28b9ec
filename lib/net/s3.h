#ifndef SDCTL_NET_S3_H
#define SDCTL_NET_S3_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/secret.h"

/*
 * S3: where it is, whose keys are used, and how its addresses are written. The requests themselves
 * go through net.h, which signs those of a `struct net` whose config names a `struct s3` (AWS
 * Signature Version 4, by libcurl).
 *
 *     struct s3 s3 = S3_INIT;
 *     s3_load(&s3, &err); s3_base(&s3, bucket, &base, &err);
 *     net_open(&net, &(struct net_config){.base = base, .s3 = &s3, ...}, &err);
 *     s3_key_path(&path, key); net_perform(net, &(struct net_request){.path = path.data, ...},
 * ...); (a PUT: .put = true, .body = a body of body_init_file() or body_init_bytes())
 */

#define S3_BUCKET_MAX 63
#define S3_KEY_MAX 1024

/* Region, endpoint and keys. The keys are in guarded memory. */
struct s3 {
    char region[64];
    char *endpoint; /* of its own (path style), as url_base() made it; NULL: AWS itself; owned */
    struct secret access_key, secret_key, token; /* token: of temporary keys; may be empty */
};

#define S3_INIT                                                                                    \
    {                                                                                              \
        .endpoint = NULL                                                                           \
    }

/*
 * Reads, as AWS's own clients do: keys from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
 * AWS_SESSION_TOKEN; else from the profile AWS_PROFILE ("default") in AWS_SHARED_CREDENTIALS_FILE
 * (~/.aws/credentials) and AWS_CONFIG_FILE (~/.aws/config, "[profile NAME]"). The region from
 * AWS_REGION, AWS_DEFAULT_REGION or the profile (us-east-1 when none tells); the endpoint from
 * AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL or the profile's endpoint_url. EXIT_KEY when there are no
 * keys or a file that holds them can be written by others.
 */
int s3_load(struct s3 *s3, struct error *err);

/* Wipes and frees. NULL-safe. */
void s3_release(struct s3 *s3);

/* Whether a text begins with s3://. */
bool s3_is_url(const char *text);

/* Takes s3://BUCKET[/KEY] apart: the bucket's name is checked (3 to 63 of [a-z0-9.-]), the key is
 * what follows the slash, as it is ("" when there is none), at most S3_KEY_MAX bytes. EXIT_USAGE.
 */
struct s3_place {
    char bucket[S3_BUCKET_MAX + 1];
    char key[S3_KEY_MAX + 1];
};
int s3_parse(const char *url, struct s3_place *place, struct error *err);

/* The URL under which a bucket is found, for net_config.base; malloc'd. Path style at an endpoint
 * of its own and for buckets with dots, else https://BUCKET.s3.REGION.amazonaws.com. */
int s3_base(const struct s3 *s3, const char *bucket, char **base, struct error *err);

/* Appends the request path of a key, "/" and the key percent-encoded but for its slashes. */
bool s3_key_path(struct buf *path, const char *key);

#endif
