#include "net/s3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/url.h"

static const char scheme[] = "s3://";

void s3_release(struct s3 *s3)
{
    if (s3 != NULL) {
        secret_release(&s3->access_key);
        secret_release(&s3->secret_key);
        secret_release(&s3->token);
        free(s3->endpoint);
        *s3 = (struct s3)S3_INIT;
    }
}

bool s3_is_url(const char *text)
{
    return strncmp(text, scheme, sizeof scheme - 1) == 0;
}

/* The bytes of a bucket's name (AWS: Bucket naming rules). */
static bool is_bucket(const char *name, size_t n)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";

    return n >= 3 && n <= S3_BUCKET_MAX && strspn(name, allowed) >= n && name[0] != '.' &&
           name[0] != '-' && name[n - 1] != '.' && name[n - 1] != '-';
}

int s3_parse(const char *url, struct s3_place *place, struct error *err)
{
    const char *bucket = s3_is_url(url) ? url + sizeof scheme - 1 : "";
    size_t n = strcspn(bucket, "/");
    const char *key = bucket[n] == '/' ? bucket + n + 1 : "";

    *place = (struct s3_place){0};
    if (!is_bucket(bucket, n)) {
        return error_set(err, EXIT_USAGE,
                         "'%.200s' is no s3://BUCKET/KEY: a bucket's name is 3 to 63 of a-z, 0-9, "
                         ". and -",
                         url);
    }
    if (strlen(key) > S3_KEY_MAX) {
        return error_set(err, EXIT_USAGE, "an S3 key is at most %d bytes long", S3_KEY_MAX);
    }
    memcpy(place->bucket, bucket, n);
    memcpy(place->key, key, strlen(key));
    return 0;
}

/* AWS's own address: its partition in China has another domain. */
static bool write_host(const struct s3 *s3, const char *bucket, struct buf *url)
{
    const char *domain = strncmp(s3->region, "cn-", 3) == 0 ? "amazonaws.com.cn" : "amazonaws.com";

    return strchr(bucket, '.') != NULL
               ? buf_addf(url, "https://s3.%s.%s/%s", s3->region, domain, bucket)
               : buf_addf(url, "https://%s.s3.%s.%s", bucket, s3->region, domain);
}

int s3_base(const struct s3 *s3, const char *bucket, char **base, struct error *err)
{
    struct buf url;

    buf_init(&url, 16384);
    if (s3->endpoint != NULL) {
        buf_addf(&url, "%s/%s", s3->endpoint, bucket);
    } else {
        write_host(s3, bucket, &url);
    }
    *base = buf_detach(&url);
    return *base != NULL ? 0 : error_memory(err, "preparing to talk to S3");
}

bool s3_key_path(struct buf *path, const char *key)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~/";

    buf_adds(path, "/");
    for (; *key != '\0'; key++) {
        if (strchr(plain, *key) != NULL) {
            buf_add(path, key, 1);
        } else {
            buf_addf(path, "%%%02X", (unsigned char)*key);
        }
    }
    return !path->failed;
}
