#include "recall.h"

#include <string.h>

#include "base/text.h"
#include "fields.h"
#include "infotext.h"

enum kind { KIND_TEXT, KIND_INT, KIND_REAL, KIND_FILL, KIND_AREA, KIND_INVERT };

static const struct recalled {
    const char *key, *field;
    enum kind kind;
} RECALLED[] = {
    {"Prompt", "prompt", KIND_TEXT},
    {"Negative prompt", "negative_prompt", KIND_TEXT},
    {"Steps", "steps", KIND_INT},
    {"Sampler", "sampler_name", KIND_TEXT},
    {"Schedule type", "scheduler", KIND_TEXT},
    {"CFG scale", "cfg_scale", KIND_REAL},
    {"Seed", "seed", KIND_INT},
    {"Variation seed", "subseed", KIND_INT},
    {"Variation seed strength", "subseed_strength", KIND_REAL},
    {"Size-1", "width", KIND_INT},
    {"Size-2", "height", KIND_INT},
    {"Denoising strength", "denoising_strength", KIND_REAL},
    {"Mask blur", "mask_blur", KIND_INT},
    {"Mask mode", "inpainting_mask_invert", KIND_INVERT},
    {"Masked content", "inpainting_fill", KIND_FILL},
    {"Inpaint area", "inpaint_full_res", KIND_AREA},
    {"Masked area padding", "inpaint_full_res_padding", KIND_INT},
};

static json_t *recalled_value(enum kind kind, const char *text)
{
    static const char *const FILLS[] = {"fill", "original", "latent noise", "latent nothing"};
    long long n;
    double x;

    switch (kind) {
    case KIND_TEXT:
        return json_string(text);
    case KIND_INT:
        return text_to_int(text, &n) ? json_integer(n) : NULL;
    case KIND_REAL:
        return text_to_real(text, &x) ? json_real(x) : NULL;
    case KIND_FILL:
        for (int i = 0; i < 4; i++)
            if (strcmp(text, FILLS[i]) == 0)
                return json_integer(i);
        return NULL;
    case KIND_AREA:
        return json_boolean(strcmp(text, "Only masked") == 0);
    case KIND_INVERT:
        return json_integer(strcmp(text, "Inpaint not masked") == 0);
    }
    return NULL;
}

void recall_infotext(const json_t *given, json_t *values)
{
    const char *infotext = fields_text(values, "infotext", "");
    json_t *known;

    if (!*infotext)
        return;
    known = infotext_parse(infotext);
    for (size_t i = 0; i < sizeof RECALLED / sizeof *RECALLED; i++) {
        const struct recalled *r = &RECALLED[i];
        const char *text = json_string_value(json_object_get(known, r->key));
        json_t *value =
            text && !json_object_get(given, r->field) ? recalled_value(r->kind, text) : NULL;

        if (value)
            json_object_set_new(values, r->field, value);
    }
    json_decref(known);
}
