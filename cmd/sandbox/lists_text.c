#include "lists.h"

#define FORGE (1u << FLAVOUR_FORGE)
#define A1111 (1u << FLAVOUR_A1111)
#define SDCPP (1u << FLAVOUR_SDCPP)
#define WEBUI (FORGE | A1111)

#define UPSCALER(name, model, scale)                                                               \
    "{\"name\": \"" name "\", \"model_name\": " model                                              \
    ", \"model_path\": null, \"model_url\": null, \"scale\": " scale "}"
#define ARG(label, value, minimum, maximum, step)                                                  \
    "{\"label\": \"" label "\", \"value\": " value ", \"minimum\": " minimum                       \
    ", \"maximum\": " maximum ", \"step\": " step ", \"choices\": null}"
#define CHOICE(label, value, choices)                                                              \
    "{\"label\": \"" label "\", \"value\": " value                                                 \
    ", \"minimum\": null, \"maximum\": null, \"step\": null, \"choices\": " choices "}"
#define SCRIPT(name, arguments)                                                                    \
    "{\"name\": \"" name "\", \"is_alwayson\": false, \"is_img2img\": true, \"args\": [" arguments \
    "]}"
#define SIDES "[\"left\", \"right\", \"up\", \"down\"]"

/* Arguments as the scripts declare them (scripts/ *.py), the first two being placeholders there. */
static const char SCRIPT_INFO[] = "[" SCRIPT("loopback",
                                             ARG("Loops", "4",
                                                 "1", "32", "1") "," ARG("Final denoising strength", "0.5", "0", "1", "0.01") "," CHOICE("Denoising strength curve", "\"Linear\"", "[\"Aggressive\", \"Linear\", \"Lazy\"]") "," CHOICE("Append interrogated prompt at each iteration", "\"None\"", "[\"None\", \"CLIP\", \"DeepBooru\"]")) "," SCRIPT("sd upscale", ARG("", "\"\"", "null", "null", "null") "," ARG("Tile overlap",
                                                                                                                                                                                                                                                                                                                                                                                                                     "64", "0", "256", "16") "," CHOICE("Upscaler",
                                                                                                                                                                                                                                                                                                                                                                                                                                                        "\"None\"",
                                                                                                                                                                                                                                                                                                                                                                                                                                                        "[\"None\", \"Lanczos\", \"Nearest\", \"R-ESRGAN 4x+\"]") "," ARG("Scale Factor",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          "2.0", "1.0", "4.0", "0.05")) "," SCRIPT("poor man's outpainting",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                   ARG("Pixels to expand", "128", "8", "256", "8") "," ARG("Mask blur", "4", "0", "64", "1") "," CHOICE("Masked content", "\"fill\"", "[\"fill\", \"original\", \"latent noise\", \"latent nothing\"]") "," CHOICE(
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       "Outpainting direction",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       SIDES,
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                       SIDES)) "," SCRIPT("outpainting mk2",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                          ARG("",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "\"\"",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "null",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "null",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                              "null") "," ARG("Pixels to expand", "128", "8", "256", "8") "," ARG("Mask blur",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "8",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "0",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "64",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                  "1") "," CHOICE("Outpainting direction", SIDES, SIDES) "," ARG("Fall-off exponent (lower=higher detail)",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 "1.0",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 "0.0",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 "4.0",
                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                 "0.01") "," ARG("Color variation", "0.05", "0.0", "1.0", "0.01")) "]";

static const char UPSCALERS[] =
    "[" UPSCALER("None", "null", "4") "," UPSCALER("Lanczos", "null", "4") "," UPSCALER(
        "Nearest", "null", "4") "," UPSCALER("R-ESRGAN 4x+", "\"R-ESRGAN 4x+\"", "4") "]";

#define CONTROL_MODELS                                                                             \
    "[\"None\", \"control_v11p_sd15_canny [d14c016b]\", \"control_v11f1p_sd15_depth [cfd03158]\"," \
    " \"control_v11p_sd15_openpose [cab727d4]\", \"control_v11f1e_sd15_tile [a371b31b]\","         \
    " \"control_v11p_sd15_inpaint [ebff9138]\"]"
#define CONTROL_MODULES                                                                            \
    "[\"None\", \"canny\", \"depth_midas\", \"openpose\", \"openpose_full\", "                     \
    "\"lineart_standard\","                                                                        \
    " \"softedge_hed\", \"scribble_pidinet\", \"tile_resample\", \"inpaint_only\","                \
    " \"inpaint_global_harmonious\", \"reference_only\", \"invert\"]"

const struct lists_text LISTS_TEXTS[] = {
    {WEBUI | SDCPP, "/sdapi/v1/upscalers", UPSCALERS},
    {WEBUI, "/sdapi/v1/script-info", SCRIPT_INFO},
    {WEBUI | SDCPP, "/sdapi/v1/latent-upscale-modes",
     "[{\"name\": \"Latent\"}, {\"name\": \"Latent (antialiased)\"},"
     " {\"name\": \"Latent (bicubic)\"}, {\"name\": \"Latent (bicubic antialiased)\"},"
     " {\"name\": \"Latent (nearest)\"}, {\"name\": \"Latent (nearest-exact)\"}]"},
    {A1111, "/sdapi/v1/sd-vae",
     "[{\"model_name\": \"sandbox-vae.safetensors\","
     " \"filename\": \"/sandbox/models/VAE/sandbox-vae.safetensors\"}]"},
    {FORGE, "/sdapi/v1/sd-modules",
     "[{\"model_name\": \"sandbox-vae.safetensors\","
     " \"filename\": \"/sandbox/models/VAE/sandbox-vae.safetensors\"}]"},
    {WEBUI, "/sdapi/v1/loras",
     "[{\"name\": \"brushes\", \"alias\": \"brushes\", \"path\": "
     "\"/sandbox/models/Lora/brushes.safetensors\", \"metadata\": {}}]"},
    {SDCPP, "/sdapi/v1/loras", "[{\"name\": \"brushes\", \"path\": \"brushes.safetensors\"}]"},
    {WEBUI, "/sdapi/v1/hypernetworks", "[]"},
    {WEBUI, "/sdapi/v1/face-restorers",
     "[{\"name\": \"CodeFormer\", \"cmd_dir\": null}, {\"name\": \"GFPGAN\", \"cmd_dir\": null}]"},
    {WEBUI, "/sdapi/v1/realesrgan-models", "[]"},
    {WEBUI, "/sdapi/v1/prompt-styles", "[]"},
    {WEBUI, "/sdapi/v1/embeddings", "{\"loaded\": {}, \"skipped\": {}}"},
    {WEBUI, "/sdapi/v1/extensions", "[]"},
    {WEBUI, "/sdapi/v1/cmd-flags",
     "{\"api\": true, \"nowebui\": false, \"listen\": false, \"port\": null, \"api_auth\": null,"
     " \"data_dir\": \"/sandbox\", \"ckpt\": null, \"no_half\": false, \"lowvram\": false}"},
    {WEBUI, "/sdapi/v1/memory",
     "{\"ram\": {\"free\": 8589934592.0, \"used\": 1073741824, \"total\": 9663676416.0},"
     " \"cuda\": {\"error\": \"unavailable\"}}"},
    {WEBUI, "/controlnet/model_list", "{\"model_list\": " CONTROL_MODELS "}"},
    {WEBUI, "/controlnet/module_list", "{\"module_list\": " CONTROL_MODULES "}"},
    {WEBUI, "/controlnet/version", "{\"version\": 3}"},
    {0},
};
