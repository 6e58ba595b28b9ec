#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cmd/action.h"
#include "cmd/commands.h"
#include "cmd/groups.h"
#include "cmd/remote.h"
#include "cmd/run.h"
#include "job/check.h"
#include "job/config.h"
#include "net/url.h"
#include "wire/json.h"

struct settings {
    struct remote_options remote;
    const char *key_file, *key_env, *key_command;
    bool force;
};

static const char *const actions[] = {"add", "list", "remove", "default", "check", NULL};

static const struct option_row rows[] = {
    {.name = "key-file",
     .type = OPTION_FILE,
     .metavar = "FILE",
     .offset = offsetof(struct settings, key_file),
     .conflicts = "key-env,key-command",
     .help = "add: read the key from this file at each use"},
    {.name = "key-env",
     .type = OPTION_TEXT,
     .metavar = "NAME",
     .offset = offsetof(struct settings, key_env),
     .conflicts = "key-command",
     .help = "add: take the key from this environment variable"},
    {.name = "key-command",
     .type = OPTION_TEXT,
     .metavar = "COMMAND",
     .offset = offsetof(struct settings, key_command),
     .help = "add: run this shell command, which prints the key",
     .detail = "For example: pass show webui."},
    {.name = "force",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, force),
     .help = "add: replace an endpoint of the same name"},
    {.name = NULL},
};
static const struct option_group group = {.title = "Endpoint", .rows = rows};

static const struct option_use uses[] = {
    {.group = &group},
    {.group = &remote_group, .base = offsetof(struct settings, remote)},
    {.group = NULL},
};

/* What an action gets: its operands behind the action's name. */
struct action {
    const struct settings *settings;
    char **operands;
    size_t n;
    json_t *config;
};

static int usage(struct error *err, const char *form)
{
    return error_set(err, EXIT_USAGE, "usage: sdctl endpoint %s", form);
}

/* {"file": ABSOLUTE PATH} and the like, or NULL when no key was named. */
static json_t *key_of(const struct settings *s)
{
    if (s->key_file != NULL) {
        char here[PATH_MAX];
        bool absolute = *s->key_file == '/' || getcwd(here, sizeof here) == NULL;
        return absolute ? json_pack("{s:s}", "file", s->key_file)
                        : json_pack("{s:s++}", "file", here, "/", s->key_file);
    }
    if (s->key_env != NULL) {
        return json_pack("{s:s}", "env", s->key_env);
    }
    return s->key_command != NULL ? json_pack("{s:s}", "command", s->key_command) : NULL;
}

static int add(struct action *a, struct error *err)
{
    json_t *endpoints = json_object_get(a->config, "endpoints");
    const char *backend = a->settings->remote.backend;
    char *url = NULL;
    int bad = 0;

    if (a->n != 2) {
        return usage(err, "add NAME URL [--backend KIND] [--key-file FILE]");
    }
    if (!config_is_name(a->operands[0])) {
        return error_set(err, EXIT_USAGE,
                         "'%s' cannot name an endpoint: use letters, digits, '.', '_' and '-', a "
                         "letter or digit first",
                         a->operands[0]);
    }
    if (json_object_get(endpoints, a->operands[0]) != NULL && !a->settings->force) {
        return error_set(err, EXIT_USAGE, "endpoint '%s' exists; give --force to replace it",
                         a->operands[0]);
    }
    if (url_base(a->operands[1], &url, err) != 0) {
        return -1;
    }
    json_t *endpoint =
        json_pack("{s:s,s:s*,s:o*}", "url", url, "backend", backend, "key", key_of(a->settings));
    free(url);
    bad |= json_object_set_new(endpoints, a->operands[0], endpoint);
    if (json_string_at(a->config, "default") == NULL) {
        bad |= json_object_set_new(a->config, "default", json_string(a->operands[0]));
    }
    return bad == 0 ? config_save(a->config, err) : error_memory(err, "adding the endpoint");
}

