#include "cmd/batch_lane.h"

#include <stdio.h>
#include <stdlib.h>

#include "cmd/run.h"

#define FIRST_REST 1000 /* ms; doubles with each fault in a row */
#define LONGEST_REST 60000

static void close_lane(struct lane *lane, struct error *err)
{
    const char *name = lane->name;

    json_decref(lane->known);
    job_release(&lane->where);
    remote_close(&lane->remote, err);
    *lane = (struct lane){.name = name};
}

static int open_lane(struct lanes *lanes, struct lane *lane, struct error *err)
{
    struct remote_options own = *lanes->options;

    own.endpoint = lane->name;
    own.own_key = lanes->n > 1;
    job_init(&lane->where);
    lane->run = (struct run){.job = &lane->where, .config = {.beside = lanes->loop, .many = true}};
    lane->known = json_object();
    if (lane->known == NULL) {
        return error_memory(err, "opening the endpoints");
    }
    if (remote_open(&lane->remote, &own, lanes->command, true, &lane->where, err) != 0) {
        return -1;
    }
    lane->where.patience.deadline = (struct deadline){.at = DEADLINE_NEVER}; /* each job has one */
    if (run_open(&lane->run, err) != 0) {
        return -1;
    }
    lanes->loop = lanes->loop != NULL ? lanes->loop : lane->run.net;
    return 0;
}

/* Opens a lane; one that cannot be reached is tried again later. */
static int try_lane(struct lanes *lanes, struct lane *lane, struct error *err)
{
    struct error ignored, why;

    if (open_lane(lanes, lane, &why) == 0) {
        return 0;
    }
    unsigned faults = lane->faults;
    close_lane(lane, &ignored);
    if (why.code != EXIT_NETWORK) {
        *err = why;
        return -1;
    }
    lane->faults = faults;
    lane_failed(lane, lanes->command, why.text);
    *err = why;
    return 1;
}

int lanes_open(struct lanes *lanes, const struct remote_options *options, const char *command,
               struct error *err)
{
    size_t n = options->endpoints.n > 0 ? options->endpoints.n : 1;

    *lanes = (struct lanes){
        .v = calloc(n, sizeof *lanes->v), .n = n, .options = options, .command = command};
    if (lanes->v == NULL) {
        lanes->n = 0;
        return error_memory(err, "opening the endpoints");
    }
    for (size_t i = 0; i < n; i++) {
        lanes->v[i].name = options->endpoints.n > 0 ? options->endpoints.v[i] : NULL;
        if (try_lane(lanes, &lanes->v[i], err) < 0) {
            return -1;
        }
    }
    return lanes->loop != NULL ? 0 : -1; /* none can be reached */
}

struct lane *lanes_pick(struct lanes *lanes, const struct lane *not_this, int64_t *due)
{
    struct lane *best = NULL;
    struct error ignored;
    int64_t now = clock_ms();

    *due = 1000;
    for (size_t i = 0; i < lanes->n; i++) {
        struct lane *lane = &lanes->v[i];
        if (lane->rest > now) {
            *due = lane->rest - now < *due ? lane->rest - now : *due;
            continue;
        }
        if ((lane == not_this && lanes->n > 1) ||
            (lane->run.net == NULL && try_lane(lanes, lane, &ignored) != 0)) {
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
        snprintf(text, sizeof text, "'%s' is left alone for %lld s: %s",
                 lane->name != NULL ? lane->name : "the endpoint", (long long)rest / 1000, why);
        run_warn(command, text);
        lane->faults++;
    }
    lane->rest = clock_ms() + rest;
}

void lanes_close(struct lanes *lanes, struct error *err)
{
    for (size_t i = 0; i < lanes->n; i++) {
        if (lanes->v[i].run.net != lanes->loop) {
            net_close(lanes->v[i].run.net);
        }
    }
    net_close(lanes->loop);
    for (size_t i = 0; i < lanes->n; i++) {
        close_lane(&lanes->v[i], err);
    }
    free(lanes->v);
}
