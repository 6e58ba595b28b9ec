#include "lists.h"

#include <string.h>

#include "base/text.h"

/* Names from sd_samplers*.py, in their order; the first is what an unknown name becomes. */
static const struct sampler {
    const char *name, *alias, *alias2,
        *scheduler; /* the sampler's own default scheduler, or NULL */
    const char *options;
} SAMPLERS[] = {
    {"DPM++ 2M", "k_dpmpp_2m", NULL, "karras", "{}"},
    {"DPM++ SDE", "k_dpmpp_sde", NULL, "karras",
     "{\"second_order\": true, \"brownian_noise\": true}"},
    {"DPM++ 2M SDE", "k_dpmpp_2m_sde", NULL, "exponential", "{\"brownian_noise\": true}"},
    {"DPM++ 2M SDE Heun", "k_dpmpp_2m_sde_heun", NULL, "exponential",
     "{\"brownian_noise\": true, \"solver_type\": \"heun\"}"},
    {"DPM++ 2S a", "k_dpmpp_2s_a", NULL, "karras", "{\"uses_ensd\": true, \"second_order\": true}"},
    {"DPM++ 3M SDE", "k_dpmpp_3m_sde", NULL, "exponential",
     "{\"discard_next_to_last_sigma\": true, \"brownian_noise\": true}"},
    {"Euler a", "k_euler_a", "k_euler_ancestral", NULL, "{\"uses_ensd\": true}"},
    {"Euler", "k_euler", NULL, NULL, "{}"},
    {"LMS", "k_lms", NULL, NULL, "{}"},
    {"Heun", "k_heun", NULL, NULL, "{\"second_order\": true}"},
    {"DPM2", "k_dpm_2", NULL, "karras",
     "{\"discard_next_to_last_sigma\": true, \"second_order\": true}"},
    {"DPM2 a", "k_dpm_2_a", NULL, "karras",
     "{\"discard_next_to_last_sigma\": true, \"uses_ensd\": true, \"second_order\": true}"},
    {"DPM fast", "k_dpm_fast", NULL, NULL, "{\"uses_ensd\": true}"},
    {"DPM adaptive", "k_dpm_ad", NULL, NULL, "{\"uses_ensd\": true}"},
    {"Restart", "restart", NULL, "karras", "{\"second_order\": true}"},
    {"HeunPP2", "heunpp2", NULL, NULL, "{}"},
    {"IPNDM", "ipndm", NULL, NULL, "{}"},
    {"IPNDM_V", "ipndm_v", NULL, NULL, "{}"},
    {"DEIS", "deis", NULL, NULL, "{}"},
    {"DDIM", "ddim", NULL, NULL, "{}"},
    {"DDIM CFG++", "ddim_cfgpp", NULL, NULL, "{}"},
    {"PLMS", "plms", NULL, NULL, "{}"},
    {"UniPC", "unipc", NULL, NULL, "{}"},
    {"LCM", "k_lcm", NULL, NULL, "{}"},
    {"DDPM", "ddpm", NULL, NULL, "{}"},
};

static const struct scheduler {
    const char *name, *label, *alias;
    double rho; /* 0: none */
    bool inner_model;
} SCHEDULERS[] = {
    {"automatic", "Automatic", NULL, 0, false},
    {"uniform", "Uniform", NULL, 0, true},
    {"karras", "Karras", NULL, 7, false},
    {"exponential", "Exponential", NULL, 0, false},
    {"polyexponential", "Polyexponential", NULL, 1, false},
    {"sgm_uniform", "SGM Uniform", "SGMUniform", 0, true},
    {"kl_optimal", "KL Optimal", NULL, 0, false},
    {"align_your_steps", "Align Your Steps", NULL, 0, false},
    {"simple", "Simple", NULL, 0, true},
    {"normal", "Normal", NULL, 0, true},
    {"ddim", "DDIM", NULL, 0, true},
    {"beta", "Beta", NULL, 0, true},
    {"turbo", "Turbo", NULL, 0, true},
    {"align_your_steps_GITS", "Align Your Steps GITS", NULL, 0, false},
    {"align_your_steps_11", "Align Your Steps 11", NULL, 0, false},
    {"align_your_steps_32", "Align Your Steps 32", NULL, 0, false},
};

