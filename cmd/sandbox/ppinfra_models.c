#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ppinfra.h"

/* What GET /v3/model lists: names are made up. There are more checkpoints than one page holds. */

#define CHECKPOINTS 130
#define LIMIT_MAX 100
#define LIMIT_DEFAULT 20

struct model {
    char name[64], sd_name[80], in_api[80];
    const char *type, *display, *base;
    int id;
    bool sdxl, inpainting, private;
};

static const char *const WORDS[] = {"aurora",  "basalt", "cinder",  "drift",  "ember",
                                    "fjord",   "garnet", "heather", "indigo", "juniper",
                                    "kestrel", "lichen", "meadow"};
#define WORD_COUNT (sizeof WORDS / sizeof *WORDS)

/* sd_name has the file's ending; sd_name_in_api, which requests use, has it with checkpoints and
 * VAEs only (the examples of novita.ai/docs: realisticVisionV51_v51VAE-inpainting_94324.safetensors
 * and more_details_59655). */
static const struct {
    const char *type, *display, *name, *base;
    bool sdxl;
} OTHERS[] = {
    {"lora", "LORA", "brushes", "SD 1.5", false},
    {"lora", "LORA", "more_details", "SD 1.5", false},
    {"lora", "LORA", "paper_cut", "SD 1.5", false},
    {"lora", "LORA", "soft_light", "SDXL 1.0", true},
    {"lora", "LORA", "film_grain", "SDXL 1.0", true},
    {"vae", "VAE", "clear_vae", "SD 1.5", false},
    {"vae", "VAE", "xl_vae", "SDXL 1.0", true},
    {"controlnet", "ControlNet", "control_canny", "SD 1.5", false},
    {"controlnet", "ControlNet", "control_depth", "SD 1.5", false},
    {"controlnet", "ControlNet", "control_openpose", "SD 1.5", false},
    {"controlnet", "ControlNet", "control_canny_xl", "SDXL 1.0", true},
    {"textualinversion", "Textual Inversion", "clean_hands", "SD 1.5", false},
    {"textualinversion", "Textual Inversion", "bad_drawing", "SD 1.5", false},
};
#define OTHER_COUNT (sizeof OTHERS / sizeof *OTHERS)

static struct model make_checkpoint(size_t i)
{
    struct model m = {.type = "checkpoint",
                      .display = "Checkpoint",
                      .id = 100000 + (int)i,
                      .sdxl = i % 3 == 1,
                      .inpainting = i % 10 == 9,
                      .private = i == CHECKPOINTS - 1};

    m.base = m.sdxl ? "SDXL 1.0" : "SD 1.5";
    snprintf(m.name, sizeof m.name, "%s v%zu%s", WORDS[i % WORD_COUNT], i / WORD_COUNT + 1,
             m.inpainting ? " inpainting" : "");
    snprintf(m.sd_name, sizeof m.sd_name, "%s_v%zu%s_%d.safetensors", WORDS[i % WORD_COUNT],
             i / WORD_COUNT + 1, m.inpainting ? "-inpainting" : "", m.id);
    snprintf(m.in_api, sizeof m.in_api, "%s", m.sd_name);
    return m;
}

static struct model make_other(size_t i)
{
    struct model m = {.type = OTHERS[i].type,
                      .display = OTHERS[i].display,
                      .base = OTHERS[i].base,
                      .id = 200000 + (int)i,
                      .sdxl = OTHERS[i].sdxl};
    bool ending = strcmp(m.type, "vae") == 0 || strcmp(m.type, "controlnet") == 0;

    snprintf(m.name, sizeof m.name, "%s", OTHERS[i].name);
    snprintf(m.sd_name, sizeof m.sd_name, "%s_%d.safetensors", m.name, m.id);
    snprintf(m.in_api, sizeof m.in_api, "%s_%d%s", m.name, m.id, ending ? ".safetensors" : "");
    return m;
}

