#include "convert/forward.h"

#include <math.h>
#include <string.h>

#include "convert/directions.h"
#include "convert/forward_rules.h"
#include "convert/member.h"

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
        const struct scan_member *m = request_find(r, forward_rules_distances[i], false);
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
        f->missing = named & ~directions_named(c, request_find(r, REQUEST_SELECTIONS, false));
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
            produce(c, forward_rules_image(c));
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
        directions_plan(c, NULL, f->missing);
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
        if (forward_rules_member(c, &f, &c->scan.members[i], err) != 0) {
            return -1;
        }
    }
    complete(c, &f);
    return 0;
}
