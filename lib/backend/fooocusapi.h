#ifndef SDCTL_BACKEND_FOOOCUSAPI_H
#define SDCTL_BACKEND_FOOOCUSAPI_H

#include "backend/backend.h"
#include "backend/tasks.h"

/*
 * FooocusAPI, the successor of Fooocus-API: one route for everything. Facts: contracts.md D1 to D29
 * and 4.4; seed 004, right-hand column; the server's requests.py, base.py, pre_process.py,
 * async_worker.py and query.py.
 *
 * What an image is for follows from the member that it is in; the server looks at enhance_ before
 * controlnet_image before uov_ before inpaint_ (pre_process.py). img2img means to vary it:
 * uov_input_image with "Vary (Subtle)" unless uov_method says otherwise, or with
 * enhance_checkbox=true and no uov_method enhance_input_image. inpaint, and any outpainting, is
 * inpaint_input_image.
 */
extern const struct backend fooocusapi_backend;

/* The rest is shared by the fooocusapi_*.c files only. */

#define FOOOCUSAPI_MODELS "/v1/engines/all-models"
#define FOOOCUSAPI_STYLES "/v1/engines/styles"

extern const struct native fooocusapi_natives[];
extern const struct composed fooocusapi_composed[];
extern const struct task_service fooocusapi_tasks;

/* Checks what the table of natives cannot say: words of a closed set, the members of objects in
 * arrays, sizes written as text. EXIT_USAGE. */
int fooocusapi_check_values(json_t *native, bool unchecked, struct error *err);

int fooocusapi_compose(struct task *task, const json_t *facts, struct error *err);

/* --lora, --embedding and --controlnet into loras, prompt and controlnet_image. */
int fooocusapi_compose_units(struct task *task, struct error *err);

/* Puts the image, the mask and the canvas where the operation wants them, keeps the strength that
 * counts, and refuses images that the server would ignore beside others. */
int fooocusapi_compose_images(struct task *task, struct error *err);

/* Whether a member holds a picture: the server takes some words for none (img_utils.py). */
bool fooocusapi_has_picture(const json_t *object, const char *name);

/* Refuses models, LoRAs and styles that the server does not have; with --resolve a unique part of a
 * model's or LoRA's name is replaced by the name. EXIT_REFUSED. */
int fooocusapi_check_names(struct task *task, const json_t *facts, struct error *err);

int fooocusapi_outcome(struct task *task, enum ask ask, const json_t *reply,
                       const struct arrived *arrived, size_t n_arrived, struct outcome *outcome,
                       struct error *err);

/* Where the task of a record (RecordResponse) stands (D22, D27). *doubtful as in struct outcome. */
enum standing fooocusapi_standing(const json_t *record, bool *doubtful);

#endif
