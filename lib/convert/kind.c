#include "convert/kind.h"

#include "base/text.h"

int kind_refuse(const struct request *r, const struct scan_member *m, const char *why,
                struct error *err)
{
    char name[128];

    text_clean(name, sizeof name, r->text + m->key, m->key_n, 60);
    return error_set(err, EXIT_INPUT, "%s: %s%s %s (line %llu, column %u)", r->scan->w->name,
                     m->advanced ? "advanced_params." : "", name, why, (unsigned long long)m->line,
                     m->column);
}

/* How much the fields speak for an endpoint: 2 when one of its fields asks for something, 1 when
 * one is there. */
static int speaks_for_uov(const struct request *r)
{
    const struct scan_member *method = request_find(r, REQUEST_UOV_METHOD, false);
    const struct scan_member *value = request_find(r, REQUEST_UPSCALE_VALUE, false);

    if (method != NULL && !request_says(r, method, "Disabled") && !request_is(r, method, "null")) {
        return 2;
    }
    return value != NULL && method == NULL;
}

static int speaks_for_inpaint(const struct request *r)
{
    static const enum request_name distances[] = {REQUEST_LEFT, REQUEST_TOP, REQUEST_RIGHT,
                                                  REQUEST_BOTTOM};
    const struct scan_member *mask = request_find(r, REQUEST_INPUT_MASK, false);
    const struct scan_member *selections = request_find(r, REQUEST_SELECTIONS, false);
    const struct scan_member *prompt = request_find(r, REQUEST_ADDITIONAL_PROMPT, false);
    int speaks = mask != NULL || selections != NULL || prompt != NULL;

    for (size_t i = 0; i < 4; i++) {
        const struct scan_member *distance = request_find(r, distances[i], false);
        double number;
        speaks = speaks > 0 || distance != NULL;
        if (request_number(r, distance, &number) && number > 0) {
            return 2;
        }
    }
    return request_has_image(r, mask) || request_has_elements(r, selections) ||
                   request_has_text(r, selections) || request_has_text(r, prompt)
               ? 2
               : speaks;
}

static int speaks_for_enhance(const struct request *r)
{
    return request_has_image(r, request_find(r, REQUEST_ENHANCE_IMAGE, false)) ? 2
           : request_find(r, REQUEST_ENHANCE_CTRLNETS, false) != NULL          ? 1
                                                                               : 0;
}

static unsigned without_image(const struct request *r, int inpaint, int enhance)
{
    bool first;

    if (enhance == 2) {
        return MAPPING_ENHANCE;
    }
    if (request_has_prompts(r, request_find(r, REQUEST_IMAGE_PROMPTS, false), &first)) {
        return MAPPING_PROMPT;
    }
    return inpaint == 2 ? MAPPING_INPAINT : MAPPING_TEXT;
}

int kind_of_old(const struct request *r, unsigned asked, unsigned *kind, struct error *err)
{
    const struct scan_member *image = request_find(r, REQUEST_INPUT_IMAGE, false);
    int uov = speaks_for_uov(r), inpaint = speaks_for_inpaint(r), enhance = speaks_for_enhance(r);

    if (asked != 0 || !request_has_image(r, image)) {
        *kind = asked != 0 ? asked : without_image(r, inpaint, enhance);
        return 0;
    }
    if (enhance < 2 && uov > inpaint) {
        *kind = MAPPING_UOV;
        return 0;
    }
    if (enhance < 2 && inpaint > uov) {
        *kind = MAPPING_INPAINT;
        return 0;
    }
    return kind_refuse(
        r, image,
        uov == 0 && inpaint == 0 && enhance == 0
            ? "may be an image to upscale or one to inpaint, and no other field says "
              "which; give --kind uov, inpaint or prompt"
            : "may be meant for several endpoints, for it has fields of more than "
              "one; give --kind uov, inpaint, prompt, text or enhance",
        err);
}

unsigned kind_of_new(const struct request *r, unsigned asked)
{
    bool uov = request_has_image(r, request_find(r, REQUEST_UOV_IMAGE, false));
    bool inpaint = request_has_image(r, request_find(r, REQUEST_INPAINT_IMAGE, false));
    bool prompts;

    if (asked != 0) {
        return asked;
    }
    if (request_has_image(r, request_find(r, REQUEST_ENHANCE_IMAGE, false))) {
        return MAPPING_ENHANCE;
    }
    request_has_prompts(r, request_find(r, REQUEST_CONTROLNET, false), &prompts);
    if (prompts) {
        if (uov && request_truth(r, request_find(r, REQUEST_MIX_UOV, false))) {
            return MAPPING_UOV;
        }
        return MAPPING_PROMPT;
    }
    return uov ? MAPPING_UOV : inpaint ? MAPPING_INPAINT : MAPPING_TEXT;
}
