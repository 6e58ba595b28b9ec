#include "cmd/batch_lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/progress.h"
#include "cmd/run.h"
#include "job/fact.h"

#define PROBE_SECONDS 10.0 /* for an endpoint that does not answer */
#define FIRST_REST 1000    /* ms; doubles with each fault in a row */
#define LONGEST_REST 60000

static void close_lane(struct lane *lane, struct error *err)
{
    const char *name = lane->name;

    json_decref(lane->known);
    job_release(&lane->where);
    remote_close(&lane->remote, err);
    *lane = (struct lane){.name = name};
}

/* Finds out what kind of service it is. Jobs stand still meanwhile: it gets little time. */
static int probe_lane(struct lanes *lanes, struct lane *lane, struct error *err)
{
    struct job *job = &lane->where;
    const struct patience usual = job->patience;
    struct net *net = NULL;

    if (lanes->n > 1) {
        job->patience.retries = 0;
        job->patience.deadline = clock_deadline(PROBE_SECONDS);
    }
    const struct net_config config = {.base = job->url,
                                      .key = job->key,
                                      .insecure_http = job->insecure_http,
                                      .deadline = job->patience.deadline,
                                      .stop = job->patience.stop};
    int result = fact_backend(job, &config, &net, err);
    net_close(net);
    job->patience = usual;
    if (result != 0 && err->code == EXIT_DEADLINE && lanes->n > 1) {
        err->code = EXIT_NETWORK;
    }
    return result;
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
    if (lane->where.backend == NULL && lane->where.url != NULL &&
        probe_lane(lanes, lane, err) != 0) {
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
    lanes_failed(lanes, lane, false, why.text);
    *err = why;
    return 1;
}

int lanes_open(struct lanes *lanes, const struct remote_options *options, const char *command,
               struct error *err)
{
    size_t n = options->endpoints.n > 0 ? options->endpoints.n : 1;

    *lanes = (struct lanes){.v = calloc(n, sizeof *lanes->v),
                            .n = n,
                            .options = options,
                            .command = command,
                            .answered = clock_ms()};
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

bool lane_is_ready(struct lanes *lanes, struct lane *lane, int64_t *due)
{
    struct error ignored;
    int64_t now = clock_ms();

    if (lane->rest > now) {
        *due = lane->rest - now < *due ? lane->rest - now : *due;
        return false;
    }
    return lane->run.net != NULL || try_lane(lanes, lane, &ignored) == 0;
}

/* Seconds a job takes where that is not known: as long as on the fastest other lane. */
static double usual_mean(const struct lanes *lanes)
{
    double least = 0;

    for (size_t i = 0; i < lanes->n; i++) {
        double mean = lanes->v[i].mean;
        least = mean > 0 && (least == 0 || mean < least) ? mean : least;
    }
    return least > 0 ? least : 1;
}

struct lane *lanes_pick(struct lanes *lanes, const struct lane *not_this, int64_t *due)
{
    struct lane *best = NULL;
    double usual = usual_mean(lanes), least = 0;

    *due = 1000;
    for (size_t i = 0; i < lanes->n; i++) {
        struct lane *lane = &lanes->v[i];
        if (!lane_is_ready(lanes, lane, due)) {
            continue;
        }
        double wait = (double)(lane->busy + 1) * (lane->mean > 0 ? lane->mean : usual);
        if (best == NULL || best == not_this || (lane != not_this && wait < least)) {
            best = lane;
            least = wait;
        }
    }
    return best;
}

struct lane *lanes_find(struct lanes *lanes, const char *url)
{
    for (size_t i = 0; i < lanes->n; i++) {
        if (lanes->v[i].where.url != NULL && strcmp(lanes->v[i].where.url, url) == 0) {
            return &lanes->v[i];
        }
    }
    return NULL;
}

void lanes_succeeded(struct lanes *lanes, struct lane *lane, int64_t ms)
{
    double seconds = (double)(ms > 0 ? ms : 1) / 1000;

    lanes->answered = clock_ms();
    lane->faults = 0;
    lane->mean = lane->mean == 0 ? seconds : 0.8 * lane->mean + 0.2 * seconds;
}

static bool has_other(const struct lanes *lanes, const struct lane *lane)
{
    for (size_t i = 0; i < lanes->n; i++) {
        if (&lanes->v[i] != lane && lanes->v[i].faults == 0) {
            return true;
        }
    }
    return false;
}

void lanes_failed(struct lanes *lanes, struct lane *lane, bool unsure, const char *why)
{
    int64_t rest = FIRST_REST;
    char text[400];

    if (lane->rest > clock_ms() || (unsure && !has_other(lanes, lane))) {
        return; /* it is known already, or the job's own fault perhaps */
    }
    for (unsigned i = 0; i < lane->faults && rest < LONGEST_REST; i++) {
        rest *= 2;
    }
    rest = rest < LONGEST_REST ? rest : LONGEST_REST;
    lane->faults++;
    lane->rest = clock_ms() + rest;
    snprintf(text, sizeof text, "'%.100s' is left alone for %lld s: %.240s",
             lane->name != NULL ? lane->name : "the endpoint", (long long)rest / 1000, why);
    progress_hide();
    run_warn(lanes->command, text);
}

int64_t lanes_dead(const struct lanes *lanes)
{
    for (size_t i = 0; i < lanes->n; i++) {
        if (lanes->v[i].faults == 0) {
            return 0;
        }
    }
    return clock_ms() - lanes->answered;
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
