#ifndef SDCTL_JOB_CONFIG_H
#define SDCTL_JOB_CONFIG_H

#include <jansson.h>
#include <stdbool.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/secret.h"

/*
 * Named services in $XDG_CONFIG_HOME/sdctl/config.json (or ~/.config/sdctl/config.json):
 *   {"default": "home", "endpoints": {"home": {"url": "http://127.0.0.1:7860", "backend": "webui",
 *                                              "key": {"file": "..."}}}}
 * where key is one of {"file": PATH}, {"env": NAME}, {"command": SHELL COMMAND}, or missing. The
 * file itself never holds a key. One that others can write is refused: it names commands to run.
 */

/* The path of the file, malloc'd. EXIT_UNEXPECTED without HOME and XDG_CONFIG_HOME. */
int config_path(char **path, struct error *err);

/* The whole configuration, {"endpoints": {}} when there is no file. Owned by the caller.
 * EXIT_INPUT when it cannot be used. */
int config_load(json_t **config, struct error *err);

/* Writes the file whole, with mode 0600, making its folder. EXIT_OUTPUT. */
int config_save(const json_t *config, struct error *err);

/* Whether a name may be given to an endpoint: letters, digits, '.', '_', '-'; 1 to 64 of them, the
 * first a letter or digit. */
bool config_is_name(const char *name);

/* Gets the key that an endpoint's entry names; an empty secret when it names none. *readable is set
 * when others can read the file. EXIT_KEY; EXIT_DEADLINE when a helper did not end in time. */
int config_key(const json_t *endpoint, const struct deadline *deadline, struct secret *key,
               bool *readable, struct error *err);

#endif
