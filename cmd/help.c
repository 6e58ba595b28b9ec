#include "cmd/help.h"

#include <string.h>

#include "cmd/describe.h"

#define HELP_COLUMN 30 /* where the explanations start */
#define HELP_WIDTH 80

/* Prints text word by word from column `at`, continuing lines at column `left`. */
static void print_wrapped(FILE *out, const char *text, int at, int left)
{
    bool first = true;

    while (*text) {
        int n = (int)strcspn(text, " ");
        if (!first && at + 1 + n >= HELP_WIDTH) {
            fprintf(out, "\n%*s", left, "");
            at = left;
        } else if (!first) {
            fputc(' ', out);
            at++;
        }
        fprintf(out, "%.*s", n, text);
        at += n;
        first = false;
        text += n;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

static void print_row(FILE *out, const struct option_row *row)
{
    char value[DESCRIBE_MAX], line[DESCRIBE_MAX];
    char letter[] = {'-', row->letter, ',', '\0'};
    int at;

    describe_value(value, row);
    at = fprintf(out, "  %3s --%s%s%s", row->letter ? letter : "", row->name, *value ? " " : "",
                 value);
    if (at < 0) {
        return;
    }
    if (at > HELP_COLUMN - 2) {
        fprintf(out, "\n%*s", HELP_COLUMN, "");
    } else {
        fprintf(out, "%*s", HELP_COLUMN - at, "");
    }
    print_wrapped(out, describe_row(line, row), HELP_COLUMN, HELP_COLUMN);
}

struct listing {
    FILE *out;
    const struct option_group *group; /* whose heading was printed last */
};

static bool listing_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct listing *listing = ctx;

    if (use->group != listing->group) {
        fprintf(listing->out, "\n%s:\n", use->group->title);
    }
    listing->group = use->group;
    print_row(listing->out, row);
    return true;
}

void help_print(const struct command *cmd, FILE *out)
{
    struct listing listing = {.out = out};
    char rest[DESCRIBE_MAX];

    int at = fprintf(out, "Usage: sdctl %s ", cmd->name);
    snprintf(rest, sizeof rest, "[OPTION]...%s%s", *cmd->operands ? " " : "", cmd->operands);
    print_wrapped(out, rest, at, at);
    fprintf(out, "sdctl %s: %s\n", cmd->name, cmd->summary);
    options_each(cmd, listing_visit, &listing);
    fprintf(out, "\nSee 'man sdctl-%s'.\n", cmd->name);
}
