#include "fooocus_meta.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "fields.h"
#include "infotext.h"

#define VERSION "Fooocus v2.5.5"

/* A name without its last extension. */
static void stem(const char *name, char to[128])
{
    const char *dot = strrchr(name, '.');

    snprintf(to, 128, "%.*s", dot ? (int)(dot - name) : 127, name);
}

/* A list as Python prints it: ['a', 'b'] */
static void python_list(const json_t *list, struct buf *to)
{
    const json_t *item;
    size_t i;

    buf_adds(to, "[");
    json_array_foreach(list, i, item) buf_addf(
        to, "%s'%s'", i ? ", " : "", json_string_value(item) ? json_string_value(item) : "");
    buf_adds(to, "]");
}

static void adm_guidance(const json_t *values, char to[128])
{
    char a[32], b[32], c[32];

    infotext_real(a, fields_real(values, "adm_scaler_positive", 1.5));
    infotext_real(b, fields_real(values, "adm_scaler_negative", 0.8));
    infotext_real(c, fields_real(values, "adm_scaler_end", 0.3));
    snprintf(to, 128, "(%s, %s, %s)", a, b, c);
}

static char *as_json(const json_t *values, const struct raster *picture, int64_t seed, int steps)
{
    static const char *const SAME[][2] = {{"guidance_scale", "guidance_scale"},
                                          {"metadata_scheme", "metadata_scheme"},
                                          {"negative_prompt", "negative_prompt"},
                                          {"performance", "performance_selection"},
                                          {"prompt", "prompt"},
                                          {"refiner_model", "refiner_model_name"},
                                          {"refiner_switch", "refiner_switch"},
                                          {"sampler", "sampler_name"},
                                          {"scheduler", "scheduler_name"},
                                          {"sharpness", "sharpness"},
                                          {"clip_skip", "clip_skip"}};
    json_t *meta = json_object();
    char model[128], adm[128], *text;
    struct buf styles;

    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
        json_object_set(meta, SAME[i][0], json_object_get(values, SAME[i][1]));
    stem(fields_text(values, "base_model_name", ""), model);
    stem(fields_text(values, "vae_name", ""), adm);
    json_object_set_new(meta, "base_model", json_string(model));
    json_object_set_new(meta, "base_model_hash", json_string("5a9db07077"));
    json_object_set_new(meta, "vae", json_string(adm));
    adm_guidance(values, adm);
    json_object_set_new(meta, "adm_guidance", json_string(adm));
    json_object_set_new(meta, "prompt_expansion", json_string(""));
    json_object_set_new(meta, "full_prompt", json_pack("[O]", json_object_get(values, "prompt")));
    json_object_set_new(meta, "full_negative_prompt",
                        json_pack("[O]", json_object_get(values, "negative_prompt")));
    json_object_set_new(meta, "loras", json_array());
    json_object_set_new(meta, "resolution",
                        json_sprintf("(%u, %u)", picture->width, picture->height));
    json_object_set_new(meta, "seed", json_sprintf("%lld", (long long)seed));
    json_object_set_new(meta, "steps", json_integer(steps));
    json_object_set_new(meta, "version", json_string(VERSION));
    buf_init(&styles, 1 << 16);
    python_list(json_object_get(values, "style_selections"), &styles);
    json_object_set_new(meta, "styles", json_string(buf_str(&styles)));
    buf_release(&styles);
    text = json_dumps(meta, JSON_SORT_KEYS | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
    json_decref(meta);
    return text;
}

static char *as_lines(const json_t *values, const struct raster *picture, int64_t seed, int steps)
{
    char scale[32], sharpness[32], model[128], adm[128];
    const char *negative = fields_text(values, "negative_prompt", "");
    struct buf to;

    infotext_real(scale, fields_real(values, "guidance_scale", 4));
    infotext_real(sharpness, fields_real(values, "sharpness", 2));
    stem(fields_text(values, "base_model_name", ""), model);
    adm_guidance(values, adm);
    buf_init(&to, 1 << 20);
    buf_adds(&to, fields_text(values, "prompt", ""));
    if (*negative)
        buf_addf(&to, "\nNegative prompt: %s", negative);
    buf_addf(&to,
             "\nSteps: %d, Sampler: %s, Seed: %lld, Size: %ux%u, CFG scale: %s, Sharpness: %s, "
             "ADM Guidance: \"%s\", Model: %s, Model hash: 5a9db07077, Performance: %s, "
             "Scheduler: %s, VAE: %s, Version: " VERSION,
             steps, fields_text(values, "sampler_name", ""), (long long)seed, picture->width,
             picture->height, scale, sharpness, adm, model,
             fields_text(values, "performance_selection", ""),
             fields_text(values, "scheduler_name", ""), fields_text(values, "vae_name", ""));
    return buf_detach(&to);
}

char *fooocus_meta(const json_t *values, const struct raster *picture, int64_t seed, int steps)
{
    if (strcmp(fields_text(values, "metadata_scheme", ""), "a1111") == 0)
        return as_lines(values, picture, seed, steps);
    return as_json(values, picture, seed, steps);
}
