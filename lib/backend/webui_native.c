#include "backend/webui.h"

const char *const webui_resize_modes[] = {"just", "crop", "fill", "latent", NULL};
const char *const webui_fills[] = {"fill", "original", "latent-noise", "latent-nothing", NULL};
const char *const webui_areas[] = {"whole", "masked", NULL};

#define ROW(name) name

const struct native webui_natives[] = {
#include "backend/webui_rows.h"
    {.name = WEBUI_CHECKPOINT, .type = NATIVE_STRING, .neutral = "model"},
    {.name = "force_task_id", .type = NATIVE_STRING, .nullable = true},

    /* sd.cpp's server only */
    {.name = "clip_skip", .type = NATIVE_INT},
    {.name = "lora", .type = NATIVE_ARRAY},
    {.name = "extra_images", .type = NATIVE_PICTURES},
    {.name = NULL},
};

/* What compose() does beyond these rows. */
const struct composed webui_composed[] = {
    {.neutral = "images", .native = "init_images"},
    {.neutral = "images", .native = "image", .operations = COMPOSED_IN(OPERATION_INTERROGATE)},
    {.neutral = "mask", .native = "mask", .operations = COMPOSED_IN(OPERATION_INPAINT)},
    {.neutral = "model",
     .native = "model",
     .operations = COMPOSED_IN(OPERATION_INTERROGATE),
     .note = "interrogate: clip, deepdanbooru"},
    {.neutral = "loras", .native = "prompt", .note = "as <lora:NAME:WEIGHT>"},
    {.neutral = "embeddings", .native = "prompt"},
    {.neutral = "controlnet", .native = "alwayson_scripts.controlnet.args"},
    {.neutral = "script", .native = "script_name"},
    {.neutral = "script_args", .native = "script_args"},
    {.neutral = NULL},
};
