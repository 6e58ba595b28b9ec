#include "convert/forward_rules.h"

#include <math.h>
#include <string.h>

#include "convert/directions.h"
#include "convert/edit.h"
#include "convert/member.h"

const enum request_name forward_rules_distances[] = {REQUEST_LEFT, REQUEST_TOP, REQUEST_RIGHT,
                                                     REQUEST_BOTTOM};

const char *forward_rules_image(const struct convert *c)
{
    return c->kind == MAPPING_UOV ? "uov_input_image" : "inpaint_input_image";
}

/* Whether the old endpoint does not read the image, so that the new server must not get it. */
static bool is_unread_image(const struct convert *c, const struct scan_member *m, unsigned kinds)
{
    return (c->kind & kinds) == 0 && request_has_image(&c->request, m);
}

static void drop(struct convert *c, const struct scan_member *m, bool lost, const char *why)
{
    member_note(c, lost ? NOTE_LOST : NOTE_DROPPED, m, NULL, false, why);
}

/* Carries m under `to`, with a constant in the place of its value. */
static void change(struct convert *c, const struct scan_member *m, const char *to, const char *is,
                   const char *why)
{
    member_begin(c, m, to, false);
    plan_fixed(&c->plan, is);
    member_change(c, m, to, false, is, why);
}

static void input_image(struct convert *c, const struct scan_member *m)
{
    if (is_unread_image(c, m, MAPPING_UOV | MAPPING_INPAINT | MAPPING_PROMPT)) {
        drop(c, m, false, "the endpoint of this kind does not read it");
    } else {
        member_carry(c, m, forward_rules_image(c), false);
    }
}

static int mask(struct convert *c, const struct forward *f, const struct scan_member *m,
                struct error *err)
{
    const char *to = "inpaint_mask_image_upload";

    if (!f->inverts) {
        member_carry(c, m, to, false);
        return 0;
    }
    if (inline_mask_invert(&c->mask, &c->window, m->value + 1, m->value_n - 2, c->room,
                           CONVERT_ROOM, err) != 0) {
        if (err->code == EXIT_INPUT) {
            char why[ERROR_TEXT_MAX];
            memcpy(why, err->text, sizeof why);
            kind_refuse(&c->request, m, why, err);
        }
        return -1;
    }
    member_begin(c, m, to, false);
    plan_fixed(&c->plan, "\"");
    plan_mask(&c->plan);
    plan_fixed(&c->plan, "\"");
    member_note(c, NOTE_CHANGED, m, to, false, "inverted, as invert_mask_checkbox asked");
    return 0;
}

static void invert(struct convert *c, const struct forward *f, const struct scan_member *m)
{
    if (!request_truth(&c->request, m)) {
        member_carry(c, m, "invert_mask_checkbox", false);
    } else if (f->inverts) {
        drop(c, m, false, "the mask is inverted instead");
    } else {
        drop(c, m, f->inpaints,
             f->inpaints ? "without a mask it repaints the whole picture; give a white mask"
                         : "there is nothing that it applies to");
    }
}

static void erode(struct convert *c, const struct forward *f, const struct scan_member *m)
{
    const char *value = request_value(&c->request, m), *to = "inpaint_erode_or_dilate";
    double number = 0;

    request_number(&c->request, m, &number);
    if (!f->inverts || number == 0) {
        member_carry(c, m, to, false);
        return;
    }
    member_begin(c, m, to, false);
    if (number < 0) {
        plan_input(&c->plan, value + 1, m->value_n - 1);
    } else {
        plan_fixed(&c->plan, "-");
        plan_input(&c->plan, value, m->value_n);
    }
    member_note(c, NOTE_CHANGED, m, to, false,
                "the sign turned, for the old server inverts the mask after it");
}

static int overwrite_switch(struct convert *c, const struct scan_member *m, struct error *err)
{
    double number;

    if (request_number(&c->request, m, &number) && number != floor(number)) {
        return kind_refuse(&c->request, m,
                           "is a fraction, and the new server takes whole steps; leave it out, or "
                           "set refiner_switch",
                           err);
    }
    member_carry(c, m, "overwrite_switch", false);
    return 0;
}

static void mixing(struct convert *c, const struct scan_member *m, const char *to, bool needed)
{
    if (needed && !request_truth(&c->request, m)) {
        change(c, m, to, "true", "the old server sets it by itself");
    } else {
        member_carry(c, m, to, false);
    }
}

/* One of the four distances: the first plans the array, in the order left, top, right, bottom. */
static void distance(struct convert *c, struct forward *f, const struct scan_member *m)
{
    const char *to = "outpaint_distance";
    const struct request *r = &c->request;

    if (!f->merged) {
        plan_item(&c->plan, to, strlen(to), false);
        for (unsigned i = 0; i < 4; i++) {
            const struct scan_member *part = request_find(r, forward_rules_distances[i], false);
            double number = 0;
            request_number(r, part, &number);
            plan_fixed(&c->plan, i == 0 ? "[" : c->comma);
            if (number > 0) {
                plan_input(&c->plan, request_value(r, part), part->value_n);
            } else {
                plan_fixed(&c->plan, "0");
            }
        }
        plan_fixed(&c->plan, "]");
        f->merged = true;
    }
    member_note(c, NOTE_MERGED, m, to, false, NULL);
}

