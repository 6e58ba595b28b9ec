#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "fault.h"
#include "http.h"
#include "settings.h"

static const char USAGE[] =
    "usage: sdctl sandbox [OPTION...]\n"
    "An offline server that answers like a Stable Diffusion service, for trials and tests. In the\n"
    "model's place stands a painterly filter: nothing is generated.\n"
    "\n"
    "  --port N                 port; 0 (the default) takes any free one and prints it\n"
    "  --host ADDRESS           127.0.0.1 (the default) or another loopback address\n"
    "  --backend webui          which service (so far one)\n"
    "  --flavour forge|a1111|sdcpp   which server of that kind; forge is the default\n"
    "  --auth USER:PASSWORD     ask for HTTP Basic\n"
    "  --root DIR               keep every request and result there\n"
    "  --pace SECONDS           how long a sampling step takes; default 0\n"
    "  --fault NAME             misbehave; may repeat (see --list-faults)\n"
    "  --fault-file FILE        names, a line each, read anew at every request\n"
    "  --list-faults            print the faults and exit\n"
    "  -q, --quiet              no line a request on standard error\n"
    "  -h, --help\n";

struct options {
    struct sandbox *box;
    const char *host, *flavour, *backend;
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
        o->host = value;
        if (strncmp(value, "127.", 4) != 0 && strcmp(value, "::1") != 0)
            return usage_error("not a loopback address:", value);
    } else if (strcmp(name, "backend") == 0) {
        if (strcmp(value, "webui") != 0)
            return usage_error("no such backend here:", value);
    } else if (strcmp(name, "flavour") == 0) {
        static const char *const NAMES[] = {"forge", "a1111", "sdcpp"};

        for (int i = 0; i < 3; i++)
            if (strcmp(value, NAMES[i]) == 0) {
                box->flavour = (enum flavour)i;
                return 0;
            }
        return usage_error("no such flavour:", value);
    } else if (strcmp(name, "auth") == 0) {
        free(box->credentials);
        box->credentials = strdup(value);
    } else if (strcmp(name, "root") == 0) {
        box->root = value;
        if (mkdir(value, 0777) != 0 && errno != EEXIST)
            return usage_error(strerror(errno), value);
    } else if (strcmp(name, "pace") == 0) {
        if (!text_to_real(value, &box->pace) || box->pace < 0)
            return usage_error("not a number of seconds:", value);
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

static int serve(struct sandbox *box, const char *host, unsigned port)
{
    struct MHD_Daemon *daemon;
    sigset_t signals;
    int caught;

    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    daemon = http_start(box, host, port);
    if (!daemon) {
        fprintf(stderr, "sdctl-sandbox: cannot listen on %s, port %u: %s\n", host, port,
                strerror(errno));
        return 4;
    }
    printf("sdctl-sandbox: listening on http://%s%s%s:%u\n", strchr(host, ':') ? "[" : "", host,
           strchr(host, ':') ? "]" : "", box->port);
    fflush(stdout);
    sigwait(&signals, &caught);
    state_stop(&box->state);
    MHD_stop_daemon(daemon);
    return 0;
}

int main(int argc, char **argv)
{
    static struct sandbox box;
    struct options options = {.box = &box, .host = "127.0.0.1"};
    int status = parse(&options, argc, argv);

    if (status >= 0)
        return status;
    if (sodium_init() < 0 || !state_init(&box.state)) {
        fprintf(stderr, "sdctl-sandbox: cannot start\n");
        return 1;
    }
    pthread_mutex_init(&box.settings_lock, NULL);
    pthread_mutex_init(&box.fault_lock, NULL);
    box.settings = settings_defaults(box.flavour);
    box.fault_counts = json_object();
    status = serve(&box, options.host, (unsigned)options.port);
    json_decref(box.settings);
    json_decref(box.fault_counts);
    state_release(&box.state);
    free(box.credentials);
    return status;
}
