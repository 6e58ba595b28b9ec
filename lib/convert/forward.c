#include "convert/forward.h"

#include <math.h>
#include <string.h>

#include "convert/edit.h"
#include "convert/member.h"

/* What the members together mean. */
struct forward {
    bool inverts;       /* the mask is to be inverted */
    bool inpaints;      /* an image to inpaint goes along */
    bool mixes_uov;     /* image prompts together with an image to upscale or vary */
    bool mixes_inpaint; /* and with one to inpaint */
    unsigned missing;   /* directions with a distance that are not selected */
    bool merged;        /* the distances are planned */
};

static const enum request_name distances[] = {REQUEST_LEFT, REQUEST_TOP, REQUEST_RIGHT,
                                              REQUEST_BOTTOM};

static const char *image_name(const struct convert *c)
{
    return c->kind == MAPPING_UOV ? "uov_input_image" : "inpaint_input_image";
}

/* Whether the old endpoint does not read the image, so that the new server must not get it. */
static bool is_unread_image(const struct convert *c, const struct scan_member *m, unsigned kinds)
{
    return (c->kind & kinds) == 0 && request_has_image(&c->request, m);
}

static void produce(struct convert *c, const char *name)
{
    int id = mapping_index_find(&c->index, name, strlen(name));

    if (id >= 0) {
        c->produced[id] = true;
    }
}

static int check_distances(struct convert *c, struct forward *f, struct error *err)
{
    const struct request *r = &c->request;
    unsigned named = 0;

    for (unsigned i = 0; i < 4; i++) {
        const struct scan_member *m = request_find(r, distances[i], false);
        double number = 0;
        if (m == NULL || request_is(r, m, "null")) {
            continue;
        }
        if (!request_number(r, m, &number) || number != floor(number) || fabs(number) > 1e9) {
            return kind_refuse(r, m, "is not a whole number", err);
        }
        named |= number > 0 ? 1U << i : 0;
    }
    if (named != 0) {
        f->missing = named & ~edit_selected(c, request_find(r, REQUEST_SELECTIONS, false));
    }
    return 0;
}

static int understand(struct convert *c, struct forward *f, struct error *err)
{
    const struct request *r = &c->request;
    const struct scan_member *image = request_find(r, REQUEST_INPUT_IMAGE, false);
    const struct scan_member *mask = request_find(r, REQUEST_INPUT_MASK, false);
    bool first;

    *f = (struct forward){.inverts = false};
    if (kind_of_old(r, c->options.kind, &c->kind, err) != 0) {
        return -1;
    }
    bool prompts = request_has_prompts(r, request_find(r, REQUEST_IMAGE_PROMPTS, false), &first);
    bool inpainting = (c->kind & (MAPPING_INPAINT | MAPPING_PROMPT)) != 0;
    f->inpaints = inpainting && request_has_image(r, image);
    f->mixes_uov = c->kind == MAPPING_UOV && prompts && request_has_image(r, image);
    f->mixes_inpaint = f->inpaints && prompts;
    f->inverts = request_truth(r, request_find(r, REQUEST_INVERT, true)) &&
                 request_has_image(r, mask) && inpainting;
    return check_distances(c, f, err);
}

/* Marks the names that the output gets from rules, so that what only passes through gives way. */
static void mark(struct convert *c, const struct forward *f)
{
    memset(c->produced, 0, sizeof c->produced);
    for (size_t i = 0; i < c->scan.n; i++) {
        const struct scan_member *m = &c->scan.members[i];
        const struct mapping_name *name = m->name < 0 ? NULL : &c->index.names[m->name];
        int row = name == NULL ? -1 : m->advanced ? name->advanced : name->top;
        if (row < 0) {
            continue;
        }
        if (mapping_rows[row].rule == MAPPING_INPUT_IMAGE) {
            produce(c, image_name(c));
        } else if (c->index.new_id[row] >= 0) {
            c->produced[c->index.new_id[row]] = true;
        }
    }
    if (f->mixes_uov) {
        produce(c, "mixing_image_prompt_and_vary_upscale");
    }
    if (f->mixes_inpaint) {
        produce(c, "mixing_image_prompt_and_inpaint");
    }
    if (f->missing != 0) {
        produce(c, "outpaint_selections");
    }
}

/* --- rules ------------------------------------------------------------------------------------ */

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

