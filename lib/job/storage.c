#include "job/storage.h"

#include <stdlib.h>
#include <string.h>

static int open_new(struct storage *s, const struct job *job, struct net *beside, struct error *err)
{
    if (s3_load(&s->s3, err) != 0 || s3_base(&s->s3, s->bucket, &s->base, err) != 0) {
        return -1;
    }
    return net_open(&s->net,
                    &(struct net_config){.base = s->base,
                                         .s3 = &s->s3,
                                         .insecure_http = job->insecure_http,
                                         .deadline = job->patience.deadline,
                                         .stop = job->patience.stop,
                                         .log = job->log,
                                         .log_ctx = job->ctx,
                                         .beside = beside},
                    err);
}

static void free_storage(struct storage *s)
{
    net_close(s->net);
    s3_release(&s->s3);
    free(s->base);
    free(s);
}

int storage_open(struct storage **list, const struct job *job, struct net *beside, const char *url,
                 struct net **net, struct error *err)
{
    struct s3_place place;

    *net = NULL;
    if (s3_parse(url, &place, err) != 0) {
        return -1;
    }
    for (struct storage *s = *list; s != NULL && *net == NULL; s = s->next) {
        *net = strcmp(s->bucket, place.bucket) == 0 ? s->net : NULL;
    }
    if (*net != NULL) {
        return 0;
    }
    struct storage *s = calloc(1, sizeof *s);
    if (s == NULL) {
        return error_memory(err, "opening the bucket");
    }
    memcpy(s->bucket, place.bucket, sizeof s->bucket);
    if (open_new(s, job, beside, err) != 0) {
        free_storage(s);
        return -1;
    }
    s->next = *list;
    *list = s;
    *net = s->net;
    return 0;
}

int storage_check(struct error *err)
{
    struct s3 s3 = S3_INIT;
    int result = s3_load(&s3, err);

    s3_release(&s3);
    return result;
}

void storage_close(struct storage **list)
{
    while (*list != NULL) {
        struct storage *s = *list;
        *list = s->next;
        free_storage(s);
    }
}
