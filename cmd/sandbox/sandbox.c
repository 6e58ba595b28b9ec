#include "sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "dialect.h"
#include "http.h"
#include "settings.h"

static void release(struct sandbox *box)
{
    json_decref(box->settings);
    json_decref(box->fault_counts);
    json_decref(box->accepted);
    box->settings = box->fault_counts = box->accepted = NULL;
    state_release(&box->state);
    pthread_mutex_destroy(&box->settings_lock);
    pthread_mutex_destroy(&box->fault_lock);
}

int sandbox_start(struct sandbox *box, unsigned port)
{
    if (!state_init(&box->state)) {
        fprintf(stderr, "sdctl-sandbox: out of memory\n");
        return 1;
    }
    pthread_mutex_init(&box->settings_lock, NULL);
    pthread_mutex_init(&box->fault_lock, NULL);
    box->settings = settings_defaults(box->flavour);
    box->fault_counts = json_object();
    box->accepted = json_array();
    if (box->dialect->start && !box->dialect->start(box)) {
        release(box);
        return 4;
    }
    box->daemon = http_start(box, box->host, port);
    if (box->daemon)
        return 0;
    fprintf(stderr, "sdctl-sandbox: cannot listen on %s, port %u: %s\n", box->host, port,
            strerror(errno));
    state_stop(&box->state);
    if (box->dialect->stop)
        box->dialect->stop(box);
    release(box);
    return 4;
}

void sandbox_stop(struct sandbox *box)
{
    if (!box->daemon)
        return;
    state_stop(&box->state);
    MHD_stop_daemon(box->daemon);
    box->daemon = NULL;
    if (box->dialect->stop)
        box->dialect->stop(box);
    release(box);
}

void sandbox_accepted(struct sandbox *box, const char *id)
{
    pthread_mutex_lock(&box->fault_lock);
    json_array_append_new(box->accepted, json_string(id));
    pthread_mutex_unlock(&box->fault_lock);
}

json_t *sandbox_submissions(struct sandbox *box)
{
    json_t *answer;

    pthread_mutex_lock(&box->fault_lock);
    answer = json_pack("{s:i, s:o}", "submissions", (int)json_array_size(box->accepted), "tasks",
                       json_deep_copy(box->accepted));
    pthread_mutex_unlock(&box->fault_lock);
    return answer;
}

void sandbox_url(const struct sandbox *box, char to[SANDBOX_URL_MAX])
{
    bool six = strchr(box->host, ':') != NULL;

    snprintf(to, SANDBOX_URL_MAX, "http://%s%s%s:%u", six ? "[" : "", box->host, six ? "]" : "",
             box->port);
}
