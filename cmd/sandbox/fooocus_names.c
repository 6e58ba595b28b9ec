#include <string.h>

#include "fooocus_fields.h"

const char *const FOOOCUS_PERFORMANCE[] = {"Quality",   "Speed",    "Extreme Speed",
                                           "Lightning", "Hyper-SD", NULL};
const char *const FOOOCUS_UOV[] = {
    "Disabled",     "Vary (Subtle)",     "Vary (Strong)",    "Upscale (1.5x)",
    "Upscale (2x)", "Upscale (Fast 2x)", "Upscale (Custom)", NULL};
const char *const FOOOCUS_SIDES[] = {"Left", "Right", "Top", "Bottom", NULL};
const char *const FOOOCUS_CONTROLS[] = {"ImagePrompt", "FaceSwap", "PyraCanny", "CPDS", NULL};
const char *const FOOOCUS_MASK_MODELS[] = {"u2net",           "u2netp",  "u2net_human_seg",
                                           "u2net_cloth_seg", "silueta", "isnet-general-use",
                                           "isnet-anime",     "sam",     NULL};
const char *const FOOOCUS_SCHEMES[] = {"fooocus", "a1111", NULL};
const char *const FOOOCUS_DESCRIBE[] = {"Photo", "Anime", NULL};
const char *const FOOOCUS_MODELS[] = {FOOOCUS_MODEL, "sandbox-pencil.safetensors", NULL};
const char *const FOOOCUS_LORAS[] = {FOOOCUS_LORA, "sandbox-grain.safetensors", NULL};

const char *const FOOOCUS_STYLES[] = {
    "Fooocus V2",        "Random Style",        "Fooocus Enhance",    "Fooocus Semi Realistic",
    "Fooocus Sharp",     "Fooocus Masterpiece", "Fooocus Photograph", "Fooocus Negative",
    "Fooocus Cinematic", "Fooocus Pony",        "SAI 3D Model",       "SAI Analog Film",
    "SAI Anime",         "SAI Cinematic",       "SAI Comic Book",     "SAI Craft Clay",
    "SAI Digital Art",   "SAI Enhance",         "SAI Fantasy Art",    "SAI Isometric",
    "SAI Line Art",      "SAI Lowpoly",         "SAI Neonpunk",       "SAI Origami",
    "SAI Photographic",  "SAI Pixel Art",       "SAI Texture",        NULL};

const char *const FOOOCUS_SAMPLERS[] = {"euler",
                                        "euler_ancestral",
                                        "heun",
                                        "heunpp2",
                                        "dpm_2",
                                        "dpm_2_ancestral",
                                        "lms",
                                        "dpm_fast",
                                        "dpm_adaptive",
                                        "dpmpp_2s_ancestral",
                                        "dpmpp_sde",
                                        "dpmpp_sde_gpu",
                                        "dpmpp_2m",
                                        "dpmpp_2m_sde",
                                        "dpmpp_2m_sde_gpu",
                                        "dpmpp_3m_sde",
                                        "dpmpp_3m_sde_gpu",
                                        "ddpm",
                                        "lcm",
                                        "tcd",
                                        "restart",
                                        "ddim",
                                        "uni_pc",
                                        "uni_pc_bh2",
                                        NULL};

const char *const FOOOCUS_SCHEDULERS[] = {"normal",
                                          "karras",
                                          "exponential",
                                          "sgm_uniform",
                                          "simple",
                                          "ddim_uniform",
                                          "lcm",
                                          "turbo",
                                          "align_your_steps",
                                          "tcd",
                                          "edm_playground_v2.5",
                                          NULL};

json_t *fooocus_fields_names(const char *const *names)
{
    json_t *list = json_array();

    for (; *names; names++)
        json_array_append_new(list, json_string(*names));
    return list;
}

bool fooocus_fields_has(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}