/* One JSON document on a line for each endpoint; never a key, only where it comes from. */
static int list(struct action *a, struct error *err)
{
    const char *preferred = json_string_at(a->config, "default"), *name;
    json_t *endpoint;

    json_object_foreach(json_object_get(a->config, "endpoints"), name, endpoint)
    {
        bool is_default = preferred != NULL && strcmp(preferred, name) == 0;
        char *url = NULL;
        struct error unusable; /* an edited file may hold a URL with a password in it */
        url_base(json_string_at(endpoint, "url"), &url, &unusable);
        json_t *line = json_pack("{s:s,s:s?,s:O?,s:O?,s:b}", "name", name, "url", url, "backend",
                                 json_object_get(endpoint, "backend"), "key",
                                 json_object_get(endpoint, "key"), "default", is_default);
        free(url);
        int result = line != NULL ? run_print(line, err) : error_memory(err, "listing endpoints");
        json_decref(line);
        if (result != 0) {
            return -1;
        }
    }
    return 0;
}

static int find(const struct action *a, struct error *err)
{
    if (json_object_get(json_object_get(a->config, "endpoints"), a->operands[0]) != NULL) {
        return 0;
    }
    return error_set(err, EXIT_USAGE, "no endpoint is named '%s'; see 'sdctl endpoint list'",
                     a->operands[0]);
}

static int remove_(struct action *a, struct error *err)
{
    const char *preferred = json_string_at(a->config, "default");

    if (a->n != 1) {
        return usage(err, "remove NAME");
    }
    if (find(a, err) != 0) {
        return -1;
    }
    if (preferred != NULL && strcmp(preferred, a->operands[0]) == 0) {
        json_object_del(a->config, "default");
    }
    json_object_del(json_object_get(a->config, "endpoints"), a->operands[0]);
    return config_save(a->config, err);
}

static int set_default(struct action *a, struct error *err)
{
    if (a->n != 1) {
        return usage(err, "default NAME");
    }
    if (find(a, err) != 0) {
        return -1;
    }
    return json_object_set_new(a->config, "default", json_string(a->operands[0])) == 0
               ? config_save(a->config, err)
               : error_memory(err, "choosing the default endpoint");
}

/* Asks the service what it is and has. */
static int check(struct action *a, struct error *err)
{
    static struct job job; /* large: off the stack */
    struct remote_options options = a->settings->remote;
    struct remote remote = {0};
    json_t *document = NULL;
    int result = -1;

    if (a->n > 1) {
        return usage(err, "check [NAME|URL]");
    }
    options.endpoint = a->n == 1 ? a->operands[0] : remote_endpoint(&options);
    job_init(&job);
    if (remote_open(&remote, &options, "endpoint", true, &job, err) == 0) {
        result = check_endpoint(&job, &document, err);
    }
    if (result == 0) {
        result = run_print(document, err);
    }
    json_decref(document);
    job_release(&job);
    remote_close(&remote, err);
    return result;
}

static int perform(struct parsed *parsed, struct error *err)
{
    static int (*const perform_action[])(struct action *, struct error *) = {add, list, remove_,
                                                                             set_default, check};
    struct action a = {.settings = parsed->settings,
                       .operands = parsed->operands + 1,
                       .n = parsed->n_operands - 1};
    size_t which = 0;
    int result = -1;

    if (parsed->n_operands == 0) {
        return usage(err, "add|list|remove|default|check ...");
    }
    if (action_choose(actions, parsed->operands[0], &which, err) != 0) {
        return -1;
    }
    if (config_load(&a.config, err) == 0) {
        result = perform_action[which](&a, err);
    }
    json_decref(a.config);
    return result;
}

static int run(const struct command *self, int argc, char **argv)
{
    struct parsed parsed;
    struct error err = {0};

    int result = options_parse(self, argc, argv, &parsed, &err);
    if (result == 0 && !parsed.help) {
        result = perform(&parsed, &err);
    }
    result = run_finish(self, &parsed, result, &err);
    options_release(self, &parsed);
    return result;
}

const struct command endpoint_command = {
    .name = "endpoint",
    .summary = "add, list, remove, choose and check named services",
    .operands = "add NAME URL | list | remove NAME | default NAME | check [NAME|URL]",
    .max_operands = 3,
    .operand_choices = actions,
    .uses = uses,
    .settings_size = sizeof(struct settings),
    .run = run,
};
