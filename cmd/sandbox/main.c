#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "dialect.h"

static const char USAGE[] =
    "usage: sdctl sandbox [OPTION...]\n"
    "An offline server that answers like a Stable Diffusion service, for trials and tests. In the\n"
    "model's place stands a painterly filter: nothing is generated.\n"
    "\n"
    "  --port N                 port; 0 (the default) takes any free one and prints it\n"
    "  --host ADDRESS           127.0.0.1 (the default) or another loopback address\n"
    "  --backend KIND           which service: webui (the default), ppinfra, fooocusapi,\n"
    "                           fooocus-api, the older of the two, or eks; may repeat,\n"
    "                           then each listens on a port of its own: N, N + 1 ...\n"
    "  --flavour forge|a1111|sdcpp   which webui server; forge is the default\n"
    "  --auth SECRET            ask for a key: USER:PASSWORD in HTTP Basic with webui,\n"
    "                           the key of Authorization: Bearer with ppinfra, the X-API-KEY\n"
    "                           with the two Fooocus servers and eks\n"
    "  --root DIR               keep every request and result there\n"
    "  --pace SECONDS           how long a sampling step takes; default 0\n"
    "  --ttl SECONDS            how long links to results hold (ppinfra); default 3600\n"
    "  --queue-size N           how many tasks fooocus-api takes at a time; default 100\n"
    "  --bucket NAME            where eks writes results in S3; default outputbucket; the\n"
    "                           server and the keys are those of AWS_ENDPOINT_URL_S3,\n"
    "                           AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY\n"
    "  --fault NAME             misbehave; may repeat (see --list-faults)\n"
    "  --fault-file FILE        names, a line each, read anew at every request\n"
    "  --list-faults            print the faults and exit\n"
    "  -q, --quiet              no line a request on standard error\n"
    "  -h, --help\n"
    "\n"
    "It prints \"sdctl-sandbox: listening on http://HOST:PORT\", or with several backends a line\n"
    "\"sdctl-sandbox: KIND listening on http://HOST:PORT\" for each, and runs until SIGTERM.\n";

#define BACKENDS_MAX 8

struct options {
    struct sandbox *box; /* what all servers have in common */
    const struct dialect *backends[BACKENDS_MAX];
    size_t n_backends;
    long long port;
};

static int usage_error(const char *text, const char *what)
{
    fprintf(stderr, "sdctl-sandbox: %s '%s'\n", text, what);
    return 2;
}

/* Options with a value. */
static int set_option(struct options *o, const char *name, const char *value)
{
    struct sandbox *box = o->box;

    if (strcmp(name, "port") == 0) {
        if (!text_to_int(value, &o->port) || o->port < 0 || o->port > 65535)
            return usage_error("not a port:", value);
    } else if (strcmp(name, "host") == 0) {
        box->host = value;
        if (strncmp(value, "127.", 4) != 0 && strcmp(value, "::1") != 0)
            return usage_error("not a loopback address:", value);
    } else if (strcmp(name, "backend") == 0) {
        const struct dialect *dialect = dialect_find(value);

        if (!dialect || o->n_backends == BACKENDS_MAX)
            return usage_error("no such backend, or too many:", value);
        o->backends[o->n_backends++] = dialect;
    } else if (strcmp(name, "flavour") == 0) {
        static const char *const NAMES[] = {"forge", "a1111", "sdcpp"};

        for (int i = 0; i < 3; i++)
            if (strcmp(value, NAMES[i]) == 0) {
                box->flavour = (enum flavour)i;
                return 0;
            }
        return usage_error("no such flavour:", value);
    } else if (strcmp(name, "auth") == 0) {
        box->credentials = value;
    } else if (strcmp(name, "root") == 0) {
        box->root = value;
        if (mkdir(value, 0777) != 0 && errno != EEXIST)
            return usage_error(strerror(errno), value);
    } else if (strcmp(name, "pace") == 0) {
        if (!text_to_real(value, &box->pace) || box->pace < 0)
            return usage_error("not a number of seconds:", value);
    } else if (strcmp(name, "ttl") == 0) {
        if (!text_to_real(value, &box->ttl) || box->ttl < 0 || box->ttl > 1e9)
            return usage_error("not a number of seconds:", value);
    } else if (strcmp(name, "queue-size") == 0) {
        if (!text_to_int(value, &box->queue_size) || box->queue_size < 0)
            return usage_error("not a number of tasks:", value);
    } else if (strcmp(name, "bucket") == 0) {
        box->bucket = value;
    } else if (strcmp(name, "fault") == 0) {
        if (!fault_is_known(value) || box->n_faults == sizeof box->faults / sizeof *box->faults)
            return usage_error("no such fault, or too many:", value);
        box->faults[box->n_faults++] = value;
    } else if (strcmp(name, "fault-file") == 0) {
        box->fault_file = value;
    } else {
        return usage_error("no such option:", name);
    }
    return 0;
}

/* Exit status, or -1 to go on. */
static int parse(struct options *o, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *word = argv[i], *equals = strchr(word, '=');
        char name[40];
        int status;

        if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
            return fputs(USAGE, stdout) < 0;
        if (strcmp(word, "--list-faults") == 0)
            return fault_list(), 0;
        if (strcmp(word, "-q") == 0 || strcmp(word, "--quiet") == 0) {
            o->box->quiet = true;
            continue;
        }
        if (strncmp(word, "--", 2) != 0)
            return usage_error("unexpected argument:", word);
        snprintf(name, sizeof name, "%.*s", equals ? (int)(equals - word - 2) : 39, word + 2);
        if (!equals && i + 1 == argc)
            return usage_error("a value is missing for", word);
        status = set_option(o, name, equals ? equals + 1 : argv[++i]);
        if (status != 0)
            return status;
    }
    return -1;
}

/* Starts them all; an exit status, 0 when they run. */
static int start(const struct options *o, struct sandbox *boxes)
{
    char url[SANDBOX_URL_MAX];
    int status = 0;

    for (size_t i = 0; status == 0 && i < o->n_backends; i++) {
        boxes[i] = *o->box;
        boxes[i].dialect = o->backends[i];
        status = sandbox_start(&boxes[i], o->port ? (unsigned)o->port + (unsigned)i : 0);
        if (status != 0)
            break;
        sandbox_url(&boxes[i], url);
        if (o->n_backends == 1)
            printf("sdctl-sandbox: listening on %s\n", url);
        else
            printf("sdctl-sandbox: %s listening on %s\n", boxes[i].dialect->name, url);
    }
    fflush(stdout);
    return status;
}

int main(int argc, char **argv)
{
    static struct sandbox common, boxes[BACKENDS_MAX];
    struct options options = {.box = &common};
    sigset_t signals;
    int status, caught;

    common.host = "127.0.0.1";
    common.ttl = 3600;
    common.queue_size = 100;
    common.bucket = "outputbucket";
    status = parse(&options, argc, argv);
    if (status >= 0)
        return status;
    if (options.n_backends == 0)
        options.backends[options.n_backends++] = dialects[0];
    if (sodium_init() < 0) {
        fprintf(stderr, "sdctl-sandbox: cannot start\n");
        return 1;
    }
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    status = start(&options, boxes);
    if (status == 0)
        sigwait(&signals, &caught);
    for (size_t i = 0; i < BACKENDS_MAX; i++)
        sandbox_stop(&boxes[i]);
    return status;
}
