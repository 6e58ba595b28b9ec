#ifndef SANDBOX_SETTINGS_H
#define SANDBOX_SETTINGS_H

#include "sandbox.h"

/* One of the server's settings ("options"), its default as JSON. */
struct setting {
    const char *name, *value;
};

extern const struct setting SETTINGS[]; /* ends with a NULL name */

/* All settings with their defaults as a JSON object; NULL when memory runs out. */
json_t *settings_defaults(enum flavour flavour);

/* A copy of the current settings, owned by the caller. */
json_t *settings_copy(struct sandbox *box);

/* Changes settings: the server's own, or with `into` a job's copy. An unknown name or checkpoint is
 * an exception there too (sysinfo.set_config); checkpoints are stored by their title. */
int settings_change(struct sandbox *box, json_t *into, const json_t *changes, struct failure *f);

/* Values from an object of settings, with a fallback for what is not there or of another type. */
bool settings_flag(const json_t *settings, const char *name);
int settings_int(const json_t *settings, const char *name, int fallback);
double settings_real(const json_t *settings, const char *name, double fallback);
const char *settings_text(const json_t *settings, const char *name);

#endif
