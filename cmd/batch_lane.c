#include "cmd/batch_lane.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/run.h"

#define FIRST_REST 1000 /* ms; doubles with each fault in a row */
#define LONGEST_REST 60000

static int open_lane(struct lane *lane, const struct remote_options *options, const char *name,
                     const char *command, struct net *beside, struct error *err)
{
    struct remote_options own = *options;

    own.endpoint = name;
    own.own_key = options->own_key;
    job_init(&lane->where);
    lane->run.job = &lane->where;
    lane->run.config.beside = beside;
    lane->known = json_object();
    if (lane->known == NULL) {
        return error_memory(err, "opening the endpoints");
    }
    if (remote_open(&lane->remote, &own, command, true, &lane->where, err) != 0) {
        return -1;
    }
    lane->where.patience.deadline = (struct deadline){.at = DEADLINE_NEVER}; /* each job has one */
    return run_open(&lane->run, err);
}

int lanes_open(struct lanes *lanes, const struct remote_options *options, const char *command,
               struct error *err)
{
    size_t n = options->endpoints.n > 0 ? options->endpoints.n : 1;
    struct remote_options own = *options;

    own.own_key = n > 1;
    lanes->v = calloc(n, sizeof *lanes->v);
    if (lanes->v == NULL) {
        return error_memory(err, "opening the endpoints");
    }
    for (size_t i = 0; i < n; i++) {
        const char *name = options->endpoints.n > 0 ? options->endpoints.v[i] : NULL;
        struct net *beside = lanes->n > 0 ? lanes->v[0].run.net : NULL;
        struct lane *lane = &lanes->v[lanes->n];
        if (open_lane(lane, &own, name, command, beside, err) == 0) {
            lanes->n++;
            continue;
        }
        struct error ignored;
        json_decref(lane->known);
        job_release(&lane->where);
        remote_close(&lane->remote, &ignored);
        if (err->code != EXIT_NETWORK || n == 1) {
            return -1;
        }
        run_warn(command, err->text); /* the others go on without it */
        *lane = (struct lane){0};
    }
    return lanes->n > 0 ? 0 : -1;
}

struct lane *lanes_pick(struct lanes *lanes, const struct lane *not_this, int64_t *due)
{
    struct lane *best = NULL;
    int64_t now = clock_ms();

    *due = 1000;
    for (size_t i = 0; i < lanes->n; i++) {
        struct lane *lane = &lanes->v[i];
        if (lane->rest > now) {
            *due = lane->rest - now < *due ? lane->rest - now : *due;
            continue;
        }
        if (lane == not_this && lanes->n > 1) {
            continue;
        }
        double own = (double)(lane->busy + 1) * (lane->mean > 0 ? lane->mean : 1e-3);
        double other =
            best == NULL ? 0 : (double)(best->busy + 1) * (best->mean > 0 ? best->mean : 1e-3);
        best = best == NULL || own < other ? lane : best;
    }
    return best;
}

void lane_succeeded(struct lane *lane, int64_t ms)
{
    double seconds = (double)ms / 1000;

    lane->faults = 0;
    lane->mean = lane->mean == 0 ? seconds : 0.8 * lane->mean + 0.2 * seconds;
}

void lane_failed(struct lane *lane, const char *command, const char *why)
{
    int64_t rest = FIRST_REST;
    char text[500];

    for (unsigned i = 0; i < lane->faults && rest < LONGEST_REST; i++) {
        rest *= 2;
    }
    rest = rest < LONGEST_REST ? rest : LONGEST_REST;
    if (lane->rest <= clock_ms()) {
        snprintf(text, sizeof text, "'%s' is left alone for %lld s: %s", lane->remote.name,
                 (long long)rest / 1000, why);
        run_warn(command, text);
        lane->faults++;
    }
    lane->rest = clock_ms() + rest;
}

void lanes_close(struct lanes *lanes, struct error *err)
{
    /* The first one's event loop is all others'. */
    while (lanes->n > 0) {
        struct lane *lane = &lanes->v[--lanes->n];
        net_close(lane->run.net);
        json_decref(lane->known);
        job_release(&lane->where);
        remote_close(&lane->remote, err);
    }
    free(lanes->v);
}
