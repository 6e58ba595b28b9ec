#include "convert/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "convert/walk.h"

static const char *const names[REQUEST_NAMES] = {
    [REQUEST_INPUT_IMAGE] = "input_image",
    [REQUEST_INPUT_MASK] = "input_mask",
    [REQUEST_UOV_METHOD] = "uov_method",
    [REQUEST_UPSCALE_VALUE] = "upscale_value",
    [REQUEST_SELECTIONS] = "outpaint_selections",
    [REQUEST_ADDITIONAL_PROMPT] = "inpaint_additional_prompt",
    [REQUEST_LEFT] = "outpaint_distance_left",
    [REQUEST_TOP] = "outpaint_distance_top",
    [REQUEST_RIGHT] = "outpaint_distance_right",
    [REQUEST_BOTTOM] = "outpaint_distance_bottom",
    [REQUEST_IMAGE_PROMPTS] = "image_prompts",
    [REQUEST_ENHANCE_IMAGE] = "enhance_input_image",
    [REQUEST_ENHANCE_CTRLNETS] = "enhance_ctrlnets",
    [REQUEST_ENHANCE_CHECKBOX] = "enhance_checkbox",
    [REQUEST_INVERT] = "invert_mask_checkbox",
    [REQUEST_MIX_UOV] = "mixing_image_prompt_and_vary_upscale",
    [REQUEST_MIX_INPAINT] = "mixing_image_prompt_and_inpaint",
    [REQUEST_UOV_IMAGE] = "uov_input_image",
    [REQUEST_INPAINT_IMAGE] = "inpaint_input_image",
    [REQUEST_CONTROLNET] = "controlnet_image",
    [REQUEST_DISTANCE] = "outpaint_distance",
};

void request_init(struct request *r, const struct mapping_index *index)
{
    for (size_t i = 0; i < REQUEST_NAMES; i++) {
        r->ids[i] = (int16_t)mapping_index_find(index, names[i], strlen(names[i]));
    }
}

void request_load(struct request *r, const struct scan *scan)
{
    r->scan = scan;
    r->text = window_text(scan->w);
    memset(r->at, 0xff, sizeof r->at); /* -1 */
    for (size_t i = 0; i < scan->n; i++) {
        const struct scan_member *m = &scan->members[i];
        if (m->name >= 0) {
            r->at[m->advanced][m->name] = (int16_t)i;
        }
    }
}

const struct scan_member *request_find(const struct request *r, enum request_name name,
                                       bool advanced)
{
    int16_t at = r->at[advanced][r->ids[name]];

    return at < 0 ? NULL : &r->scan->members[at];
}

bool request_is(const struct request *r, const struct scan_member *m, const char *json)
{
    return m != NULL && m->value_n == strlen(json) &&
           memcmp(request_value(r, m), json, m->value_n) == 0;
}

bool request_says(const struct request *r, const struct scan_member *m, const char *what)
{
    return m != NULL && walk_string_is(request_value(r, m), m->value_n, what) &&
           !window_is_cut(r->scan->w, m->value, m->value_n);
}

bool request_truth(const struct request *r, const struct scan_member *m)
{
    static const char *const words[] = {"true", "1", "1.0", "yes", "on", "y", "t"};
    char text[8];

    if (m == NULL || m->value_n >= sizeof text) {
        return false;
    }
    const char *value = request_value(r, m);
    bool quoted = *value == '"';
    size_t n = m->value_n - (quoted ? 2 : 0);
    memcpy(text, value + quoted, n);
    text[n] = '\0';
    for (size_t i = 0; i < (quoted ? sizeof words / sizeof *words : 3); i++) {
        if (text_casecmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool request_has_text(const struct request *r, const struct scan_member *m)
{
    return m != NULL && *request_value(r, m) == '"' &&
           (m->value_n > 2 || window_is_cut(r->scan->w, m->value, m->value_n));
}

bool request_image_at(const struct request *r, const char *value, size_t n)
{
    static const char *const none[] = {"", "None", "null", "none", "string"};

    if (*value != '"') {
        return false;
    }
    if (window_is_cut(r->scan->w, (size_t)(value - r->text), n)) {
        return true;
    }
    for (size_t i = 0; n < 60 && i < sizeof none / sizeof *none; i++) {
        if (walk_string_is(value, n, none[i])) {
            return false;
        }
    }
    return true;
}

bool request_has_image(const struct request *r, const struct scan_member *m)
{
    return m != NULL && request_image_at(r, request_value(r, m), m->value_n);
}

bool request_has_elements(const struct request *r, const struct scan_member *m)
{
    return m != NULL && *request_value(r, m) == '[' && *walk_space(request_value(r, m) + 1) != ']';
}

bool request_number(const struct request *r, const struct scan_member *m, double *number)
{
    const char *value = m == NULL ? "" : request_value(r, m);

    if (*value != '-' && (*value < '0' || *value > '9')) {
        return false;
    }
    *number = strtod(value, NULL);
    return true;
}

bool request_has_prompts(const struct request *r, const struct scan_member *m, bool *first)
{
    const char *p = m == NULL ? NULL : request_value(r, m);
    const char *element;
    size_t n;
    bool any = false;

    *first = false;
    if (p == NULL || *p != '[') {
        return false;
    }
    for (size_t i = 0; walk_element(&p, &element, &n); i++) {
        struct walk_member member;
        const char *at = element;
        while (*element == '{' && walk_member(&at, &member)) {
            if (walk_key_is(&member, "cn_img") &&
                request_image_at(r, member.value, member.value_n)) {
                any = true;
                *first = *first || i == 0;
            }
        }
    }
    return any;
}
