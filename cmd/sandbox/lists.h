#ifndef SANDBOX_LISTS_H
#define SANDBOX_LISTS_H

#include "sandbox.h"

/* What the server offers: samplers, schedulers, checkpoints and so on. Names of samplers,
 * schedulers, scripts and upscalers are the real ones; checkpoints and LoRAs are made up. */

struct lists_model {
    const char *title, *model_name, *hash, *sha256, *filename;
};

/* A checkpoint by any of its names (title, file name, model name, hashes), or NULL. */
const struct lists_model *lists_find_model(const char *name);

/* Resolves a requested sampler and scheduler as sd_samplers.get_sampler_and_scheduler: a scheduler
 * may be the last word of the sampler's name; what is unknown becomes the first one (A8). Returns
 * whether the sampler itself was known. to_automatic: a sampler's own default scheduler is named
 * "Automatic". Either name may be NULL. */
bool lists_resolve_sampler(const char *name, const char *scheduler, bool to_automatic,
                           const char **found_sampler, const char **found_scheduler);

/* A selectable img2img script's title as the server spells it, case ignored, or NULL. */
const char *lists_find_script(const char *name);

/* 1 when `name` is an always-on script, 0 when it is a selectable one, -1 when there is none. */
int lists_is_alwayson(const char *name);

/* What sd-server makes of a name: a method of its own, "euler_a" and "discrete" when unknown. */
const char *lists_sdcpp_sampler(const char *name);
const char *lists_sdcpp_scheduler(const char *name);

/* Its own lists of them, as its routes give them. */
json_t *lists_sdcpp_samplers(void);
json_t *lists_sdcpp_schedulers(void);

/* Responses of the discovery routes; the caller owns them. */
json_t *lists_samplers(enum flavour flavour);
json_t *lists_schedulers(enum flavour flavour);
json_t *lists_models(enum flavour flavour);

/* Fixed responses: for which flavours (a bit each), at which path, what. Ends with a NULL path. */
struct lists_text {
    unsigned flavours;
    const char *path, *json;
};
extern const struct lists_text LISTS_TEXTS[];

/* The response of any GET route with a fixed answer, or NULL when there is none
 * for this flavour. */
json_t *lists_static(enum flavour flavour, const char *path);

#endif
