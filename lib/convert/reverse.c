#include "convert/reverse.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "convert/edit.h"
#include "convert/member.h"
#include "convert/walk.h"

/* What the members together mean. */
struct reverse {
    bool prompts;      /* the new server heeds the image prompts */
    bool mixes;        /* together with the image of this kind */
    bool uov, inpaint; /* it heeds these images */
    const char *image; /* the new name of what becomes input_image, or NULL */
};

static bool is_image(const struct convert *c, enum request_name name)
{
    return request_has_image(&c->request, request_find(&c->request, name, false));
}

static void understand(struct convert *c, struct reverse *v)
{
    const struct request *r = &c->request;
    bool mix_uov = request_truth(r, request_find(r, REQUEST_MIX_UOV, false));
    bool mix_inpaint = request_truth(r, request_find(r, REQUEST_MIX_INPAINT, false));
    bool first, any;

    c->kind = kind_of_new(r, c->options.kind);
    any = request_has_prompts(r, request_find(r, REQUEST_CONTROLNET, false), &first);
    bool enhance = is_image(c, REQUEST_ENHANCE_IMAGE);
    v->prompts = any && !enhance && (first || mix_uov || mix_inpaint);
    v->uov = is_image(c, REQUEST_UOV_IMAGE) && !enhance && (!first || mix_uov);
    v->inpaint = is_image(c, REQUEST_INPAINT_IMAGE) && !enhance &&
                 (first ? mix_inpaint : !is_image(c, REQUEST_UOV_IMAGE));
    v->image = c->kind == MAPPING_UOV                                ? "uov_input_image"
               : (c->kind & (MAPPING_INPAINT | MAPPING_PROMPT)) != 0 ? "inpaint_input_image"
                                                                     : NULL;
    v->mixes = v->prompts && ((c->kind == MAPPING_UOV && is_image(c, REQUEST_UOV_IMAGE)) ||
                              (c->kind != MAPPING_UOV && is_image(c, REQUEST_INPAINT_IMAGE)));
}

/* Marks the names that the output gets, so that what only passes through gives way. */
static void mark(struct convert *c)
{
    int group = mapping_index_find(&c->index, "advanced_params", strlen("advanced_params"));

    memset(c->produced, 0, sizeof c->produced);
    for (size_t i = 0; i < c->scan.n; i++) {
        const struct scan_member *m = &c->scan.members[i];
        int row = m->name < 0 || m->advanced ? -1 : c->index.names[m->name].fresh;
        for (; row >= 0 && mapping_rows[row].new_name != NULL &&
               strcmp(mapping_rows[row].new_name, c->index.names[m->name].name) == 0;
             row++) {
            if (c->index.old_id[row] >= 0 && !mapping_rows[row].advanced) {
                c->produced[c->index.old_id[row]] = true;
            } else if (mapping_rows[row].advanced) {
                c->produced[group] = true;
            }
        }
    }
}

/* --- rules ------------------------------------------------------------------------------------ */

static void drop(struct convert *c, const struct scan_member *m, bool lost, const char *why)
{
    member_note(c, lost ? NOTE_LOST : NOTE_DROPPED, m, NULL, false, why);
}

static void change(struct convert *c, const struct scan_member *m, const struct mapping_row *row,
                   enum note_what what, const char *is, const char *why)
{
    member_begin(c, m, row->old_name, row->advanced);
    plan_fixed(&c->plan, is);
    if (what == NOTE_LOST) {
        member_note(c, what, m, row->old_name, row->advanced, why);
    } else {
        member_change(c, m, row->old_name, row->advanced, is, why);
    }
}

static void input_image(struct convert *c, const struct reverse *v, const struct scan_member *m,
                        const struct mapping_row *row)
{
    bool uov = row->kinds == MAPPING_UOV, image = request_has_image(&c->request, m);
    bool heeded = uov ? v->uov : v->inpaint;
    const char *name = v->image == NULL ? "inpaint_input_image" : v->image;
    bool mine = strcmp(name, row->new_name) == 0;

    if (mine && image && (heeded || c->options.kind != 0)) {
        member_carry(c, m, "input_image", false);
    } else if (image) {
        drop(c, m, heeded,
             heeded ? "the old server takes one image; --kind says which"
                    : "the new server does not heed it next to the other images");
    } else if (mine && m->value_n == 2) {
        member_carry(c, m, "input_image", false); /* "" is empty to both */
    } else {
        drop(c, m, false, "it is empty");
    }
}

