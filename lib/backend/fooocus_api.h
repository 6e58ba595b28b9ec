#ifndef SDCTL_BACKEND_FOOOCUS_API_H
#define SDCTL_BACKEND_FOOOCUS_API_H

#include "backend/tasks.h"

/*
 * Fooocus-API, the older of the two servers over Fooocus, through its v2 JSON routes. Facts: seed
 * 004 (left-hand column), contracts.md D1 to D29 and 4.3, and the server's own request models.
 */
extern const struct backend fooocus_api_backend;

/* The rest is shared by the fooocus_api*.c files only. */

#define FOOOCUS_API_ADVANCED "advanced_params"

/* What the server is asked to do: one route each (D29). */
enum fooocus_api_route {
    FOOOCUS_API_NONE,        /* nothing to work on */
    FOOOCUS_API_UOV = 1,     /* /v2/generation/image-upscale-vary */
    FOOOCUS_API_INPAINT = 2, /* /v2/generation/image-inpaint-outpaint */
    FOOOCUS_API_PROMPT = 4,  /* /v2/generation/image-prompt: image prompts without an image */
    FOOOCUS_API_ENHANCE = 8, /* /v2/generation/image-enhance */
};

/* The words that a parameter may be. `replaced`: the server takes its default in silence for any
 * other (api_utils.py, req_to_params). */
struct fooocus_api_choice {
    const char *name; /* without "advanced_params." */
    const char *const *words;
    bool replaced;
};

extern const struct native fooocus_api_natives[];
extern const struct composed fooocus_api_composed[];
extern const struct native fooocus_api_loras[];               /* members of an element of loras */
extern const struct native fooocus_api_image_prompts[];       /* of image_prompts */
extern const struct native fooocus_api_enhance_ctrls[];       /* of enhance_ctrlnets */
extern const struct fooocus_api_choice fooocus_api_choices[]; /* ends with name == NULL */
extern const struct task_service fooocus_api_tasks;

/* Moves bare names of advanced parameters into advanced_params. EXIT_USAGE for one given twice. */
int fooocus_api_adopt(json_t *native, struct error *err);

/* The route that serves what task->native has. */
enum fooocus_api_route fooocus_api_route(const struct task *task);
const char *fooocus_api_route_name(enum fooocus_api_route route);

/* The image_type to describe with: Photo writes a caption as WebUI's clip does, Anime lists tags as
 * deepdanbooru does. NULL when --model is none of these. */
const char *fooocus_api_image_type(const struct task *task);

int fooocus_api_compose(struct task *task, const json_t *facts, struct error *err);

/* Turns --lora into loras, and completes those that were set (D12). */
int fooocus_api_compose_loras(struct task *task, struct error *err);

/* Turns --controlnet into image_prompts (D7). */
int fooocus_api_compose_prompts(struct task *task, struct error *err);

/* Checks every value at any depth: type, range, words; leaves out, with a warning, what the route
 * does not read or the server overwrites. */
int fooocus_api_check(struct task *task, enum fooocus_api_route route, struct error *err);

/* Refuses a model, LoRA or style that the server would replace or drop in silence; with --resolve a
 * unique part of a name becomes the name. */
int fooocus_api_check_names(struct task *task, const json_t *facts, struct error *err);

int fooocus_api_outcome(struct task *task, enum ask ask, const json_t *reply,
                        const struct arrived *arrived, size_t n_arrived, struct outcome *outcome,
                        struct error *err);

#endif
