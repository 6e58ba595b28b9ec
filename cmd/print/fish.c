#include "cmd/print/print.h"

#include "cmd/commands.h"
#include "cmd/describe.h"

static const char head[] =
    "# fish completion for sdctl: generated from the option tables, do not edit\n"
    "\n"
    "# Whether the command is $argv[1], or still to be named when there is none.\n"
    "function __sdctl_command\n"
    "    set -l words (commandline -opc)\n"
    "    test \"$words[2]\" = \"$argv[1]\"\n"
    "end\n"
    "\n"
    "# Whether the command is $argv[1] and no operand is given yet.\n"
    "function __sdctl_first_operand\n"
    "    set -l words (commandline -opc)\n"
    "    test \"$words[2]\" = \"$argv[1]\"; and not string match -qv -- '-*' $words[3..-1]\n"
    "end\n"
    "\n"
    "# What a prompt may be: @ and the name of a file, or any text.\n"
    "function __sdctl_prompt\n"
    "    set -l word (string replace -r -- '^(-[a-z]|--[a-z-]+=)' '' (commandline -ct))\n"
    "    if string match -q -- '@*' $word\n"
    "        printf '@%s\\n' (__fish_complete_path (string sub -s 2 -- $word))\n"
    "    end\n"
    "end\n"
    "\n"
    "complete -c sdctl -f\n";

/* Text within '...' of fish. */
static void print_text(const char *s, FILE *out)
{
    for (; *s; s++) {
        fprintf(out, "%s%c", *s == '\'' || *s == '\\' ? "\\" : "", *s);
    }
}

static void print_name(const char *name, const char *summary, FILE *out)
{
    fprintf(out, "complete -c sdctl -n '__sdctl_command' -a '%s' -d '", name);
    print_text(summary, out);
    fputs("'\n", out);
}

struct listing {
    FILE *out;
    const struct command *cmd;
};

static void print_value(const struct option_row *row, FILE *out)
{
    char words[DESCRIBE_MAX];

    if (print_is_flag(row)) {
        return;
    }
    if (print_is_file(row)) {
        fputs(" -r -F", out);
    } else {
        fputs(" -x", out);
    }
    if (row->choices) {
        fprintf(out, " -a '%s'", describe_choices(words, row, " "));
    } else if (row->type == OPTION_PROMPT) {
        fputs(" -a '(__sdctl_prompt)'", out);
    }
}

static bool listing_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct listing *l = ctx;
    char line[DESCRIBE_MAX];

    (void)use;
    fprintf(l->out, "complete -c sdctl -n '__sdctl_command %s'", l->cmd->name);
    if (row->letter) {
        fprintf(l->out, " -s %c", row->letter);
    }
    fprintf(l->out, " -l %s", row->name);
    print_value(row, l->out);
    fputs(" -d '", l->out);
    print_text(describe_row(line, row), l->out);
    fputs("'\n", l->out);
    return true;
}

static void print_operands(const struct command *cmd, FILE *out)
{
    if (cmd->operand_choices) {
        fprintf(out, "complete -c sdctl -n '__sdctl_first_operand %s' -a '", cmd->name);
        for (const char *const *c = cmd->operand_choices; *c; c++) {
            fprintf(out, "%s%s", c == cmd->operand_choices ? "" : " ", *c);
        }
        fputs("'\n", out);
    } else if (cmd->max_operands > 0) {
        fprintf(out, "complete -c sdctl -n '__sdctl_command %s' -F\n", cmd->name);
    }
}

void fish_print(FILE *out)
{
    fputs(head, out);
    for (const struct command *const *c = commands; *c; c++) {
        print_name((*c)->name, (*c)->summary, out);
    }
    for (const struct companion *c = companions; c->name; c++) {
        print_name(c->name, c->summary, out);
    }
    for (const struct command *const *c = commands; *c; c++) {
        struct listing l = {.out = out, .cmd = *c};
        fprintf(out, "\n");
        options_each(*c, listing_visit, &l);
        print_operands(*c, out);
    }
}