static const struct lists_model MODELS[] = {
    {"sandbox-painter.safetensors [5a6db0c5e1]", "sandbox-painter", "5a6db0c5e1",
     "5a6db0c5e1f00d5a6db0c5e1f00d5a6db0c5e1f00d5a6db0c5e1f00d5a6db0c5",
     "/sandbox/models/sandbox-painter.safetensors"},
    {"sandbox-inpainting.safetensors [1a9e77a511]", "sandbox-inpainting", "1a9e77a511",
     "1a9e77a511f00d1a9e77a511f00d1a9e77a511f00d1a9e77a511f00d1a9e77a5",
     "/sandbox/models/sandbox-inpainting.safetensors"},
    {"anime/sandbox-sketch.ckpt [c0ffee0123]", "anime_sandbox-sketch", "c0ffee0123",
     "c0ffee0123f00dc0ffee0123f00dc0ffee0123f00dc0ffee0123f00dc0ffee01",
     "/sandbox/models/anime/sandbox-sketch.ckpt"},
};

static const char *const SCRIPTS[] = {
    "Custom code",
    "img2img alternative test",
    "Loopback",
    "Outpainting mk2",
    "Poor man's outpainting",
    "Prompt matrix",
    "Prompts from file or textbox",
    "SD upscale",
    "X/Y/Z plot",
};

static const char *const ALWAYSON[] = {
    "ControlNet",
    "Refiner",
    "Sampler",
    "Seed",
    "Extra options",
    "Soft Inpainting",
    "FreeU Integrated (SD 1.x, SD 2.x, SDXL)",
    "Never OOM Integrated",
    "StyleAlign Integrated",
};

#define COUNT(table) (sizeof(table) / sizeof *(table))

const struct lists_model *lists_find_model(const char *name)
{
    for (size_t i = 0; i < COUNT(MODELS); i++) {
        const struct lists_model *m = &MODELS[i];
        size_t file = strcspn(m->title, " ");

        if (strcmp(name, m->title) == 0 || strcmp(name, m->model_name) == 0 ||
            strcmp(name, m->hash) == 0 || strcmp(name, m->sha256) == 0 ||
            (strlen(name) == file && memcmp(name, m->title, file) == 0))
            return m;
    }
    return NULL;
}

/* Cuts " option" off the end of a name of n bytes; returns the new length. */
static size_t cut_suffix(const char *name, size_t n, const char *option)
{
    size_t m = option ? strlen(option) : 0;

    if (m == 0 || n <= m + 1 || name[n - m - 1] != ' ' || memcmp(name + n - m, option, m) != 0)
        return n;
    return n - m - 1;
}

bool lists_resolve_sampler(const char *name, const char *scheduler, bool to_automatic,
                           const char **found_sampler, const char **found_scheduler)
{
    const struct sampler *sampler = NULL;
    const struct scheduler *found = &SCHEDULERS[0];
    size_t n;

    name = name && *name ? name : SAMPLERS[0].name;
    n = strlen(name);
    for (size_t i = 0; scheduler && i < COUNT(SCHEDULERS); i++)
        if (strcmp(scheduler, SCHEDULERS[i].name) == 0 ||
            strcmp(scheduler, SCHEDULERS[i].label) == 0)
            found = &SCHEDULERS[i];
    for (size_t i = 0; i < COUNT(SCHEDULERS); i++) {
        const char *options[] = {SCHEDULERS[i].label, SCHEDULERS[i].name, SCHEDULERS[i].alias};

        for (size_t j = 0; j < COUNT(options); j++) {
            size_t cut = cut_suffix(name, n, options[j]);

            if (cut == n)
                continue;
            n = cut;
            found = &SCHEDULERS[i];
            break;
        }
    }
    for (size_t i = 0; i < COUNT(SAMPLERS) && !sampler; i++)
        if (strlen(SAMPLERS[i].name) == n && memcmp(SAMPLERS[i].name, name, n) == 0)
            sampler = &SAMPLERS[i];
    *found_sampler = sampler ? sampler->name : SAMPLERS[0].name;
    if (to_automatic && (sampler ? sampler : SAMPLERS)->scheduler &&
        strcmp((sampler ? sampler : SAMPLERS)->scheduler, found->name) == 0)
        found = &SCHEDULERS[0];
    *found_scheduler = found->label;
    return sampler != NULL;
}

const char *lists_find_script(const char *name)
{
    for (size_t i = 0; i < COUNT(SCRIPTS); i++)
        if (text_casecmp(SCRIPTS[i], name) == 0)
            return SCRIPTS[i];
    return NULL;
}

