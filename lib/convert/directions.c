#include "convert/directions.h"

#include <string.h>

#include "convert/member.h"
#include "convert/walk.h"

static const char *const directions[] = {"Left", "Top", "Right", "Bottom"};
static const char *const quoted[] = {"\"Left\"", "\"Top\"", "\"Right\"", "\"Bottom\""};

static unsigned direction_of(const char *text, size_t n)
{
    while (n > 0 && *text == ' ') {
        text++;
        n--;
    }
    while (n > 0 && text[n - 1] == ' ') {
        n--;
    }
    for (unsigned i = 0; i < 4; i++) {
        if (strlen(directions[i]) == n && memcmp(directions[i], text, n) == 0) {
            return 1U << i;
        }
    }
    return 0;
}

/* Directions of a comma-separated list, as the old server's forms take it (D28). */
static unsigned listed(const char *text, size_t n)
{
    unsigned set = 0;

    while (n > 0) {
        const char *comma = memchr(text, ',', n);
        size_t part = comma == NULL ? n : (size_t)(comma - text);
        set |= direction_of(text, part);
        part += comma != NULL;
        text += part;
        n -= part;
    }
    return set;
}

unsigned directions_named(const struct convert *c, const struct scan_member *m)
{
    const char *p = m == NULL ? "" : request_value(&c->request, m), *element;
    unsigned set = 0;
    size_t n;

    if (*p == '"') {
        return listed(p + 1, m->value_n - 2);
    }
    while (m != NULL && *p != '"' && *request_value(&c->request, m) == '[' &&
           walk_element(&p, &element, &n)) {
        set |= *element == '"' ? listed(element + 1, n - 2) : 0;
    }
    return set;
}

static void add_directions(struct plan *plan, unsigned set, bool more, const char *comma)
{
    for (unsigned i = 0; i < 4; i++) {
        if ((set & 1U << i) != 0) {
            plan_fixed(plan, more ? comma : "");
            plan_fixed(plan, quoted[i]);
            more = true;
        }
    }
}

void directions_plan(struct convert *c, const struct scan_member *m, unsigned missing)
{
    const char *why = "a distance counts only for a direction that is named";

    if (m == NULL) {
        member_add(c, "outpaint_selections", false, "", why);
        plan_fixed(&c->plan, "[");
        add_directions(&c->plan, missing, false, c->comma);
        plan_fixed(&c->plan, "]");
        return;
    }
    const char *value = request_value(&c->request, m), *end = value + m->value_n;
    member_begin(c, m, "outpaint_selections", false);
    if (*value == '[' && missing != 0) {
        const char *last = end - 1;
        while (last[-1] == ' ' || last[-1] == '\n' || last[-1] == '\t' || last[-1] == '\r') {
            last--;
        }
        plan_input(&c->plan, value, (size_t)(last - value));
        add_directions(&c->plan, missing, last[-1] != '[', c->comma);
        plan_input(&c->plan, last, (size_t)(end - last));
        member_note(c, NOTE_CHANGED, m, "outpaint_selections", false, why);
    } else if (*value == '"' || missing != 0) {
        plan_fixed(&c->plan, "[");
        add_directions(&c->plan, missing | directions_named(c, m), false, c->comma);
        plan_fixed(&c->plan, "]");
        member_note(c, NOTE_CHANGED, m, "outpaint_selections", false, "it became an array");
    } else {
        plan_input(&c->plan, value, m->value_n);
    }
}
