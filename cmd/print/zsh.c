#include "cmd/print/print.h"

#include <string.h>

#include "cmd/commands.h"
#include "cmd/describe.h"

static const char head[] =
    "#compdef sdctl\n"
    "# zsh completion for sdctl: generated from the option tables, do not edit\n"
    "\n"
    "# A prompt is a text, or @ and the name of a file.\n"
    "_sdctl_prompt() {\n"
    "    if compset -P @; then\n"
    "        _files\n"
    "    else\n"
    "        _message -e text 'TEXT|@FILE'\n"
    "    fi\n"
    "}\n"
    "\n"
    "_sdctl_commands() {\n"
    "    local -a names=(\n";

static const char middle[] =
    "    )\n"
    "    _describe -t commands 'sdctl command' names\n"
    "}\n"
    "\n"
    "_sdctl() {\n"
    "    local curcontext=$curcontext state line\n"
    "    local -A opt_args\n"
    "    _arguments -C '1:command:_sdctl_commands' '*::argument:->argument' && return\n"
    "    [[ $state == argument ]] || return 1\n"
    "    curcontext=${curcontext%:*:*}:sdctl-$line[1]:\n"
    "    case $line[1] in\n";

static const char tail[] = "    *)\n"
                           "        _files\n"
                           "        ;;\n"
                           "    esac\n"
                           "}\n"
                           "\n"
                           "_sdctl \"$@\"\n";

/* Text within '...' of the shell and [...] or : : of _arguments. */
static void print_text(const char *s, FILE *out)
{
    for (; *s; s++) {
        if (*s == '\'') {
            fputs("'\\''", out);
        } else if (strchr("[]:\\", *s)) {
            fprintf(out, "\\%c", *s);
        } else {
            fputc(*s, out);
        }
    }
}

/* Whether `name` is among the comma-separated names. */
static bool names_hold(const char *names, const char *name)
{
    while (names && *names) {
        size_t n = strcspn(names, ",");
        if (n == strlen(name) && strncmp(names, name, n) == 0) {
            return true;
        }
        names += n + (names[n] == ',');
    }
    return false;
}

struct conflicts {
    FILE *out;
    const struct option_row *row;
};

static bool conflicts_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct conflicts *c = ctx;

    (void)use;
    if (!names_hold(c->row->conflicts, row->name) && !names_hold(row->conflicts, c->row->name)) {
        return true;
    }
    if (row->letter) {
        fprintf(c->out, " -%c", row->letter);
    }
    fprintf(c->out, " --%s", row->name);
    return true;
}

/* "(-p --prompt)", what is not offered again: the option itself and what it excludes. */
static void print_excluded(const struct command *cmd, const struct option_row *row, FILE *out)
{
    struct conflicts conflicts = {.out = out, .row = row};

    if (row->repeats) {
        fputs("*", out);
        return;
    }
    fputc('(', out);
    if (row->letter) {
        fprintf(out, "-%c ", row->letter);
    }
    fprintf(out, "--%s", row->name);
    options_each(cmd, conflicts_visit, &conflicts);
    fputc(')', out);
}

static void print_value(const struct option_row *row, FILE *out)
{
    char value[DESCRIBE_MAX];

    if (print_is_flag(row)) {
        return;
    }
    fputc(':', out);
    print_text(describe_value(value, row), out);
    if (row->choices) {
        fprintf(out, ":(%s)", describe_choices(value, row, " "));
    } else if (print_is_file(row)) {
        fputs(":_files", out);
    } else if (row->type == OPTION_PROMPT) {
        fputs(":_sdctl_prompt", out);
    } else {
        fputs(": ", out);
    }
}

static void print_spec(const struct command *cmd, const struct option_row *row, const char *option,
                       FILE *out)
{
    char line[DESCRIBE_MAX];

    fputs(" \\\n            '", out);
    print_excluded(cmd, row, out);
    fputs(option, out);
    fputc('[', out);
    print_text(describe_row(line, row), out);
    fputc(']', out);
    print_value(row, out);
    fputc('\'', out);
}

struct listing {
    FILE *out;
    const struct command *cmd;
};

static bool listing_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct listing *l = ctx;
    bool flag = print_is_flag(row);
    char option[DESCRIBE_MAX];

    (void)use;
    if (row->letter) {
        snprintf(option, sizeof option, "-%c%s", row->letter, flag ? "" : "+");
        print_spec(l->cmd, row, option, l->out);
    }
    snprintf(option, sizeof option, "--%s%s", row->name, flag ? "" : "=");
    print_spec(l->cmd, row, option, l->out);
    return true;
}

static void print_operands(const struct command *cmd, FILE *out)
{
    if (cmd->operand_choices) {
        fputs(" \\\n            '1:", out);
        print_text(cmd->operands, out);
        fputs(":(", out);
        for (const char *const *c = cmd->operand_choices; *c; c++) {
            fprintf(out, "%s%s", c == cmd->operand_choices ? "" : " ", *c);
        }
        fputs(")'", out);
    } else if (cmd->max_operands > 0) {
        fputs(" \\\n            '*:", out);
        print_text(cmd->operands, out);
        fputs(":_files'", out);
    }
}

static void print_name(const char *name, const char *summary, FILE *out)
{
    fputs("        '", out);
    print_text(name, out);
    fputc(':', out);
    print_text(summary, out);
    fputs("'\n", out);
}

void zsh_print(FILE *out)
{
    fputs(head, out);
    for (const struct command *const *c = commands; *c; c++) {
        print_name((*c)->name, (*c)->summary, out);
    }
    for (const struct companion *c = companions; c->name; c++) {
        print_name(c->name, c->summary, out);
    }
    fputs(middle, out);
    for (const struct command *const *c = commands; *c; c++) {
        struct listing l = {.out = out, .cmd = *c};
        fprintf(out, "    %s)\n        _arguments -s -S", (*c)->name);
        options_each(*c, listing_visit, &l);
        print_operands(*c, out);
        fputs("\n        ;;\n", out);
    }
    fputs(tail, out);
}
