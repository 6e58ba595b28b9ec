#include "convert/edit.h"

#include <stdlib.h>
#include <string.h>

#include "convert/member.h"
#include "convert/walk.h"

/* A value on its way into the plan: everything before `at` is planned. */
struct cursor {
    struct convert *c;
    const char *at, *end;
    bool changed;
};

static struct cursor begin(struct convert *c, const struct scan_member *m, const char *to)
{
    const char *value = request_value(&c->request, m);

    member_begin(c, m, to, false);
    return (struct cursor){.c = c, .at = value, .end = value + m->value_n};
}

static void copy_to(struct cursor *e, const char *to)
{
    plan_input(&e->c->plan, e->at, (size_t)(to - e->at));
    e->at = to;
}

static void finish(struct cursor *e)
{
    copy_to(e, e->end);
}

/* Puts a constant in the place of n bytes at `from`. */
static void replace(struct cursor *e, const char *from, size_t n, const char *with)
{
    copy_to(e, from);
    plan_fixed(&e->c->plan, with);
    e->at = from + n;
    e->changed = true;
}

/* Puts a member before the first one of the object that opens at `brace`; key and value are JSON
 * text. */
static void insert(struct cursor *e, const char *brace, const char *key, const char *value)
{
    const char *first = walk_space(brace + 1);

    copy_to(e, first);
    plan_fixed(&e->c->plan, key);
    plan_fixed(&e->c->plan, e->c->colon);
    plan_fixed(&e->c->plan, value);
    if (*first != '}') {
        plan_fixed(&e->c->plan, e->c->comma);
    }
    e->changed = true;
}

static bool find(const char *object, const char *key, struct walk_member *m)
{
    const char *p = object;

    while (walk_member(&p, m)) {
        if (walk_key_is(m, key)) {
            return true;
        }
    }
    return false;
}

/* Inserts a member into each object of the array that lacks it; whether there was such a one. */
static bool complete(struct cursor *e, const char *key, const char *quoted_key, const char *value)
{
    const char *p = e->at, *element;
    struct walk_member m;
    size_t n;

    if (*p != '[') {
        return false;
    }
    while (walk_element(&p, &element, &n)) {
        if (*element == '{' && !find(element, key, &m)) {
            insert(e, element, quoted_key, value);
        }
    }
    return e->changed;
}

void edit_loras(struct convert *c, const struct scan_member *m, const char *to)
{
    struct cursor e = begin(c, m, to);
    bool array = *e.at == '[';

    if (complete(&e, "enabled", "\"enabled\"", "true")) {
        member_note(c, NOTE_CHANGED, m, to, false, "elements without enabled got it");
    }
    finish(&e);
    if (!array) {
        member_note(c, NOTE_LOST, m, to, false, "it is no array, which the server will refuse");
    }
}

void edit_ctrls(struct convert *c, const struct scan_member *m, const char *to)
{
    struct cursor e = begin(c, m, to);

    if (c->options.pin_defaults &&
        complete(&e, "enhance_mask_dino_prompt", "\"enhance_mask_dino_prompt\"",
                 c->options.reverse ? "\"\"" : "\"face\"")) {
        member_note(c, NOTE_CHANGED, m, to, false,
                    "elements without enhance_mask_dino_prompt got the default");
    }
    finish(&e);
}

/* --- image prompts ---------------------------------------------------------------------------- */

/* The old server's defaults by type (modules/flags.py), D7: stop, weight. */
static const struct {
    const char *type, *stop, *weight;
} types[] = {
    {"ImagePrompt", "0.5", "0.6"},
    {"FaceSwap", "0.9", "0.75"},
    {"PyraCanny", "0.5", "1.0"},
    {"CPDS", "0.5", "1.0"},
};
#define TYPES (sizeof types / sizeof *types)

static size_t type_of(const char *object)
{
    struct walk_member m;

    if (!find(object, "cn_type", &m)) {
        return 0;
    }
    for (size_t i = 0; i < TYPES; i++) {
        if (walk_string_is(m.value, m.value_n, types[i].type)) {
            return i;
        }
    }
    return TYPES;
}