static void save_name(struct convert *c, const struct scan_member *m)
{
    bool named = request_has_text(&c->request, m);

    if (named && member_keeps(c, "save_name")) {
        member_carry(c, m, "save_name", false);
    } else {
        drop(c, m, named,
             named ? "the migration table drops it; --keep save_name keeps it"
                   : "the server names the files");
    }
}

static void neither(struct convert *c, const struct scan_member *m, const char *name)
{
    if (member_keeps(c, name)) {
        member_carry(c, m, name, false);
    } else {
        drop(c, m, false, "neither server has it any more");
    }
}

static int lift(struct convert *c, const struct scan_member *m, struct error *err)
{
    if (*request_value(&c->request, m) == '{') {
        return 0;
    }
    if (request_is(&c->request, m, "null")) {
        drop(c, m, false, "it is empty");
        return 0;
    }
    return kind_refuse(&c->request, m, "is not an object; put the JSON itself there, not text",
                       err);
}

static void enhance_image(struct convert *c, const struct scan_member *m)
{
    if (is_unread_image(c, m, MAPPING_ENHANCE)) {
        drop(c, m, false, "the endpoint of this kind does not read it");
    } else {
        member_carry(c, m, "enhance_input_image", false);
    }
}

/* Values that the new server would refuse or misread; whether this is one. */
static bool change_value(struct convert *c, const struct scan_member *m,
                         const struct mapping_row *row)
{
    const struct request *r = &c->request;
    const char *to = row->new_name;

    switch (row->rule) {
    case MAPPING_NULL_TEXT:
        if (request_is(r, m, "null")) {
            change(c, m, to, "\"\"", "the new server takes no null here");
            return true;
        }
        return false;
    case MAPPING_MULTIPLE:
        if (request_is(r, m, "null")) {
            change(c, m, to, "1.0", "null is the old server's default");
            return true;
        }
        return false;
    case MAPPING_SCHEME:
        if (request_says(r, m, "a111")) {
            change(c, m, to, "\"a1111\"", "the name that both servers know");
            return true;
        }
        return false;
    case MAPPING_FORMAT:
        if (request_says(r, m, "jpg")) {
            change(c, m, to, "\"jpeg\"", "jpg would be saved without metadata");
            return true;
        }
        return false;
    case MAPPING_CHECKBOX:
        if (c->kind == MAPPING_ENHANCE && !request_truth(r, m)) {
            change(c, m, to, "true", "the old server sets it by itself");
            return true;
        }
        return false;
    default:
        return false;
    }
}

/* Rules about inpainting; *result is -1 when they refuse. False when it is none of them. */
static bool inpaint_member(struct convert *c, struct forward *f, const struct scan_member *m,
                           const struct mapping_row *row, int *result, struct error *err)
{
    switch (row->rule) {
    case MAPPING_INPUT_IMAGE:
        input_image(c, m);
        return true;
    case MAPPING_SELECTIONS:
        directions_plan(c, m, f->missing);
        return true;
    case MAPPING_DISTANCE:
        distance(c, f, m);
        return true;
    case MAPPING_MASK:
        *result = mask(c, f, m, err);
        return true;
    case MAPPING_INVERT:
        invert(c, f, m);
        return true;
    case MAPPING_ERODE:
        erode(c, f, m);
        return true;
    case MAPPING_MIX_UOV:
        mixing(c, m, row->new_name, f->mixes_uov);
        return true;
    case MAPPING_MIX_INPAINT:
        mixing(c, m, row->new_name, f->mixes_inpaint);
        return true;
    default:
        return false;
    }
}

static int plan_member(struct convert *c, struct forward *f, const struct scan_member *m,
                       const struct mapping_row *row, struct error *err)
{
    int result = 0;

    if (inpaint_member(c, f, m, row, &result, err)) {
        return result;
    }
    switch (row->rule) {
    case MAPPING_LIFT:
        return lift(c, m, err);
    case MAPPING_SWITCH:
        return overwrite_switch(c, m, err);
    case MAPPING_LORAS:
        edit_loras(c, m, row->new_name);
        return 0;
    case MAPPING_PROMPTS:
        edit_prompts(c, m, row->new_name);
        return 0;
    case MAPPING_CTRLS:
        edit_ctrls(c, m, row->new_name);
        return 0;
    case MAPPING_SAVE_NAME:
        save_name(c, m);
        return 0;
    case MAPPING_NEITHER:
        neither(c, m, row->old_name);
        return 0;
    case MAPPING_ENHANCE_IMAGE:
        enhance_image(c, m);
        return 0;
    case MAPPING_NO_EFFECT:
        if (request_truth(&c->request, m)) {
            member_note(c, NOTE_LOST, m, row->new_name, false,
                        "the new server does nothing with it: fetch the URLs of the result");
        }
        break;
    default:
        break;
    }
    if (!change_value(c, m, row)) {
        member_carry(c, m, row->new_name, false);
    }
    return 0;
}

int forward_rules_member(struct convert *c, struct forward *f, const struct scan_member *m,
                         struct error *err)
{
    const struct mapping_name *name = m->name < 0 ? NULL : &c->index.names[m->name];
    int row = name == NULL ? -1 : m->advanced ? name->advanced : name->top;

    if (row < 0) {
        member_pass(c, m);
        return 0;
    }
    return plan_member(c, f, m, &mapping_rows[row], err);
}
