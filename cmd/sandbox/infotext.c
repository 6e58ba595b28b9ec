#include "infotext.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings.h"

#define INFOTEXT_MAX ((size_t)1 << 20)

void infotext_real(char to[32], double x)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(to, 32, "%.*g", digits, x);
        if (strtod(to, NULL) == x)
            break;
    }
    if (!strpbrk(to, ".eni"))
        strncat(to, ".0", 31 - strlen(to));
}

/* A value as Python's str() gives it. */
static void value_text(struct buf *to, const json_t *value)
{
    char real[32];
    char *text;

    switch (json_typeof(value)) {
    case JSON_STRING:
        buf_adds(to, json_string_value(value));
        return;
    case JSON_REAL:
        infotext_real(real, json_real_value(value));
        buf_adds(to, real);
        return;
    case JSON_TRUE:
    case JSON_FALSE:
        buf_adds(to, json_is_true(value) ? "True" : "False");
        return;
    default:
        text = json_dumps(value, JSON_ENCODE_ANY);
        buf_adds(to, text ? text : "");
        free(text);
    }
}

/* ", key: value", the value as a JSON string where a comma, colon or newline would mislead. */
static void add_pair(struct buf *to, const char *key, const json_t *value)
{
    struct buf text;
    const char *plain;

    if (!value || json_is_null(value))
        return;
    buf_init(&text, INFOTEXT_MAX);
    value_text(&text, value);
    plain = buf_str(&text);
    if (plain && strpbrk(plain, ",:\n")) {
        json_t *string = json_string(plain);
        char *quoted = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;

        buf_addf(to, "%s%s: %s", to->len ? ", " : "", key, quoted ? quoted : "");
        free(quoted);
        json_decref(string);
    } else {
        buf_addf(to, "%s%s: %s", to->len ? ", " : "", key, plain ? plain : "");
    }
    buf_release(&text);
}

static void set_fixed(const struct job *job, int64_t seed, int64_t subseed, json_t *all)
{
    int clip_skip = settings_int(job->settings, "CLIP_stop_at_last_layers", 1);
    char size[32];

    snprintf(size, sizeof size, "%dx%d", job->width, job->height);
    json_object_set_new(all, "Steps", json_integer(job->steps));
    json_object_set_new(all, "Sampler", json_string(job->sampler));
    json_object_set_new(all, "Schedule type", json_string(job->scheduler));
    json_object_set_new(all, "CFG scale", json_real(job->cfg_scale));
    json_object_set_new(all, "Seed", json_integer(seed));
    json_object_set_new(all, "Size", json_string(size));
    if (settings_flag(job->settings, "add_model_hash_to_info"))
        json_object_set_new(all, "Model hash", json_string(job->model->hash));
    if (settings_flag(job->settings, "add_model_name_to_info"))
        json_object_set_new(all, "Model", json_string(job->model->model_name));
    if (job->subseed_strength != 0) {
        json_object_set_new(all, "Variation seed", json_integer(subseed));
        json_object_set_new(all, "Variation seed strength", json_real(job->subseed_strength));
    }
    json_object_set(all, "Denoising strength", json_object_get(job->extra, "Denoising strength"));
    if (clip_skip > 1)
        json_object_set_new(all, "Clip skip", json_integer(clip_skip));
    if (settings_flag(job->settings, "tiling"))
        json_object_set_new(all, "Tiling", json_string("True"));
}

char *infotext_make(const struct job *job, int64_t seed, int64_t subseed)
{
    json_t *all = json_object(), *value;
    struct buf pairs, text;
    const char *key;

    buf_init(&pairs, INFOTEXT_MAX);
    buf_init(&text, INFOTEXT_MAX);
    set_fixed(job, seed, subseed, all);
    json_object_update(all, job->extra);
    if (settings_flag(job->settings, "add_version_to_infotext"))
        json_object_set_new(all, "Version", json_string(SANDBOX_VERSION));
    json_object_foreach(all, key, value)
    {
        add_pair(&pairs, key, value);
    }
    json_decref(all);
    buf_adds(&text, job->prompt);
    if (*job->negative_prompt)
        buf_addf(&text, "\nNegative prompt: %s", job->negative_prompt);
    buf_addf(&text, "%s%s", text.len ? "\n" : "", pairs.data ? pairs.data : "");
    buf_release(&pairs);
    return buf_detach(&text);
}

static json_t *repeated(const char *text, size_t n)
{
    json_t *all = json_array(), *one = json_string(text);

    for (size_t i = 0; i < n; i++)
        json_array_append(all, one);
    json_decref(one);
    return all;
}

char *infotext_info(const struct job *job, const struct processed *done)
{
    size_t n = json_array_size(done->seeds);
    bool faces = settings_flag(job->settings, "face_restoration");
    struct state_view now;
    json_t *info = json_object();
    char *text;

    state_view(&job->box->state, &now);
    json_object_set_new(info, "prompt", json_string(job->prompt));
    json_object_set_new(info, "all_prompts", repeated(job->prompt, n));
    json_object_set_new(info, "negative_prompt", json_string(job->negative_prompt));
    json_object_set_new(info, "all_negative_prompts", repeated(job->negative_prompt, n));
    json_object_set_new(info, "seed", json_integer(done->seed));
    json_object_set(info, "all_seeds", done->seeds);
    json_object_set_new(info, "subseed", json_integer(done->subseed));
    json_object_set(info, "all_subseeds", done->subseeds);
    json_object_set_new(info, "subseed_strength", json_real(job->subseed_strength));
    json_object_set_new(info, "width", json_integer(job->width));
    json_object_set_new(info, "height", json_integer(job->height));
    json_object_set_new(info, "sampler_name", json_string(job->sampler));
    json_object_set_new(info, "cfg_scale", json_real(job->cfg_scale));
    json_object_set_new(info, "steps", json_integer(job->steps));
    json_object_set_new(info, "batch_size", json_integer(job->batch_size));
    json_object_set_new(info, "restore_faces", json_boolean(faces));
    json_object_set_new(info, "face_restoration_model", json_null());
    json_object_set_new(info, "sd_model_name", json_string(job->model->model_name));
    json_object_set_new(info, "sd_model_hash", json_string(job->model->hash));
    json_object_set_new(info, "sd_vae_name", json_null());
    json_object_set_new(info, "sd_vae_hash", json_null());
    json_object_set_new(info, "seed_resize_from_w", json_integer(-1));
    json_object_set_new(info, "seed_resize_from_h", json_integer(-1));
    json_object_set_new(info, "denoising_strength", json_real(job->strength));
    json_object_set(info, "extra_generation_params", job->extra);
    json_object_set_new(info, "index_of_first_image",
                        json_integer((json_int_t)done->index_of_first_image));
    json_object_set(info, "infotexts", done->infotexts);
    json_object_set_new(info, "styles", json_array());
    json_object_set_new(info, "job_timestamp", json_string(now.job_timestamp));
    json_object_set_new(info, "clip_skip",
                        json_integer(settings_int(job->settings, "CLIP_stop_at_last_layers", 1)));
    json_object_set_new(info, "is_using_inpainting_conditioning",
                        json_boolean(strstr(job->model->model_name, "inpaint") != NULL));
    json_object_set_new(info, "version", json_string(SANDBOX_VERSION));
    text = json_dumps(info, JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
    json_decref(info);
    return text;
}
