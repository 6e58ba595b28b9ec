#include <stdlib.h>
#include <string.h>

#include "cmd/tasks.h"

static struct service *find(const struct tasks *t, const char *name)
{
    for (struct service *s = t->services; s != NULL; s = s->next) {
        if ((name == NULL && s->name == NULL) ||
            (name != NULL && s->name != NULL && strcmp(s->name, name) == 0)) {
            return s;
        }
    }
    return NULL;
}

/* The first service's net, whose event loop all others use. */
static struct net *first_net(const struct tasks *t)
{
    struct net *net = NULL;

    for (const struct service *s = t->services; s != NULL; s = s->next) {
        net = s->run.net;
    }
    return net;
}

struct service *tasks_service(struct tasks *t, const char *name, const char *backend,
                              struct error *err)
{
    struct remote_options options = t->settings->remote;
    struct service *s = find(t, name);

    if (s != NULL) {
        return s;
    }
    s = calloc(1, sizeof *s);
    if (s == NULL || (name != NULL && (s->name = strdup(name)) == NULL)) {
        free(s);
        error_memory(err, "opening the service");
        return NULL;
    }
    job_init(&s->job);
    options.endpoint = name != NULL ? name : remote_endpoint(&options);
    options.backend = options.backend != NULL ? options.backend : backend;
    options.own_key = t->several;
    s->run.job = &s->job;
    s->run.config.beside = first_net(t);
    if (remote_open(&s->remote, &options, "tasks", true, &s->job, err) != 0 ||
        run_open(&s->run, err) != 0) {
        job_release(&s->job);
        remote_close(&s->remote, err);
        free(s->name);
        free(s);
        return NULL;
    }
    s->next = t->services;
    t->services = s;
    return s;
}

void tasks_close_services(struct tasks *t, struct error *err)
{
    /* The first one opened, whose event loop it is, is the last in the list. */
    while (t->services != NULL) {
        struct service *s = t->services;
        t->services = s->next;
        storage_close(&s->run.storage);
        net_close(s->run.net);
        job_release(&s->job);
        remote_close(&s->remote, err);
        free(s->name);
        free(s);
    }
}
