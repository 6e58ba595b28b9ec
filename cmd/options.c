#include "cmd/options.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/groups.h"
#include "cmd/value.h"

#define NAME_SHOWN 40 /* characters of an unknown option or operand that an error shows */

static const struct option_use common_use = {.group = &common_group, .base = 0};

struct parser {
    const struct command *cmd;
    struct parsed *p;
    int argc;
    char **argv;
    int next;                /* the argument that comes next */
    bool given[OPTIONS_MAX]; /* by the row's place in options_each() */
};

/* A row, how it is looked for, and where it was found. */
struct search {
    const char *name; /* n bytes, or NULL to look for the letter */
    size_t n;
    char letter;
    size_t index;
    const struct option_use *use;
    const struct option_row *row; /* NULL when there is none */
};

void options_each(const struct command *cmd,
                  bool (*visit)(void *ctx, const struct option_use *use,
                                const struct option_row *row),
                  void *ctx)
{
    for (const struct option_use *use = cmd->uses; use && use->group; use++) {
        for (const struct option_row *row = use->group->rows; row->name; row++) {
            if (!visit(ctx, use, row)) {
                return;
            }
        }
    }
    for (const struct option_row *row = common_group.rows; row->name; row++) {
        if (!visit(ctx, &common_use, row)) {
            return;
        }
    }
}

static bool search_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct search *s = ctx;

    if (s->name ? strncmp(row->name, s->name, s->n) == 0 && row->name[s->n] == '\0'
                : row->letter == s->letter) {
        s->use = use;
        s->row = row;
        return false;
    }
    s->index++;
    return true;
}

static struct search find_name(const struct command *cmd, const char *name, size_t n)
{
    struct search s = {.name = name, .n = n};

    options_each(cmd, search_visit, &s);
    return s;
}

static struct search find_letter(const struct command *cmd, char letter)
{
    struct search s = {.letter = letter};

    options_each(cmd, search_visit, &s);
    return s;
}

struct names {
    const char *v[OPTIONS_MAX];
    size_t n;
};

static bool names_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct names *names = ctx;

    (void)use;
    if (names->n < OPTIONS_MAX) {
        names->v[names->n++] = row->name;
    }
    return true;
}

static int unknown_long(const struct command *cmd, const char *name, size_t n, struct error *err)
{
    char shown[4 * NAME_SHOWN + 1];
    struct names names = {.n = 0};
    const char *nearest;

    text_clean(shown, sizeof shown, name, n, NAME_SHOWN);
    options_each(cmd, names_visit, &names);
    nearest = text_nearest(shown, names.v, names.n);
    if (nearest) {
        return error_set(err, EXIT_USAGE, "unknown option '--%s'; did you mean '--%s'?", shown,
                         nearest);
    }
    return error_set(err, EXIT_USAGE, "unknown option '--%s'; see 'sdctl %s --help'", shown,
                     cmd->name);
}

/* Stores one option; text is NULL for a flag. */
static int take(struct parser *ps, const struct search *s, const char *text, struct error *err)
{
    char *settings = s->use == &common_use ? (char *)&common : ps->p->settings;

    if (s->index >= OPTIONS_MAX) {
        return error_set(err, EXIT_UNEXPECTED, "'%s' has too many options", ps->cmd->name);
    }
    if (s->row->type == OPTION_HELP) {
        ps->p->help = true;
    } else if (value_store(s->row, settings + s->use->base + s->row->offset, ps->p->neutral, text,
                           err) < 0) {
        return -1;
    }
    ps->given[s->index] = true;
    return 0;
}

static bool is_flag(const struct option_row *row)
{
    return row->type == OPTION_FLAG || row->type == OPTION_HELP;
}

/* Stores an option that takes a value: `text`, or the next argument when it is NULL. */
static int take_value(struct parser *ps, const struct search *s, const char *text,
                      struct error *err)
{
    if (!text) {
        if (ps->next >= ps->argc) {
            return error_set(err, EXIT_USAGE, "option '--%s' needs a value", s->row->name);
        }
        text = ps->argv[ps->next++];
    }
    return take(ps, s, text, err);
}

static int parse_long(struct parser *ps, const char *name, struct error *err)
{
    size_t n = strcspn(name, "=");
    struct search s = find_name(ps->cmd, name, n);

    if (!s.row) {
        return unknown_long(ps->cmd, name, n, err);
    }
    if (!is_flag(s.row)) {
        return take_value(ps, &s, name[n] ? name + n + 1 : NULL, err);
    }
    if (name[n]) {
        return error_set(err, EXIT_USAGE, "option '--%s' takes no value", s.row->name);
    }
    return take(ps, &s, NULL, err);
}

