#include "cmd/remote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/text.h"
#include "cmd/progress.h"
#include "cmd/run.h"
#include "job/config.h"
#include "net/url.h"
#include "wire/json.h"

#define TIMEOUT_DEFAULT 3600.0 /* seconds */
#define NAMES_MAX 256

static const char *option_or_env(const char *option, const char *variable)
{
    const char *value = option != NULL ? option : getenv(variable);

    return value != NULL && *value != '\0' ? value : NULL;
}

static bool is_url(const char *text)
{
    return strpbrk(text, ":/") != NULL;
}

static int no_such_endpoint(const json_t *endpoints, const char *name, struct error *err)
{
    const char *names[NAMES_MAX], *key;
    json_t *value;
    size_t n = 0;

    json_object_foreach((json_t *)(size_t)endpoints, key, value)
    {
        if (n < NAMES_MAX) {
            names[n++] = key;
        }
    }
    const char *nearest = text_nearest(name, names, n);
    return error_set(err, EXIT_USAGE,
                     "no endpoint is named '%s'%s%s%s; see 'sdctl endpoint list', or give a URL",
                     name, nearest != NULL ? "; did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

/* The configured endpoint that is meant, borrowed from the configuration; NULL when a URL is. */
static int find_endpoint(const json_t *config, const char **name, json_t **endpoint,
                         struct error *err)
{
    const json_t *endpoints = json_object_get(config, "endpoints");

    *endpoint = NULL;
    *name = *name != NULL ? *name : json_string_at(config, "default");
    if (*name == NULL || is_url(*name)) {
        return 0;
    }
    *endpoint = json_object_get(endpoints, *name);
    return *endpoint != NULL ? 0 : no_such_endpoint(endpoints, *name, err);
}

static int find_backend(const char *asked, const json_t *endpoint, struct job *job,
                        struct error *err)
{
    const char *name = asked != NULL ? asked : json_string_at(endpoint, "backend");

    job->backend = name == NULL ? NULL : backend_find(name);
    if (name == NULL || job->backend != NULL) {
        return 0;
    }
    char known[128] = "";
    for (size_t i = 0, len = 0; backends[i] != NULL && len < sizeof known; i++) {
        len += (size_t)snprintf(known + len, sizeof known - len, "%s%s", len > 0 ? ", " : "",
                                backends[i]->name);
    }
    return error_set(err, EXIT_USAGE, "unknown backend '%s': there are %s", name, known);
}

/* The first key that there is; none is fine too. `in_s3`: there will be others. */
static int find_key(struct remote *remote, const struct remote_options *options,
                    const json_t *endpoint, const char *command, const struct deadline *deadline,
                    bool in_s3, struct error *err)
{
    const struct rlimit no_core = {0};
    const char *env = getenv("SDCTL_API_KEY");
    bool readable = false;
    int result;

    if (options->own_key) {
        result = config_key(endpoint, deadline, &remote->key, &readable, err);
    } else if (options->api_key_file != NULL) {
        result = secret_read_file(&remote->key, options->api_key_file, deadline, &readable, err);
    } else if (env != NULL && *env != '\0') {
        result = secret_set(&remote->key, env, strlen(env), "SDCTL_API_KEY", err);
    } else {
        result = config_key(endpoint, deadline, &remote->key, &readable, err);
    }
    if (result == 0 && (remote->key.bytes != NULL || in_s3)) {
        setrlimit(RLIMIT_CORE, &no_core);
    }
    if (result == 0 && remote->key.bytes != NULL) {
        run_hide(&remote->key);
    }
    if (result == 0 && readable) {
        run_warn(command, "others can read the key file; run chmod 600 on it");
    }
    return result;
}

/* The URL of what was named, and the name that results bear. */
static int find_url(struct remote *remote, const char *name, const json_t *endpoint, bool needed,
                    struct job *job, struct error *err)
{
    const char *url = endpoint != NULL       ? json_string_at(endpoint, "url")
                      : name != NULL         ? name
                      : job->backend != NULL ? job->backend->default_url
                                             : NULL;

    if (url == NULL) {
        return !needed ? 0
                       : error_set(err, EXIT_USAGE,
                                   "no endpoint: give --endpoint URL, set SDCTL_ENDPOINT, or name "
                                   "one with 'sdctl endpoint add'");
    }
    if (url_base(url, &remote->url, err) != 0) {
        return -1;
    }
    remote->name = strdup(endpoint != NULL ? name : remote->url);
    job->url = remote->url;
    job->endpoint_name = remote->name;
    return remote->name != NULL ? 0 : error_memory(err, "opening the endpoint");
}

const char *remote_endpoint(const struct remote_options *options)
{
    const struct option_list *list = &options->endpoints;

    return options->endpoint != NULL ? options->endpoint
           : list->n > 0             ? list->v[list->n - 1]
                                     : NULL;
}

bool remote_is_named(const struct remote_options *options)
{
    json_t *config = NULL;
    struct error ignored;

    bool named = option_or_env(remote_endpoint(options), "SDCTL_ENDPOINT") != NULL ||
                 option_or_env(options->backend, "SDCTL_BACKEND") != NULL ||
                 (config_load(&config, &ignored) == 0 && json_string_at(config, "default") != NULL);
    json_decref(config);
    return named;
}

static void log_line(void *ctx, const char *line)
{
    (void)ctx;
    progress_log(line);
}

int remote_open(struct remote *remote, const struct remote_options *options, const char *command,
                bool needed, struct job *job, struct error *err)
{
    const char *name = option_or_env(remote_endpoint(options), "SDCTL_ENDPOINT");
    const char *backend = option_or_env(options->backend, "SDCTL_BACKEND");
    json_t *config = NULL, *endpoint = NULL;
    int result = -1;

    *remote = (struct remote){0};
    if (options->endpoint == NULL && options->endpoints.n > 1) {
        return error_set(err, EXIT_USAGE, "several endpoints are for --batch only");
    }
    job->command = command;
    job->strict = options->strict;
    job->insecure_http = options->insecure_http;
    job->patience.retries = options->retries.set ? (long)options->retries.value : 3;
    job->patience.deadline =
        clock_deadline(options->timeout.set ? options->timeout.value : TIMEOUT_DEFAULT);
    job->patience.stop = &run_stop;
    job->log = common.verbose ? log_line : NULL;
    job->key = &remote->key;
    if ((name == NULL || !is_url(name)) &&
        (config_load(&config, err) != 0 || find_endpoint(config, &name, &endpoint, err) != 0)) {
        goto out;
    }
    if (find_backend(backend, endpoint, job, err) != 0 ||
        find_url(remote, name, endpoint, needed, job, err) != 0 ||
        (needed && find_key(remote, options, endpoint, command, &job->patience.deadline,
                            job->backend != NULL && job->backend->state_in_s3, err) != 0)) {
        goto out;
    }
    result = 0;
out:
    json_decref(config);
    return result;
}

int remote_run(const struct remote_options *options, struct job *job, json_t **document,
               struct error *err)
{
    json_t *warning;
    size_t i;

    if (progress_begin(!options->no_progress && !common.quiet)) {
        job->watch = progress_show;
    }
    run_catch_signals(true);
    int result = job_run(job, document, err);
    run_catch_signals(false);
    progress_end();
    json_array_foreach(result == 0 ? job->task.warnings : NULL, i, warning)
    {
        run_warn(job->command, json_string_value(warning));
    }
    return result;
}

static bool to_stdout(void *ctx, const char *text, size_t n)
{
    (void)ctx;
    return fwrite(text, 1, n, stdout) == n;
}

static int print_body(const struct job *job, struct error *err)
{
    json_t *warning;
    size_t i;

    if (job_print_body(job, to_stdout, NULL, err) != 0) {
        return -1;
    }
    json_array_foreach(job->task.warnings, i, warning)
    {
        run_warn(job->command, json_string_value(warning));
    }
    return putchar('\n') != EOF ? 0 : error_set(err, EXIT_OUTPUT, "cannot write standard output");
}

static int explain(const struct job *job, struct error *err)
{
    json_t *document = job_explain(job, err);
    int result = document == NULL ? -1 : run_print(document, err);

    json_decref(document);
    return result;
}

int remote_print(const struct remote_options *options, const struct job *job, struct error *err)
{
    return options->explain ? explain(job, err) : print_body(job, err);
}

void remote_close(struct remote *remote, struct error *err)
{
    secret_hide(&remote->key, err->text);
    secret_hide(&remote->key, err->server);
    run_hide(NULL);
    secret_release(&remote->key);
    free(remote->url);
    free(remote->name);
}