static int input_image(struct convert *c, const struct scan_member *m)
{
    if (is_unread_image(c, m, MAPPING_UOV | MAPPING_INPAINT | MAPPING_PROMPT)) {
        drop(c, m, false, "the endpoint of this kind does not read it");
    } else {
        member_carry(c, m, image_name(c), false);
    }
    return 0;
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
            const struct scan_member *part = request_find(r, distances[i], false);
            double number = 0;
            request_number(r, part, &number);
            plan_fixed(&c->plan, i == 0 ? "[" : ",");
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

static void member_of_name(struct convert *c, const struct scan_member *m,
                           const struct mapping_row *row)
{
    if (row->kinds == MAPPING_ENHANCE && strcmp(row->old_name, "enhance_input_image") == 0) {
        enhance_image(c, m);
    } else {
        member_carry(c, m, row->new_name, false);
    }
}

static int member(struct convert *c, struct forward *f, const struct scan_member *m,
                  struct error *err)
{
    const struct request *r = &c->request;
    const struct mapping_name *name = m->name < 0 ? NULL : &c->index.names[m->name];
    int at = name == NULL ? -1 : m->advanced ? name->advanced : name->top;

    if (at < 0) {
        member_pass(c, m);
        return 0;
    }
    const struct mapping_row *row = &mapping_rows[at];
    const char *to = row->new_name;
    switch (row->rule) {
    case MAPPING_LIFT:
        return lift(c, m, err);
    case MAPPING_LORAS:
        edit_loras(c, m, to);
        return 0;
    case MAPPING_INPUT_IMAGE:
        return input_image(c, m);
    case MAPPING_SELECTIONS:
        edit_selections(c, m, f->missing);
        return 0;
    case MAPPING_MASK:
        return mask(c, f, m, err);
    case MAPPING_INVERT:
        invert(c, f, m);
        return 0;
    case MAPPING_ERODE:
        erode(c, f, m);
        return 0;
    case MAPPING_SWITCH:
        return overwrite_switch(c, m, err);
    case MAPPING_MIX_UOV:
        mixing(c, m, to, f->mixes_uov);
        return 0;
    case MAPPING_MIX_INPAINT:
        mixing(c, m, to, f->mixes_inpaint);
        return 0;
    case MAPPING_PROMPTS:
        edit_prompts(c, m, to);
        return 0;
    case MAPPING_DISTANCE:
        distance(c, f, m);
        return 0;
    case MAPPING_SAVE_NAME:
        save_name(c, m);
        return 0;
    case MAPPING_NEITHER:
        neither(c, m, row->old_name);
        return 0;
    case MAPPING_CTRLS:
        edit_ctrls(c, m, to);
        return 0;
    case MAPPING_NULL_TEXT:
        if (request_is(r, m, "null")) {
            change(c, m, to, "\"\"", "the new server takes no null here");
            return 0;
        }
        break;
    case MAPPING_MULTIPLE:
        if (request_is(r, m, "null")) {
            change(c, m, to, "1.0", "null is the old server's default");
            return 0;
        }
        break;
    case MAPPING_SCHEME:
        if (request_says(r, m, "a111")) {
            change(c, m, to, "\"a1111\"", "the name that both servers know");
            return 0;
        }
        break;
    case MAPPING_FORMAT:
        if (request_says(r, m, "jpg")) {
            change(c, m, to, "\"jpeg\"", "jpg would be saved without metadata");
            return 0;
        }
        break;
    case MAPPING_NO_EFFECT:
        if (request_truth(r, m)) {
            member_note(c, NOTE_LOST, m, to, false,
                         "the new server does nothing with it: fetch the URLs of the result");
        }
        break;
    case MAPPING_CHECKBOX:
        if (c->kind == MAPPING_ENHANCE && !request_truth(r, m)) {
            change(c, m, to, "true", "the old server sets it by itself");
            return 0;
        }
        break;
    default:
        break;
    }
    member_of_name(c, m, row);
    return 0;
}

/* --- what the new server has to be told ------------------------------------------------------- */

static bool is_absent(const struct convert *c, const char *name)
{
    int id = mapping_index_find(&c->index, name, strlen(name));

    return c->request.at[0][id] < 0 && c->request.at[1][id] < 0;
}

static void add_defaults(struct convert *c, const struct forward *f)
{
    for (const struct mapping_row *row = mapping_rows;
         row->old_name != NULL || row->new_name != NULL; row++) {
        if (row->old_default == NULL || row->rule == MAPPING_UOV_METHOD ||
            (row->kinds & c->kind) == 0 || !is_absent(c, row->old_name) ||
            (c->kind != MAPPING_ENHANCE && !f->inpaints)) {
            continue;
        }
        member_add(c, row->new_name, false, row->old_default, "the old server's default");
    }
}

static void complete(struct convert *c, const struct forward *f)
{
    const struct request *r = &c->request;
    const char *by_itself = "the old server sets it by itself";

    if (f->mixes_uov && request_find(r, REQUEST_MIX_UOV, true) == NULL) {
        member_add(c, "mixing_image_prompt_and_vary_upscale", false, "true", by_itself);
    }
    if (f->mixes_inpaint && request_find(r, REQUEST_MIX_INPAINT, true) == NULL) {
        member_add(c, "mixing_image_prompt_and_inpaint", false, "true", by_itself);
    }
    if (f->missing != 0 && request_find(r, REQUEST_SELECTIONS, false) == NULL) {
        edit_selections(c, NULL, f->missing);
    }
    if (c->kind == MAPPING_UOV && is_absent(c, "uov_method") &&
        request_has_image(r, request_find(r, REQUEST_INPUT_IMAGE, false))) {
        member_add(c, "uov_method", false, "\"Upscale (2x)\"", "the old server's default");
    }
    if (c->kind == MAPPING_ENHANCE && is_absent(c, "enhance_checkbox")) {
        member_add(c, "enhance_checkbox", false, "true", by_itself);
    }
    if (c->options.pin_defaults) {
        add_defaults(c, f);
    }
}

int forward_plan(struct convert *c, struct error *err)
{
    struct forward f;

    if (understand(c, &f, err) != 0) {
        return -1;
    }
    mark(c, &f);
    for (size_t i = 0; i < c->scan.n; i++) {
        if (member(c, &f, &c->scan.members[i], err) != 0) {
            return -1;
        }
    }
    complete(c, &f);
    return 0;
}