/* Model i of all; false behind the last. */
static bool model_at(size_t i, struct model *m)
{
    if (i >= CHECKPOINTS + OTHER_COUNT)
        return false;
    *m = i < CHECKPOINTS ? make_checkpoint(i) : make_other(i - CHECKPOINTS);
    return true;
}

bool ppinfra_has_model(const char *type, const char *name)
{
    struct model m;

    for (size_t i = 0; model_at(i, &m); i++)
        if (strcmp(m.type, type) == 0 && strcmp(m.in_api, name) == 0)
            return true;
    return false;
}

/* Whether `part` is in `text`, case ignored. */
static bool contains(const char *text, const char *part)
{
    char start[80];

    for (; strlen(text) >= strlen(part); text++) {
        snprintf(start, sizeof start, "%.*s", (int)strlen(part), text);
        if (text_casecmp(start, part) == 0)
            return true;
    }
    return false;
}

/* An argument that says true or false: whether it lets `value` through. */
static bool lets(const struct request *request, const char *name, bool value)
{
    const char *wanted = request_argument(request, name);

    return !wanted || !*wanted || (strcmp(wanted, "true") == 0) == value;
}

/* is_inpainting=false filters nothing: the Python SDK always sends it. */
static bool passes(const struct request *request, const struct model *m)
{
    const char *type = request_argument(request, "filter.types"),
               *query = request_argument(request, "filter.query"),
               *visibility = request_argument(request, "filter.visibility"),
               *inpainting = request_argument(request, "filter.is_inpainting");

    if (type && *type && strcmp(type, m->type) != 0)
        return false;
    if (visibility && *visibility && (strcmp(visibility, "private") == 0) != m->private)
        return false;
    if (inpainting && strcmp(inpainting, "true") == 0 && !m->inpainting)
        return false;
    if (query && *query && !contains(m->name, query) && !contains(m->sd_name, query))
        return false;
    return lets(request, "filter.is_sdxl", m->sdxl);
}

static json_t *to_json(const struct model *m)
{
    char hash[65];

    snprintf(hash, sizeof hash, "%064x", (unsigned)m->id * 2654435761u);
    return json_pack("{s:i, s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:[], s:i, s:s, s:i, s:s, s:s, s:s,"
                     " s:b, s:b, s:s}",
                     "id", m->id, "name", m->name, "hash_sha256", hash, "sd_name", m->sd_name,
                     "sd_name_in_api", m->in_api, "type", "name", m->type, "display_name",
                     m->display, "categories", "status", m->id % 50 == 49 ? 0 : 1, "download_url",
                     "", "download_url_ttl", 0, "source", "civitai", "base_model", m->base,
                     "base_model_type", "Standard", "is_sdxl", (int)m->sdxl, "is_nsfw", 0,
                     "visibility", m->private ? "private" : "public");
}

void ppinfra_models(struct request *request, struct reply *reply)
{
    const char *limit_text = request_argument(request, "pagination.limit"),
               *cursor_text = request_argument(request, "pagination.cursor");
    long long limit = LIMIT_DEFAULT, cursor = 0, at = 0;
    json_t *models;
    char next[32] = "";
    struct failure f;
    struct model m;

    if ((limit_text && (!text_to_int(limit_text, &limit) || limit < 1 || limit > LIMIT_MAX)) ||
        (cursor_text && *cursor_text &&
         (strncmp(cursor_text, "c_", 2) != 0 || !text_to_int(cursor_text + 2, &cursor) ||
          cursor < 0))) {
        failure_set(&f, 400, "INVALID_REQUEST_BODY",
                    "pagination: limit is 1 to 100, cursor c_ and a number");
        reply_failure(request, reply, &f);
        return;
    }
    models = json_array();
    for (size_t i = 0; model_at(i, &m) && !*next; i++) {
        if (!passes(request, &m) || at++ < cursor)
            continue;
        if ((long long)json_array_size(models) == limit)
            snprintf(next, sizeof next, "c_%lld", cursor + limit);
        else
            json_array_append_new(models, to_json(&m));
    }
    reply_json(reply, 200,
               json_pack("{s:o, s:{s:s}}", "models", models, "pagination", "next_cursor", next));
}
