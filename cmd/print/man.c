#include "cmd/print/print.h"

#include <ctype.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/describe.h"

#define MAN_WIDTH 74 /* where lines of mdoc source are broken */

/* Text that is written line by line: a sentence begins a line, as mdoc wants it. */
struct text {
    FILE *out;
    size_t column;
    bool sentence_ended;
};

static void text_word(struct text *t, const char *word, size_t n)
{
    if (t->column > 0 && (t->sentence_ended || t->column + 1 + n > MAN_WIDTH)) {
        fputc('\n', t->out);
        t->column = 0;
    } else if (t->column > 0) {
        fputc(' ', t->out);
        t->column++;
    }
    if (t->column == 0 && (word[0] == '.' || word[0] == '\'')) {
        fputs("\\&", t->out);
    }
    for (size_t i = 0; i < n; i++) {
        bool dash = word[i] == '-' && (i == 0 || word[i - 1] == '-');
        if (word[i] == '\\') {
            fputs("\\e", t->out);
        } else {
            fprintf(t->out, "%s%c", dash ? "\\" : "", word[i]);
        }
    }
    t->column += n;
    t->sentence_ended = n > 0 && word[n - 1] == '.';
}

static void text_add(struct text *t, const char *s)
{
    while (*s) {
        size_t n = strcspn(s, " ");
        if (n > 0) {
            text_word(t, s, n);
        }
        s += n + (s[n] == ' ');
    }
}

static void text_end(struct text *t)
{
    if (t->column > 0) {
        fputc('\n', t->out);
    }
    t->column = 0;
    t->sentence_ended = false;
}

/* "width,height" becomes "--width or --height". */
static void add_names(struct text *t, const char *names)
{
    char word[64];

    while (*names) {
        size_t n = strcspn(names, ",");
        snprintf(word, sizeof word, "--%.*s%s", (int)n, names, names[n] ? " or" : ".");
        text_add(t, word);
        names += n + (names[n] == ',');
    }
}

static void print_explanation(const struct option_row *row, FILE *out)
{
    struct text t = {.out = out};
    char range[DESCRIBE_MAX], line[2 * DESCRIBE_MAX];

    describe_range(range, row);
    snprintf(line, sizeof line, "%c%s%s%s%s.", toupper((unsigned char)row->help[0]), row->help + 1,
             *range ? " (" : "", range, *range ? ")" : "");
    text_add(&t, line);
    if (row->type == OPTION_PROMPT) {
        text_add(&t, "@FILE reads the text from a file.");
    }
    if (row->detail) {
        text_add(&t, row->detail);
    }
    if (row->repeats) {
        text_add(&t, "May be given more than once.");
    }
    if (row->conflicts) {
        text_add(&t, "Not together with");
        add_names(&t, row->conflicts);
    }
    if (row->needs) {
        text_add(&t, "Only with");
        add_names(&t, row->needs);
    }
    text_end(&t);
}

/* A '|' that stands alone is a delimiter to mdoc: it is not set as part of an argument. */
static void print_value(const struct option_row *row, FILE *out)
{
    char value[DESCRIBE_MAX];

    if (print_is_flag(row)) {
        return;
    }
    if (row->choices) {
        fprintf(out, " Cm %s", describe_choices(value, row, " | "));
    } else {
        fprintf(out, " Ar %s", row->metavar);
    }
}

struct listing {
    FILE *out;
    const struct option_group *group; /* whose list is open */
};

static bool listing_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct listing *l = ctx;

    if (use->group != l->group) {
        if (l->group) {
            fputs(".El\n", l->out);
        }
        fprintf(l->out, ".Ss %s\n.Bl -tag -width Ds\n", use->group->title);
        l->group = use->group;
    }
    fputs(".It", l->out);
    if (row->letter) {
        fprintf(l->out, " Fl %c ,", row->letter);
    }
    fprintf(l->out, " Fl -%s", row->name);
    print_value(row, l->out);
    fputc('\n', l->out);
    print_explanation(row, l->out);
    return true;
}

void man_print_options(const struct command *cmd, FILE *out)
{
    struct listing l = {.out = out};

    options_each(cmd, listing_visit, &l);
    if (l.group) {
        fputs(".El\n", out);
    }
}

static void print_item(const char *name, const char *summary, FILE *out)
{
    struct text t = {.out = out};
    char line[DESCRIBE_MAX];

    fprintf(out, ".It Xr sdctl-%s 1\n", name);
    snprintf(line, sizeof line, "%c%s.", toupper((unsigned char)summary[0]), summary + 1);
    text_add(&t, line);
    text_end(&t);
}

void man_print_commands(FILE *out)
{
    fputs(".Bl -tag -width Ds\n", out);
    for (const struct command *const *c = commands; *c; c++) {
        print_item((*c)->name, (*c)->summary, out);
    }
    for (const struct companion *c = companions; c->name; c++) {
        print_item(c->name, c->summary, out);
    }
    fputs(".El\n", out);
}
