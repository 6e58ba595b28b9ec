#include "backend/eks.h"
#include "backend/webui.h"
#include "wire/json.h"

#include <stdio.h>
#include <string.h>

#define ROW(name) EKS_CONTENT "." name

const struct native eks_natives[] = {
    {.name = EKS_METADATA ".id", .type = NATIVE_STRING},
    {.name = EKS_METADATA ".runtime", .type = NATIVE_STRING},
    {.name = EKS_METADATA ".tasktype", .type = NATIVE_STRING, .fallback = "\"image-to-image\""},
    {.name = EKS_METADATA ".prefix", .type = NATIVE_STRING},
    {.name = EKS_METADATA ".context", .type = NATIVE_ANY, .nullable = true},

    {.name = ROW("alwayson_scripts.sd_model_checkpoint"),
     .type = NATIVE_STRING,
     .neutral = "model"},
#include "backend/webui_rows.h"
    {.name = ROW("override_settings.sd_model_checkpoint"), .type = NATIVE_STRING},

    /* tasktype extra-single-image */
    {.name = ROW("image"), .type = NATIVE_PICTURE},
    {.name = ROW("show_extras_results"), .type = NATIVE_BOOL},
    {.name = ROW("gfpgan_visibility"), .type = NATIVE_REAL, .max = 1},
    {.name = ROW("codeformer_visibility"), .type = NATIVE_REAL, .max = 1},
    {.name = ROW("codeformer_weight"), .type = NATIVE_REAL, .max = 1},
    {.name = ROW("upscaling_resize"), .type = NATIVE_REAL},
    {.name = ROW("upscaling_resize_w"), .type = NATIVE_INT},
    {.name = ROW("upscaling_resize_h"), .type = NATIVE_INT},
    {.name = ROW("upscaling_crop"), .type = NATIVE_BOOL},
    {.name = ROW("upscaler_1"), .type = NATIVE_STRING},
    {.name = ROW("upscaler_2"), .type = NATIVE_STRING},
    {.name = ROW("extras_upscaler_2_visibility"), .type = NATIVE_REAL, .max = 1},
    {.name = ROW("upscale_first"), .type = NATIVE_BOOL},
    {.name = NULL},
};

const struct composed eks_composed[] = {
    {.neutral = "images", .native = ROW("init_images")},
    {.neutral = "mask", .native = ROW("mask"), .operations = COMPOSED_IN(OPERATION_INPAINT)},
    {.neutral = "loras", .native = ROW("prompt"), .note = "as <lora:NAME:WEIGHT>"},
    {.neutral = "embeddings", .native = ROW("prompt")},
    {.neutral = "controlnet", .native = ROW("alwayson_scripts.controlnet.args")},
    {.neutral = "script", .native = ROW("script_name")},
    {.neutral = "script_args", .native = ROW("script_args")},
    {.neutral = NULL},
};

/* Where v1alpha1 has what v1alpha2 has in its metadata; both under their names of v1alpha2. */
static const struct {
    const char *name, *old;
} metadata[] = {{"id", "id_task"},
                {"runtime", NULL},
                {"tasktype", "task"},
                {"prefix", "save_dir"},
                {"context", NULL}};

static const char *home_of(const char *name)
{
    for (size_t i = 0; i < sizeof metadata / sizeof *metadata; i++) {
        if (strcmp(name, metadata[i].name) == 0) {
            return EKS_METADATA;
        }
    }
    return EKS_CONTENT;
}

/* Puts a value where nothing is yet; objects are joined. */
static int move_to(json_t *native, const char *home, const char *name, json_t *value,
                   struct error *err)
{
    char path[300];
    json_t *there, *inner;
    const char *member;

    int n = snprintf(path, sizeof path, "%s.%s", home, name);
    if (n < 0 || (size_t)n >= sizeof path || strchr(name, '.') != NULL) {
        return error_set(err, EXIT_USAGE, "a parameter's name is too long or has a dot in it");
    }
    there = json_get_path(native, path);
    if (there == NULL) {
        return json_set_path(native, path, json_incref(value), err);
    }
    if (!json_is_object(there) || !json_is_object(value)) {
        return error_set(err, EXIT_USAGE, "'%.100s' is given twice, by itself and as %s", name,
                         path);
    }
    json_object_foreach(value, member, inner)
    {
        if (json_object_get(there, member) != NULL) {
            return error_set(err, EXIT_USAGE, "'%.100s.%.100s' is given twice", name, member);
        }
        if (json_object_set(there, member, inner) != 0) {
            return error_memory(err, "reading the parameters");
        }
    }
    return 0;
}

/* What v1alpha1 has among the scripts. */
static int adopt_old(json_t *native, struct error *err)
{
    json_t *scripts = json_get_path(native, EKS_CONTENT ".alwayson_scripts");
    json_t *link = json_object_get(scripts, "image_link");
    int result = 0;

    for (size_t i = 0; i < sizeof metadata / sizeof *metadata && result == 0; i++) {
        json_t *value = metadata[i].old != NULL ? json_object_get(scripts, metadata[i].old) : NULL;
        if (value != NULL) {
            result = move_to(native, EKS_METADATA, metadata[i].name, value, err);
            json_object_del(scripts, metadata[i].old);
        }
    }
    if (link != NULL && result == 0) {
        json_t *images = json_pack("[O]", link);
        result = images == NULL ? error_memory(err, "reading the parameters")
                                : move_to(native, EKS_CONTENT, "init_images", images, err);
        json_decref(images);
        json_object_del(scripts, "image_link");
    }
    return result;
}

int eks_adopt(json_t *native, struct error *err)
{
    const char *name;
    json_t *value;
    void *next;

    json_object_foreach_safe(native, next, name, value)
    {
        if (strcmp(name, "task") == 0) {
            continue;
        }
        if (move_to(native, home_of(name), name, value, err) != 0) {
            return -1;
        }
        json_object_del(native, name);
    }
    return adopt_old(native, err);
}