int lists_is_alwayson(const char *name)
{
    for (size_t i = 0; i < COUNT(ALWAYSON); i++)
        if (text_casecmp(ALWAYSON[i], name) == 0)
            return 1;
    return lists_find_script(name) ? 0 : -1;
}

json_t *lists_samplers(enum flavour flavour)
{
    json_t *all;

    if (flavour == FLAVOUR_SDCPP)
        return lists_sdcpp_samplers();
    all = json_array();
    for (size_t i = 0; i < COUNT(SAMPLERS); i++) {
        const struct sampler *s = &SAMPLERS[i];
        json_t *options = json_object(), *more = json_loads(s->options, 0, NULL);
        json_t *aliases = json_pack("[s]", s->alias);

        if (s->scheduler)
            json_object_set_new(options, "scheduler", json_string(s->scheduler));
        json_object_update(options, more);
        json_decref(more);
        if (s->alias2)
            json_array_append_new(aliases, json_string(s->alias2));
        json_array_append_new(all, json_pack("{s:s, s:o, s:o}", "name", s->name, "aliases", aliases,
                                             "options", options));
    }
    return all;
}

json_t *lists_schedulers(enum flavour flavour)
{
    json_t *all;

    if (flavour == FLAVOUR_SDCPP)
        return lists_sdcpp_schedulers();
    all = json_array();
    for (size_t i = 0; i < COUNT(SCHEDULERS); i++) {
        const struct scheduler *s = &SCHEDULERS[i];

        json_array_append_new(all, json_pack("{s:s, s:s, s:o, s:f, s:b}", "name", s->name, "label",
                                             s->label, "aliases",
                                             s->alias ? json_pack("[s]", s->alias) : json_null(),
                                             "default_rho", s->rho > 0 ? s->rho : -1.0,
                                             "need_inner_model", (int)s->inner_model));
    }
    return all;
}

json_t *lists_models(enum flavour flavour)
{
    json_t *all = json_array();

    for (size_t i = 0; i < COUNT(MODELS); i++) {
        const struct lists_model *m = &MODELS[i];

        if (flavour == FLAVOUR_SDCPP) {
            json_array_append_new(
                all, json_pack("{s:s, s:s, s:s, s:s, s:s, s:n}", "title", m->model_name,
                               "model_name", m->model_name, "filename",
                               strrchr(m->filename, '/') + 1, "hash", "8888888888", "sha256",
                               "8888888888888888888888888888888888888888888888888888888888888888",
                               "config"));
            break;
        }
        json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:s, s:n}", "title", m->title,
                                             "model_name", m->model_name, "hash", m->hash, "sha256",
                                             m->sha256, "filename", m->filename, "config"));
    }
    return all;
}

static json_t *names(const char *const *table, size_t n)
{
    json_t *all = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(all, json_string(table[i]));
    return all;
}

static json_t *scripts(void)
{
    json_t *img2img = names(SCRIPTS, COUNT(SCRIPTS));
    json_t *alwayson = names(ALWAYSON, COUNT(ALWAYSON));
    json_t *txt2img = json_deep_copy(alwayson), *all;
    size_t i;
    json_t *name;

    json_array_extend(img2img, alwayson);
    json_decref(alwayson);
    all = json_pack("{s:o, s:o}", "txt2img", txt2img, "img2img", img2img);
    json_array_foreach(img2img, i, name)
    {
        char lower[80] = "";
        const char *from = json_string_value(name);

        for (size_t j = 0; from[j] && j + 1 < sizeof lower; j++)
            lower[j] = (char)(from[j] >= 'A' && from[j] <= 'Z' ? from[j] + 32 : from[j]);
        json_array_set_new(img2img, i, json_string(lower));
    }
    return all;
}

json_t *lists_static(enum flavour flavour, const char *path)
{
    if (strcmp(path, "/sdapi/v1/samplers") == 0)
        return lists_samplers(flavour);
    if (strcmp(path, "/sdapi/v1/schedulers") == 0)
        return lists_schedulers(flavour);
    if (strcmp(path, "/sdapi/v1/sd-models") == 0)
        return lists_models(flavour);
    if (strcmp(path, "/sdapi/v1/scripts") == 0 && flavour != FLAVOUR_SDCPP)
        return scripts();
    for (const struct lists_text *t = LISTS_TEXTS; t->path; t++)
        if (strcmp(path, t->path) == 0 && (t->flavours & 1u << flavour))
            return json_loads(t->json, JSON_DECODE_ANY, NULL);
    return NULL;
}
