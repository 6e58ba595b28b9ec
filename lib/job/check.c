#include "job/check.h"

#include "job/fact.h"
#include "net/net.h"
#include "wire/json.h"

/* The names in an answer: of its objects, or its strings. NULL when it is no list. */
static json_t *names_in(const json_t *list)
{
    static const char *const keys[] = {"title", "name", "model_name"};
    json_t *names = json_is_array(list) ? json_array() : NULL, *item;
    size_t i;

    json_array_foreach(list, i, item)
    {
        json_t *name = json_is_string(item) ? item : NULL;
        for (size_t k = 0; name == NULL && k < sizeof keys / sizeof *keys; k++) {
            name = json_object_get(item, keys[k]);
        }
        if (json_is_string(name)) {
            json_array_append(names, name);
        }
    }
    return names;
}

/* Lists what the backend's catalogue names; a list that cannot be read (one of LoRAs with all their
 * metadata may be past every ceiling) is left out. */
static int list(struct job *job, struct net *net, json_t *document, struct error *err)
{
    for (const struct catalogue *c = job->backend->catalogue; c->kind != NULL; c++) {
        json_t *fact;
        struct error why;
        if (fact_get(job, net, c->path, &fact, &why) != 0 && why.code != EXIT_FAILED) {
            *err = why;
            return -1;
        }
        json_t *names = names_in(fact);
        json_decref(fact);
        if (names != NULL && json_object_set_new(document, c->kind, names) != 0) {
            return error_memory(err, "checking the endpoint");
        }
    }
    return 0;
}

/* A server that answers none of the probe is no such service, whatever the configuration says. */
static int confirm(struct job *job, struct net *net, struct error *err)
{
    json_t *fact;

    if (job->backend == NULL) {
        return fact_backend(job, net, err);
    }
    if (fact_probe(job, net, job->backend, &fact, err) != 0) {
        return -1;
    }
    bool known = fact != NULL && job->backend->recognise(fact);
    json_decref(fact);
    return known ? 0
                 : error_set(err, EXIT_REFUSED, "'%s' does not answer as %s does", job->url,
                             job->backend->title);
}

int check_endpoint(struct job *job, json_t **document, struct error *err)
{
    struct net_config config = {.base = job->url,
                                .key = job->key,
                                .key_form = job->backend != NULL ? job->backend->key_form
                                                                 : backends[0]->key_form,
                                .insecure_http = job->insecure_http,
                                .deadline = job->deadline,
                                .stop = job->stop};
    struct net *net;

    *document = NULL;
    if (net_open(&net, &config, err) != 0) {
        return -1;
    }
    int result = confirm(job, net, err);
    if (result == 0) {
        *document = json_pack("{s:s,s:s,s:s,s:s}", "endpoint", job->endpoint_name, "url", job->url,
                              "backend", job->backend->name, "status", "ok");
        result = *document == NULL ? error_memory(err, "checking the endpoint")
                                   : list(job, net, *document, err);
    }
    net_close(net);
    if (result != 0) {
        json_decref(*document);
        *document = NULL;
    }
    return result;
}
