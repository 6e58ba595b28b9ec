#ifndef SDCTL_BACKEND_WEBUI_H
#define SDCTL_BACKEND_WEBUI_H

#include "backend/tasks.h"

/*
 * AUTOMATIC1111 WebUI and its kin (Forge, SD.Next), and sd.cpp's server, which answers some of the
 * same routes. Facts: contracts.md A1 to A30 and 4.1; seed 000 for the parameters.
 */
extern const struct backend webui_backend;

/* The rest is shared by the webui_*.c files only. */

enum webui_flavour { WEBUI_ANY, WEBUI_FORGE, WEBUI_SDCPP };

#define WEBUI_SAMPLERS "/sdapi/v1/samplers"
#define WEBUI_SCHEDULERS "/sdapi/v1/schedulers"
#define WEBUI_MODELS "/sdapi/v1/sd-models"
#define WEBUI_VAES "/sdapi/v1/sd-vae"
#define WEBUI_MODULES "/sdapi/v1/sd-modules"

#define WEBUI_CHECKPOINT "override_settings.sd_model_checkpoint"
#define WEBUI_VAE "override_settings.sd_vae"
#define WEBUI_CLIP_SKIP "override_settings.CLIP_stop_at_last_layers"

extern const struct native webui_natives[];
extern const char *const webui_resize_modes[], *const webui_fills[], *const webui_areas[];
extern const struct composed webui_composed[];

/* GET /internal/pending-tasks */
extern const struct task_service webui_tasks;

int webui_compose(struct task *task, const json_t *facts, struct error *err);

/* Refuses a sampler, scheduler, checkpoint or VAE that the server would replace in silence. */
int webui_check_names(const struct task *task, const json_t *facts, struct error *err);

/* Whether `name` is `wanted` for WebUI: the sampler itself, or the sampler with its scheduler. */
bool webui_is_sampler(const char *wanted, const char *name);

/* Turns --controlnet units into alwayson_scripts.controlnet.args, with the keys of this flavour. */
int webui_compose_controlnet(struct task *task, struct error *err);

/* Turns --script and --script-arg into script_name and script_args. */
int webui_compose_script(struct task *task, struct error *err);

int webui_outcome(struct task *task, const json_t *reply, const struct arrived *arrived,
                  size_t n_arrived, struct outcome *outcome, struct error *err);

/* Compares what was asked with what `info` and the pictures say; counts into *differences. */
void webui_compare(struct task *task, const struct arrived *arrived, struct outcome *outcome);

#endif