static void prompts(struct convert *c, const struct reverse *v, const struct scan_member *m)
{
    bool first;

    if (!v->prompts && request_has_prompts(&c->request, m, &first)) {
        drop(c, m, false, "the new server does not heed them");
    } else {
        edit_prompts_back(c, m, "image_prompts");
    }
}

static void mixing(struct convert *c, const struct reverse *v, const struct scan_member *m,
                   const struct mapping_row *row)
{
    bool mine = (row->rule == MAPPING_MIX_UOV) == (c->kind == MAPPING_UOV);

    if (v->mixes && mine && request_truth(&c->request, m)) {
        drop(c, m, false, "the old server sets it by itself");
    } else {
        member_carry(c, m, row->old_name, row->advanced);
    }
}

/* The array becomes four members, in the order of the table. */
static int distance(struct convert *c, const struct scan_member *m, struct error *err)
{
    static const char *const names[] = {"outpaint_distance_left", "outpaint_distance_right",
                                        "outpaint_distance_top", "outpaint_distance_bottom"};
    static const unsigned places[] = {0, 2, 1, 3}; /* in [left, top, right, bottom] */
    const char *p = request_value(&c->request, m), *element, *values[4];
    size_t n, lengths[4], count = 0;
    char *end;

    while (*request_value(&c->request, m) == '[' && count < 5 && walk_element(&p, &element, &n)) {
        if (count < 4) {
            double number = strtod(element, &end);
            values[count] = number > 0 ? element : "-1";
            lengths[count] = number > 0 ? n : 2;
            count += end == element + n && number == floor(number) ? 1 : 9;
        } else {
            count++;
        }
    }
    if (count != 4) {
        return kind_refuse(&c->request, m, "is not four whole numbers: left, top, right, bottom",
                           err);
    }
    for (unsigned i = 0; i < 4; i++) {
        unsigned at = places[i];
        plan_item(&c->plan, names[i], strlen(names[i]), false);
        if (*values[at] == '-') {
            plan_fixed(&c->plan, "-1");
        } else {
            plan_input(&c->plan, values[at], lengths[at]);
        }
        member_note(c, NOTE_MERGED, m, names[i], false, NULL);
    }
    return 0;
}

/* Whether the number is outside of what the old server takes. */
static bool is_beyond(const struct convert *c, const struct scan_member *m, double least,
                      double most)
{
    double number;

    return request_number(&c->request, m, &number) && (number < least || number > most);
}

static void advanced(struct convert *c, const struct scan_member *m, const struct mapping_row *row)
{
    switch (row->rule) {
    case MAPPING_ADM:
        if (is_beyond(c, m, 0.1, HUGE_VAL)) {
            change(c, m, row, NOTE_LOST, "0.1", "the old server takes no less than 0.1");
            return;
        }
        break;
    case MAPPING_STEP:
        if (is_beyond(c, m, -HUGE_VAL, 200)) {
            change(c, m, row, NOTE_LOST, "200", "the old server takes no more than 200");
            return;
        }
        break;
    case MAPPING_SWITCH:
        if (is_beyond(c, m, -1, 1)) {
            drop(c, m, true, "the old server takes -1 to 1 only");
            return;
        }
        break;
    case MAPPING_INVERT:
        if (request_truth(&c->request, m)) {
            drop(c, m, false, "the new server ignores it, and the old one would not");
            return;
        }
        break;
    case MAPPING_NEITHER:
        if (!member_keeps(c, row->old_name)) {
            drop(c, m, false, "neither server has it any more");
            return;
        }
        break;
    default:
        break;
    }
    member_carry(c, m, row->old_name, true);
}

/* Members that only the new server has. */
static void fresh(struct convert *c, const struct scan_member *m, const struct mapping_row *row)
{
    const struct request *r = &c->request;
    bool lost = (row->rule == MAPPING_NEW_FLAG && request_truth(r, m)) ||
                (row->rule == MAPPING_NEW_PRESET && !request_says(r, m, "initial"));

    if (member_keeps(c, row->new_name)) {
        member_carry(c, m, row->new_name, false);
    } else {
        drop(c, m, lost, lost ? "the old server has nothing like it" : "it changes nothing");
    }
}