static int parse_letters(struct parser *ps, const char *letters, struct error *err)
{
    struct search typo = find_name(ps->cmd, letters, strcspn(letters, "="));

    /* "-mask x" would otherwise be the mask file "ask". */
    if (typo.row) {
        return error_set(err, EXIT_USAGE, "unknown option '-%s'; did you mean '--%s'?",
                         typo.row->name, typo.row->name);
    }
    for (; *letters; letters++) {
        struct search s = find_letter(ps->cmd, *letters);
        if (!s.row) {
            return error_set(err, EXIT_USAGE, "unknown option '-%c'; see 'sdctl %s --help'",
                             *letters, ps->cmd->name);
        }
        if (!is_flag(s.row)) {
            return take_value(ps, &s, letters[1] ? letters + 1 : NULL, err);
        }
        if (take(ps, &s, NULL, err) < 0) {
            return -1;
        }
    }
    return 0;
}

static int parse_operand(struct parser *ps, char *operand, struct error *err)
{
    char shown[4 * NAME_SHOWN + 1];

    if (ps->p->n_operands < ps->cmd->max_operands) {
        ps->p->operands[ps->p->n_operands++] = operand;
        return 0;
    }
    text_clean(shown, sizeof shown, operand, strlen(operand), NAME_SHOWN);
    if (ps->cmd->max_operands == 0) {
        return error_set(err, EXIT_USAGE, "unexpected argument '%s': 'sdctl %s' takes options only",
                         shown, ps->cmd->name);
    }
    return error_set(err, EXIT_USAGE, "unexpected argument '%s': 'sdctl %s' takes at most %zu",
                     shown, ps->cmd->name, ps->cmd->max_operands);
}

/* Reads everything; the result is the first error. */
static int parse_all(struct parser *ps, struct error *err)
{
    struct error later;
    bool options = true;
    int result = 0;

    while (ps->next < ps->argc) {
        char *arg = ps->argv[ps->next++];
        struct error *to = result < 0 ? &later : err;
        int r;

        if (!options || arg[0] != '-' || arg[1] == '\0') {
            r = parse_operand(ps, arg, to);
        } else if (arg[1] != '-') {
            r = parse_letters(ps, arg + 1, to);
        } else if (arg[2] != '\0') {
            r = parse_long(ps, arg + 2, to);
        } else {
            r = options = false;
        }
        if (r < 0) {
            result = -1;
        }
    }
    return result;
}

struct relations {
    struct parser *ps;
    struct error *err;
    size_t index;
    int result;
};

/* The first of the comma-separated names that was given, or NULL. */
static const struct option_row *given_of(const struct parser *ps, const char *names)
{
    while (*names) {
        size_t n = strcspn(names, ",");
        struct search s = find_name(ps->cmd, names, n);
        if (s.row && ps->given[s.index]) {
            return s.row;
        }
        names += n + (names[n] == ',');
    }
    return NULL;
}

static bool relations_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct relations *r = ctx;
    const struct option_row *other;

    (void)use;
    if (!r->ps->given[r->index++]) {
        return true;
    }
    other = row->conflicts ? given_of(r->ps, row->conflicts) : NULL;
    if (other) {
        r->result = error_set(r->err, EXIT_USAGE, "options '--%s' and '--%s' exclude each other",
                              row->name, other->name);
    } else if (row->needs && !given_of(r->ps, row->needs)) {
        r->result = error_set(r->err, EXIT_USAGE, "option '--%s' has no effect without '--%s'",
                              row->name, row->needs);
    }
    return r->result == 0;
}

int options_parse(const struct command *cmd, int argc, char **argv, struct parsed *p,
                  struct error *err)
{
    struct parser ps = {.cmd = cmd, .p = p, .argc = argc, .argv = argv, .next = 1};
    struct relations relations = {.ps = &ps, .err = err};
    size_t count = argc > 0 ? (size_t)argc : 1;
    int result;

    *p = (struct parsed){.settings = calloc(1, cmd->settings_size ? cmd->settings_size : 1),
                         .neutral = json_object(),
                         .operands = calloc(count, sizeof *p->operands)};
    if (!p->settings || !p->neutral || !p->operands) {
        return error_memory(err, "reading the options");
    }
    result = parse_all(&ps, err);
    if (p->help) {
        return 0;
    }
    if (result == 0) {
        options_each(cmd, relations_visit, &relations);
        result = relations.result;
    }
    return result;
}

static bool release_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct parsed *p = ctx;

    if (use != &common_use && row->repeats && !row->param) {
        struct option_list *list = (void *)((char *)p->settings + use->base + row->offset);
        free(list->v);
    }
    return true;
}

void options_release(const struct command *cmd, struct parsed *p)
{
    if (!p) {
        return;
    }
    if (p->settings) {
        options_each(cmd, release_visit, p);
    }
    free(p->settings);
    json_decref(p->neutral);
    free(p->operands);
    *p = (struct parsed){.settings = NULL};
}