static bool is_null(const struct walk_member *m)
{
    return m->value_n == 4 && memcmp(m->value, "null", 4) == 0;
}

static bool is_zero(const struct walk_member *m)
{
    return (*m->value == '0' || *m->value == '-') && strtod(m->value, NULL) == 0;
}

static void edit_prompt(struct cursor *e, const char *object)
{
    size_t type = type_of(object);
    struct walk_member m;
    const char *p = object;
    bool stop = find(object, "cn_stop", &m), weight = find(object, "cn_weight", &m);

    if (type == TYPES) {
        return;
    }
    if (e->c->options.pin_defaults && !stop) {
        insert(e, object, "\"cn_stop\"", types[type].stop);
    }
    if (e->c->options.pin_defaults && !weight) {
        insert(e, object, "\"cn_weight\"", types[type].weight);
    }
    while (walk_member(&p, &m)) {
        bool is_stop = walk_key_is(&m, "cn_stop");
        if ((is_stop || walk_key_is(&m, "cn_weight")) && (is_zero(&m) || is_null(&m))) {
            replace(e, m.value, m.value_n, is_stop ? types[type].stop : types[type].weight);
        }
    }
}

static bool has_image(const struct convert *c, const char *element)
{
    struct walk_member m;

    return *element == '{' && find(element, "cn_img", &m) &&
           request_image_at(&c->request, m.value, m.value_n);
}

/* The element to begin with: the first with an image, or the first at all. */
static const char *first_prompt(const struct convert *c, const char *array)
{
    const char *p = array, *element, *first = NULL;
    size_t n;

    while (walk_element(&p, &element, &n)) {
        if (first == NULL) {
            first = element;
        }
        if (has_image(c, element)) {
            return element;
        }
    }
    return first;
}

void edit_prompts(struct convert *c, const struct scan_member *m, const char *to)
{
    struct cursor e = begin(c, m, to);
    const char *p = e.at, *element, *first = *e.at == '[' ? first_prompt(c, e.at) : NULL;
    bool left_out = false;
    size_t n;

    while (first != NULL && walk_element(&p, &element, &n)) {
        if (element < first) {
            if (e.at < element) {
                copy_to(&e, element);
            }
            e.at = first;
            left_out = true;
            continue;
        }
        if (*element == '{') {
            edit_prompt(&e, element);
        }
    }
    finish(&e);
    if (e.changed) {
        member_note(c, NOTE_CHANGED, m, to, false,
                    "cn_stop and cn_weight got the old server's defaults of their type");
    }
    if (left_out) {
        member_note(c, NOTE_CHANGED, m, to, false,
                    "elements before the first image were left out: the new server looks at the "
                    "first element only");
    }
}

void edit_prompts_back(struct convert *c, const struct scan_member *m, const char *to)
{
    struct cursor e = begin(c, m, to);
    const char *p = e.at, *element;
    struct walk_member member;
    bool pin = c->options.pin_defaults, lost = false;
    size_t n;

    while (*request_value(&c->request, m) == '[' && walk_element(&p, &element, &n)) {
        if (*element != '{') {
            continue;
        }
        if (pin && !find(element, "cn_stop", &member)) {
            insert(&e, element, "\"cn_stop\"", "0.6");
        }
        if (pin && !find(element, "cn_weight", &member)) {
            insert(&e, element, "\"cn_weight\"", "0.6");
        }
        const char *at = element;
        while (walk_member(&at, &member)) {
            if ((walk_key_is(&member, "cn_stop") || walk_key_is(&member, "cn_weight")) &&
                is_zero(&member)) {
                replace(&e, member.value, member.value_n, "0.0001");
                lost = true;
            }
        }
    }
    finish(&e);
    if (lost) {
        member_note(c, NOTE_LOST, m, to, false,
                    "a cn_stop or cn_weight of 0 means a default to the old server; 0.0001 stands "
                    "for it");
    } else if (e.changed) {
        member_note(c, NOTE_CHANGED, m, to, false, "absent cn_stop and cn_weight got the default");
    }
}
