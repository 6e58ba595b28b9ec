#ifndef SANDBOX_FOOOCUS_FIELDS_H
#define SANDBOX_FOOOCUS_FIELDS_H

#include "fooocus_check.h"

/* Names and defaults that both servers have (modules/flags.py, presets/default.json). Checkpoint
 * and LoRA files are made up, all else is real. */
#define FOOOCUS_MODEL "sandbox-painter.safetensors"
#define FOOOCUS_LORA "sandbox-brush.safetensors"

extern const char *const FOOOCUS_PERFORMANCE[],
    *const FOOOCUS_UOV[], *const FOOOCUS_SIDES[],
                              *const FOOOCUS_CONTROLS[],
                                  *const FOOOCUS_MASK_MODELS[],
                                      *const FOOOCUS_SCHEMES[],
                                          *const FOOOCUS_DESCRIBE[],
                                              *const FOOOCUS_MODELS[],
                                                  *const FOOOCUS_LORAS[],
                                                      *const FOOOCUS_STYLES[],
                                                          *const FOOOCUS_SAMPLERS[],
                                                              *const FOOOCUS_SCHEDULERS[];

/* Models of the new server: apis/models/{base,requests}.py. Tables end with a NULL name. */
extern const struct fooocus_field FOOOCUSAPI_REQUEST[], FOOOCUSAPI_DESCRIBE[],
    FOOOCUS_MASK_REQUEST[], FOOOCUS_ENHANCE[], FOOOCUS_LORA_MODEL[], FOOOCUSAPI_CONTROL[];

/* Models of the old server: fooocusapi/models/common/{base,requests}.py, requests_v2.py. */
extern const struct fooocus_field FOOOCUS_API_ADVANCED[], FOOOCUS_API_TEXT[], FOOOCUS_API_TEXT_IP[],
    FOOOCUS_API_UOV[], FOOOCUS_API_INPAINT[], FOOOCUS_API_PROMPT[], FOOOCUS_API_ENHANCE[];

/* A NULL-terminated list as a JSON array. */
json_t *fooocus_fields_names(const char *const *names);

/* Whether a list has the name. */
bool fooocus_fields_has(const char *const *names, const char *name);

#endif