static void checkbox(struct convert *c, const struct scan_member *m, const struct mapping_row *row)
{
    if (c->kind != MAPPING_ENHANCE) {
        member_carry(c, m, row->old_name, false);
    } else if (request_truth(&c->request, m)) {
        drop(c, m, false, "the old server sets it by itself");
    } else {
        drop(c, m, true, "the old server always enhances");
    }
}

/* Values that stand for nothing and that the old server might take for something. */
static bool is_gone(const struct convert *c, const struct scan_member *m, enum mapping_rule rule)
{
    const struct request *r = &c->request;

    switch (rule) {
    case MAPPING_MASK:
        return m->value_n > 2 && !request_has_image(r, m) && !request_is(r, m, "null");
    case MAPPING_SAVE_NAME:
        return request_is(r, m, "null");
    default:
        return false;
    }
}

static int plan_member(struct convert *c, const struct reverse *v, const struct scan_member *m,
                       const struct mapping_row *row, struct error *err)
{
    switch (row->rule) {
    case MAPPING_IGNORED:
    case MAPPING_NEW_FLAG:
    case MAPPING_NEW_PRESET:
        fresh(c, m, row);
        return 0;
    case MAPPING_INPUT_IMAGE:
        input_image(c, v, m, row);
        return 0;
    case MAPPING_MIX_UOV:
    case MAPPING_MIX_INPAINT:
        mixing(c, v, m, row);
        return 0;
    case MAPPING_PROMPTS:
        prompts(c, v, m);
        return 0;
    case MAPPING_DISTANCE:
        return distance(c, m, err);
    case MAPPING_LORAS:
        edit_loras(c, m, row->old_name);
        return 0;
    case MAPPING_CTRLS:
        edit_ctrls(c, m, row->old_name);
        return 0;
    case MAPPING_CHECKBOX:
        checkbox(c, m, row);
        return 0;
    default:
        break;
    }
    if (is_gone(c, m, row->rule)) {
        drop(c, m, false, "it is empty");
    } else if (row->rule == MAPPING_SCHEME && request_says(&c->request, m, "a111")) {
        change(c, m, row, NOTE_CHANGED, "\"a1111\"", "a111 stops the old server's queue");
    } else if (row->advanced) {
        advanced(c, m, row);
    } else {
        member_carry(c, m, row->old_name, false);
    }
    return 0;
}

static int member(struct convert *c, const struct reverse *v, const struct scan_member *m,
                  struct error *err)
{
    int row = m->name < 0 ? -1 : c->index.names[m->name].fresh;

    if (m->advanced) {
        return 0; /* went along with advanced_params */
    }
    if (row < 0) {
        member_pass(c, m);
        return 0;
    }
    return plan_member(c, v, m, &mapping_rows[row], err);
}

static bool is_absent(const struct convert *c, const char *name)
{
    return c->request.at[0][mapping_index_find(&c->index, name, strlen(name))] < 0;
}

static void complete(struct convert *c, const struct reverse *v)
{
    const char *why = "the new server's default";

    if (c->kind == MAPPING_UOV && v->uov && is_absent(c, "uov_method")) {
        member_add(c, "uov_method", false, "\"Disabled\"", why);
    }
    if (c->kind == MAPPING_ENHANCE && is_absent(c, "enhance_ctrls")) {
        member_add(c, "enhance_ctrlnets", false, "[]", "the old server requires it");
    }
    if (c->kind == MAPPING_ENHANCE && is_absent(c, "enhance_checkbox")) {
        member_note(c, NOTE_LOST, NULL, "enhance_checkbox", false,
                    "without enhance_checkbox the new server enhances nothing; the old one always "
                    "does");
    }
    for (const struct mapping_row *row = mapping_rows;
         c->options.pin_defaults && (row->old_name != NULL || row->new_name != NULL); row++) {
        if (row->new_default != NULL && row->rule != MAPPING_UOV_METHOD &&
            (row->kinds & c->kind) != 0 && (c->kind == MAPPING_ENHANCE || v->inpaint) &&
            is_absent(c, row->new_name)) {
            member_add(c, row->old_name, row->advanced, row->new_default, why);
        }
    }
}

int reverse_plan(struct convert *c, struct error *err)
{
    struct reverse v;

    understand(c, &v);
    mark(c);
    for (size_t i = 0; i < c->scan.n; i++) {
        if (member(c, &v, &c->scan.members[i], err) != 0) {
            return -1;
        }
    }
    complete(c, &v);
    return 0;
}
