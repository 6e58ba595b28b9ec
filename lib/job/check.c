#include "job/check.h"

#include <stdlib.h>

#include "job/fact.h"
#include "job/run.h"
#include "net/net.h"
#include "wire/json.h"

/* The name of an item: itself, or the first of these members. */
static json_t *name_of(json_t *item, const char *const *keys)
{
    json_t *name = json_is_string(item) ? item : NULL;

    for (; name == NULL && *keys != NULL; keys++) {
        name = json_object_get(item, *keys);
    }
    return name;
}

/* The names in an answer: of its objects, or its strings. NULL when it is no list. */
static json_t *names_in(const struct backend *backend, const char *items, const json_t *list)
{
    static const char *const usual[] = {"title", "name", "model_name", NULL};
    const char *const *keys = backend->name_keys != NULL ? backend->name_keys : usual;
    json_t *names, *item;
    size_t i;

    list = items != NULL ? json_get_path(list, items) : list;
    names = json_is_array(list) ? json_array() : NULL;
    json_array_foreach(list, i, item)
    {
        json_t *name = name_of(item, keys);
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
        json_t *names = names_in(job->backend, c->items, fact);
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

    if (job->backend->probe == NULL) {
        return 0;
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

/* Confirms, then lists. NULL with the error. */
static json_t *describe(struct run *r, bool told, struct error *err)
{
    struct job *job = r->job;

    if (job->backend->probe == NULL && job->backend->catalogue->kind == NULL) {
        error_set(err, EXIT_REFUSED,
                  "%s cannot be asked what it is or has: only a task shows that it works",
                  job->backend->title);
        return NULL;
    }
    if (!told && confirm(job, r->net, err) != 0) {
        return NULL;
    }
    json_t *document = json_pack("{s:s,s:s,s:s,s:s}", "endpoint", job->endpoint_name, "url",
                                 job->url, "backend", job->backend->name, "status", "ok");
    int result = document == NULL ? error_memory(err, "checking the endpoint")
                                  : list(job, r->net, document, err);
    if (result == 0 && job->backend->probe == NULL && job->backend->catalogue != NULL &&
        json_object_size(document) == 4) {
        result = error_set(err, EXIT_REFUSED,
                           "'%s' does not answer as %s does: it has none of its lists", job->url,
                           job->backend->title);
    }
    if (result != 0) {
        json_decref(document);
        return NULL;
    }
    return document;
}

int check_endpoint(struct job *job, json_t **document, struct error *err)
{
    struct run *r = calloc(1, sizeof *r); /* large: off the stack */

    *document = NULL;
    if (r == NULL) {
        return error_memory(err, "checking the endpoint");
    }
    r->job = job;
    bool told = job->backend == NULL; /* finding out confirms it */
    if (run_open(r, err) == 0) {
        *document = describe(r, told, err);
    }
    net_close(r->net);
    free(r);
    return *document != NULL ? 0 : -1;
}
