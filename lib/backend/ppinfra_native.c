#include <stdio.h>
#include <string.h>

#include "backend/ppinfra.h"

static const char *const areas[] = {"whole", "masked", NULL};

/*
 * Names and types only: ranges, choices and what is required are rules of their own, because all
 * faults are told together. Fallbacks are what seed 003 says of a missing member.
 */
const struct native ppinfra_natives[] = {
    {.name = "request.model_name", .type = NATIVE_STRING, .neutral = "model"},
    {.name = "request.image_base64", .type = NATIVE_PICTURE},
    {.name = "request.mask_image_base64", .type = NATIVE_MASK},
    {.name = "request.prompt", .type = NATIVE_STRING, .neutral = "prompt"},
    {.name = "request.negative_prompt", .type = NATIVE_STRING, .neutral = "negative_prompt"},
    {.name = "request.width", .type = NATIVE_INT, .neutral = "width"},
    {.name = "request.height", .type = NATIVE_INT, .neutral = "height"},
    {.name = "request.image_num", .type = NATIVE_INT, .neutral = "count"},
    {.name = "request.steps", .type = NATIVE_INT, .neutral = "steps"},
    {.name = "request.guidance_scale", .type = NATIVE_REAL, .neutral = "cfg_scale"},
    {.name = "request.sampler_name", .type = NATIVE_STRING, .neutral = "sampler"},
    {.name = "request.sd_vae", .type = NATIVE_STRING, .neutral = "vae"},
    {.name = "request.controlnet", .type = NATIVE_OBJECT},
    {.name = "request.seed", .type = NATIVE_INT, .neutral = "seed", .fallback = "-1"},
    {.name = "request.loras", .type = NATIVE_ARRAY},
    {.name = "request.embeddings", .type = NATIVE_ARRAY},
    {.name = "request.clip_skip", .type = NATIVE_INT, .nullable = true, .neutral = "clip_skip"},
    {.name = "request.strength", .type = NATIVE_REAL, .nullable = true, .neutral = "strength"},
    {.name = "request.ip_adapters", .type = NATIVE_ARRAY},

    /* inpainting (4.2); spelt inpainting_full_res, unlike WebUI's inpaint_full_res */
    {.name = "request.mask_blur", .type = NATIVE_INT, .neutral = "mask_blur"},
    {.name = "request.inpainting_full_res",
     .type = NATIVE_INT,
     .neutral = "area",
     .choices = areas},
    {.name = "request.inpainting_full_res_padding", .type = NATIVE_INT, .neutral = "padding"},
    {.name = "request.inpainting_mask_invert", .type = NATIVE_INT},
    {.name = "request.initial_noise_multiplier", .type = NATIVE_REAL},

    {.name = "extra.response_image_type", .type = NATIVE_STRING, .fallback = "\"png\""},
    {.name = "extra.webhook", .type = NATIVE_OBJECT},
    {.name = "extra.custom_storage", .type = NATIVE_OBJECT},
    {.name = "extra.enterprise_plan", .type = NATIVE_OBJECT},
    {.name = "extra.enable_nsfw_detection", .type = NATIVE_BOOL},
    {.name = "extra.nsfw_detection_level", .type = NATIVE_INT},
    {.name = NULL},
};

/* The object of the envelope that has a member of this name: "request" or "extra", or NULL. */
static const char *home_of(const char *name)
{
    static const char *const homes[] = {"request", "extra"};
    char path[128];

    for (size_t i = 0; i < sizeof homes / sizeof *homes; i++) {
        int n = snprintf(path, sizeof path, "%s.%s", homes[i], name);
        if (n > 0 && (size_t)n < sizeof path && native_find(ppinfra_natives, path) != NULL) {
            return homes[i];
        }
    }
    return NULL;
}

int ppinfra_adopt(json_t *native, struct error *err)
{
    void *next;
    const char *name;
    json_t *value;

    json_object_foreach_safe(native, next, name, value)
    {
        const char *home = home_of(name);
        json_t *inner = home == NULL ? NULL : json_object_get(native, home);
        if (home == NULL) {
            continue;
        }
        if (inner == NULL) {
            inner = json_object();
            if (json_object_set_new(native, home, inner) != 0) {
                return error_memory(err, "reading parameters");
            }
        }
        if (!json_is_object(inner)) {
            return 0; /* refused by its type */
        }
        if (json_object_get(inner, name) != NULL) {
            return error_set(err, EXIT_USAGE, "'%s' is given twice: as it is and as '%s.%s'", name,
                             home, name);
        }
        if (json_object_set(inner, name, value) != 0) {
            return error_memory(err, "reading parameters");
        }
        json_object_del(native, name);
    }
    return 0;
}

/* What compose() does beyond these rows. */
const struct composed ppinfra_composed[] = {
    {.neutral = "images", .native = "request.image_base64"},
    {.neutral = "images", .native = "image_file", .operations = COMPOSED_IN(OPERATION_INTERROGATE)},
    {.neutral = "mask",
     .native = "request.mask_image_base64",
     .operations = COMPOSED_IN(OPERATION_INPAINT)},
    {.neutral = "width", .native = "request.width", .operations = COMPOSED_IN(OPERATION_IMG2IMG)},
    {.neutral = "height", .native = "request.height", .operations = COMPOSED_IN(OPERATION_IMG2IMG)},
    {.neutral = "scheduler", .native = "request.sampler_name", .note = "a part of the name"},
    {.neutral = "resize",
     .operations = COMPOSED_IN(OPERATION_IMG2IMG),
     .note = "not sent: the proportions must stay"},
    {.neutral = "fill",
     .operations = COMPOSED_IN(OPERATION_INPAINT),
     .note = "not sent: original only"},
    {.neutral = "mask_blur_x",
     .native = "request.mask_blur",
     .operations = COMPOSED_IN(OPERATION_INPAINT),
     .note = "the same as y"},
    {.neutral = "mask_blur_y",
     .native = "request.mask_blur",
     .operations = COMPOSED_IN(OPERATION_INPAINT),
     .note = "the same as x"},
    {.neutral = "loras", .native = "request.loras"},
    {.neutral = "embeddings", .native = "request.embeddings"},
    {.neutral = "controlnet",
     .native = "request.controlnet.units",
     .operations = COMPOSED_IN(OPERATION_IMG2IMG)},
    {.neutral = "ip_adapters",
     .native = "request.ip_adapters",
     .operations = COMPOSED_IN(OPERATION_IMG2IMG)},
    {.neutral = NULL},
};
