#include "convert/member.h"

#include <string.h>

#include "convert/scan_keys.h"

#define SHOWN_MAX 64 /* bytes of a value that a note shows */

bool member_keeps(const struct convert *c, const char *name)
{
    for (size_t i = 0; i < c->options.n_keep; i++) {
        if (strcmp(c->options.keep[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static struct note make_note(const struct convert *c, enum note_what what,
                             const struct scan_member *m, const char *to, bool to_advanced,
                             const char *why)
{
    struct note note = {.what = what, .to = to, .to_advanced = to_advanced, .why = why};

    if (m != NULL) {
        note.from = c->request.text + m->key;
        note.from_n = m->key_n;
        note.from_advanced = m->advanced;
        note.line = m->line;
        note.column = m->column;
    }
    return note;
}

/* Whether the value is a short scalar, which a note may show. */
static void show_value(const struct convert *c, const struct scan_member *m, struct note *note)
{
    const char *value = m == NULL ? "" : request_value(&c->request, m);

    if (m != NULL && m->value_n <= SHOWN_MAX && *value != '{' && *value != '[' &&
        !window_is_cut(&c->window, m->value, m->value_n)) {
        note->old_value = value;
        note->old_n = m->value_n;
    }
}

void member_note(struct convert *c, enum note_what what, const struct scan_member *m,
                 const char *to, bool to_advanced, const char *why)
{
    struct note note = make_note(c, what, m, to, to_advanced, why);

    if (what == NOTE_DROPPED || what == NOTE_LOST || what == NOTE_MERGED) {
        show_value(c, m, &note);
    }
    note_add(&c->notes, note);
}

void member_change(struct convert *c, const struct scan_member *m, const char *to, bool to_advanced,
                   const char *is, const char *why)
{
    struct note note = make_note(c, NOTE_CHANGED, m, to, to_advanced, why);

    show_value(c, m, &note);
    note.new_value = is;
    note_add(&c->notes, note);
}

void member_begin(struct convert *c, const struct scan_member *m, const char *to, bool nested)
{
    size_t n = strlen(to);
    bool same = m->key_n == n && memcmp(c->request.text + m->key, to, n) == 0;

    plan_item(&c->plan, to, n, nested);
    if (!same || m->advanced != nested) {
        member_note(c, same ? NOTE_MOVED : NOTE_RENAMED, m, to, nested, NULL);
    }
}

void member_carry(struct convert *c, const struct scan_member *m, const char *to, bool nested)
{
    member_begin(c, m, to, nested);
    plan_input(&c->plan, request_value(&c->request, m), m->value_n);
}

void member_add(struct convert *c, const char *to, bool nested, const char *value, const char *why)
{
    struct note note = make_note(c, NOTE_ADDED, NULL, to, nested, why);

    plan_item(&c->plan, to, strlen(to), nested);
    if (*value != '\0') {
        plan_fixed(&c->plan, value);
        note.new_value = value;
    }
    note_add(&c->notes, note);
}

/* Whether the request itself has a member of the same key, for one of advanced_params that no rule
 * knows. */
static bool is_above(const struct convert *c, const struct scan_member *m)
{
    struct scan_key key = {.at = m->key, .n = m->key_n};

    for (size_t i = 0; i < c->scan.n; i++) {
        const struct scan_member *other = &c->scan.members[i];
        struct scan_key other_key = {.at = other->key, .n = other->key_n};
        if (!other->advanced && other->name == m->name &&
            scan_keys_compare(c->request.text, &key, &other_key) == 0) {
            return true;
        }
    }
    return false;
}

void member_pass(struct convert *c, const struct scan_member *m)
{
    if (m->name >= 0 && c->produced[m->name]) {
        member_note(c, NOTE_DROPPED, m, NULL, false,
                    "the server does not read it there, and another member takes this name");
        return;
    }
    if (m->advanced && is_above(c, m)) {
        member_note(c, NOTE_LOST, m, NULL, false, "the request itself has a member of this name");
        return;
    }
    plan_item(&c->plan, c->request.text + m->key, m->key_n, false);
    plan_input(&c->plan, request_value(&c->request, m), m->value_n);
    member_note(c, NOTE_UNKNOWN, m, NULL, false, "not in the table: passed through");
}
