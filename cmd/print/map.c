#include "cmd/print/print.h"

#include <string.h>

#include "backend/backend.h"
#include "cmd/groups.h"

/*
 * The table of parameters in sdctl(1): what each option becomes on each kind of service, out of the
 * backends' own tables. tests/unit/composed.c holds these to what is sent.
 */

#define WIDTH_OPTION "--negative-promp" /* the gap between columns holds the last letter */
#define WIDTH_BACKEND "fooocus-a"

/* Options whose value is not a neutral parameter as it stands. */
static const struct {
    const char *option, *neutral;
} prepared[] = {
    {"image", "images"},  {"controlnet", "controlnet"},  {"ip-adapter", "ip_adapters"},
    {"script", "script"}, {"script-arg", "script_args"}, {"outpaint", "outpaint"},
    {"mask", "mask"},
};

static const char *neutral_of(const struct option_row *row)
{
    for (size_t i = 0; i < sizeof prepared / sizeof *prepared; i++) {
        if (strcmp(prepared[i].option, row->name) == 0) {
            return prepared[i].neutral;
        }
    }
    return row->type == OPTION_SIZE ? NULL : row->param;
}

/* The lines of one option and one service. */
struct cell {
    FILE *out;
    const struct option_row *row; /* NULL once it has been named */
    const struct backend *backend;
    bool named; /* the service has been */
};

static void cell_begin(struct cell *c)
{
    fputs(".It ", c->out);
    if (c->row) {
        fprintf(c->out, "Fl -%s ", c->row->name);
    }
    fprintf(c->out, "Ta %s%s%sTa ", c->named ? "" : "Cm ", c->named ? "" : c->backend->name,
            c->named ? "" : " ");
    c->row = NULL;
    c->named = true;
}

/* A long name may be broken after a dot. */
static void print_name(const char *name, FILE *out)
{
    fputs("Li ", out);
    for (; *name; name++) {
        fprintf(out, "%c%s", *name, *name == '.' ? "\\:" : "");
    }
}

/* A name as --set takes it: without the envelope that is put around it, of one level or two. */
static const char *bare_name(const struct backend *backend, const char *native)
{
    static const char *const envelopes[] = {"task.metadata.", "task.content."};
    const char *dot = backend->adopt ? strchr(native, '.') : NULL;

    for (size_t i = 0; i < sizeof envelopes / sizeof *envelopes; i++) {
        if (dot && strncmp(native, envelopes[i], strlen(envelopes[i])) == 0) {
            return native + strlen(envelopes[i]);
        }
    }
    return dot ? dot + 1 : native;
}

/* A note says more than the operations do. */
static void cell_add(struct cell *c, const char *native, unsigned operations, const char *note)
{
    static const char *const names[] = {
        [OPERATION_IMG2IMG] = "img2img",
        [OPERATION_INPAINT] = "inpaint",
        [OPERATION_INTERROGATE] = "interrogate",
    };

    cell_begin(c);
    if (native) {
        print_name(bare_name(c->backend, native), c->out);
    }
    for (size_t i = 0; !note && i < sizeof names / sizeof *names; i++) {
        note = operations == COMPOSED_IN(i) ? names[i] : NULL;
    }
    if (note) {
        fprintf(c->out, "%s%s", native ? " Pq " : "", note);
    }
    fputc('\n', c->out);
}

static bool is_composed(const struct backend *b, const char *neutral, const char *native)
{
    for (const struct composed *row = b->composed; row && row->neutral; row++) {
        if (strcmp(row->neutral, neutral) == 0 && row->native && strcmp(row->native, native) == 0) {
            return true;
        }
    }
    return false;
}

static void print_cell(struct cell *c, const char *neutral)
{
    for (const struct native *row = c->backend->natives; row->name; row++) {
        if (row->neutral && strcmp(row->neutral, neutral) == 0 &&
            !is_composed(c->backend, neutral, row->name)) {
            cell_add(c, row->name, 0, NULL);
        }
    }
    for (const struct composed *row = c->backend->composed; row && row->neutral; row++) {
        if (strcmp(row->neutral, neutral) == 0) {
            cell_add(c, row->native, row->operations, row->note);
        }
    }
    if (strcmp(neutral, "outpaint") == 0 && !c->backend->native_outpaint) {
        cell_add(c, NULL, 0, "sdctl extends image and mask");
    }
}

static bool visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    const char *neutral = neutral_of(row);
    struct cell cell = {.out = ctx, .row = row};

    (void)use;
    for (const char *const *name = backend_names; neutral && *name; name++) {
        cell.backend = backend_find(*name);
        cell.named = false;
        print_cell(&cell, neutral);
    }
    return true;
}

void map_print(const struct command *widest, FILE *out)
{
    fprintf(out, ".Bl -column \"%s\" \"%s\" \"\" -compact\n", WIDTH_OPTION, WIDTH_BACKEND);
    options_each(widest, visit, out);
    fputs(".El\n", out);
}
