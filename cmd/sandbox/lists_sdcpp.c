#include <string.h>

#include "base/text.h"
#include "lists.h"

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char *const SDCPP_SAMPLERS[] = {
    "default",  "euler",         "euler_a",        "heun",    "dpm2",         "dpm++2s_a",
    "dpm++2m",  "dpm++2mv2",     "ipndm",          "ipndm_v", "lcm",          "ddim_trailing",
    "tcd",      "res_multistep", "res_2s",         "er_sde",  "euler_cfg_pp", "euler_a_cfg_pp",
    "euler_ge", "dpm++2m_sde",   "dpm++2m_sde_bt", "lms",
};
static const char *const SDCPP_SCHEDULERS[] = {
    "default",      "discrete",    "normal",       "karras",     "exponential", "ays",
    "gits",         "sgm_uniform", "simple",       "smoothstep", "kl_optimal",  "lcm",
    "bong_tangent", "ltx2",        "logit_normal", "flux2",      "flux",        "beta",
};

/* WebUI's names that sd-server knows too. */
static const char *const SDCPP_ALIASES[][2] = {
    {"euler a", "euler_a"},
    {"k_euler_a", "euler_a"},
    {"k_euler", "euler"},
    {"k_heun", "heun"},
    {"k_dpm_2", "dpm2"},
    {"ddim", "ddim_trailing"},
    {"dpm++ 2m", "dpm++2m"},
    {"k_dpmpp_2m", "dpm++2m"},
    {"dpm++ 2m sde", "dpm++2m_sde"},
    {"k_dpmpp_2m_sde", "dpm++2m_sde"},
    {"res multistep", "res_multistep"},
    {"res 2s", "res_2s"},
};

const char *lists_sdcpp_sampler(const char *name)
{
    for (size_t i = 1; i < COUNT(SDCPP_SAMPLERS); i++)
        if (text_casecmp(name, SDCPP_SAMPLERS[i]) == 0)
            return SDCPP_SAMPLERS[i];
    for (size_t i = 0; i < COUNT(SDCPP_ALIASES); i++)
        if (text_casecmp(name, SDCPP_ALIASES[i][0]) == 0)
            return SDCPP_ALIASES[i][1];
    return "euler_a";
}

const char *lists_sdcpp_scheduler(const char *name)
{
    for (size_t i = 1; i < COUNT(SDCPP_SCHEDULERS); i++)
        if (strcmp(name, SDCPP_SCHEDULERS[i]) == 0)
            return SDCPP_SCHEDULERS[i];
    return "discrete";
}

static json_t *names(const char *const *names, size_t n, bool samplers)
{
    json_t *all = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            all, samplers ? json_pack("{s:s, s:[s], s:{}}", "name", names[i], "aliases", names[i],
                                      "options")
                          : json_pack("{s:s, s:s}", "name", names[i], "label", names[i]));
    return all;
}

json_t *lists_sdcpp_samplers(void)
{
    return names(SDCPP_SAMPLERS, COUNT(SDCPP_SAMPLERS), true);
}

json_t *lists_sdcpp_schedulers(void)
{
    return names(SDCPP_SCHEDULERS, COUNT(SDCPP_SCHEDULERS), false);
}
