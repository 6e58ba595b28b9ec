#include "cmd/print/print.h"

#include <string.h>

#include "cmd/commands.h"
#include "cmd/describe.h"
#include "cmd/groups.h"

static const char head[] =
    "# bash completion for sdctl: generated from the option tables, do not edit\n"
    "\n"
    "# Each of these completes $cur; $pre is what stands before it in the same word.\n"
    "_sdctl_words() {\n"
    "    COMPREPLY=($(compgen -P \"$pre\" -W \"$1\" -- \"$cur\"))\n"
    "}\n"
    "\n"
    "_sdctl_files() {\n"
    "    local IFS=$'\\n' i\n"
    "    compopt -o filenames 2>/dev/null\n"
    "    COMPREPLY=($(compgen -P \"$pre\" -f -- \"$cur\"))\n"
    "    [[ $pre ]] || return 0\n"
    "    for i in \"${!COMPREPLY[@]}\"; do\n"
    "        [[ -d ${COMPREPLY[i]#\"$pre\"} ]] && COMPREPLY[i]+=/\n"
    "    done\n"
    "    [[ ${COMPREPLY[*]} == */ ]] && compopt -o nospace 2>/dev/null\n"
    "    return 0\n"
    "}\n"
    "\n"
    "# Sets the options, those that take a value, and the operands of a command. A list of names\n"
    "# has a space at both ends.\n"
    "_sdctl_tables() {\n"
    "    case $1 in\n";

/* COMP_WORDS breaks `--fill=orig` in three words and `@file` in two, as COMP_WORDBREAKS says; the
 * word to complete, $2, is then "orig", but "@file". */
static const char tail[] =
    "    esac\n"
    "}\n"
    "\n"
    "# Sets count to the number of operands before the word to complete.\n"
    "_sdctl_count_operands() {\n"
    "    local i\n"
    "    for ((i = 2, count = 0; i < COMP_CWORD; i++)); do\n"
    "        if [[ ${COMP_WORDS[i]} == @(=|@|=@) ]]; then\n"
    "            ((i++))\n"
    "        elif [[ $files$prompts$texts == *\" ${COMP_WORDS[i]} \"* ]]; then\n"
    "            [[ ${COMP_WORDS[i + 1]} == =* ]] || ((i++))\n"
    "        elif [[ ${COMP_WORDS[i]} != -* ]]; then\n"
    "            ((count++))\n"
    "        fi\n"
    "    done\n"
    "}\n"
    "\n"
    "_sdctl() {\n"
    "    local cur=$2 pre= i=$((COMP_CWORD - 1)) prev count=0\n"
    "    local options= files= prompts= texts= operands=\n"
    "    COMPREPLY=()\n"
    "    if ((COMP_CWORD == 1)); then\n"
    "        _sdctl_tables ''\n"
    "        _sdctl_words \"$operands\"\n"
    "        return\n"
    "    fi\n"
    "    _sdctl_tables \"${COMP_WORDS[1]}\"\n"
    "    while [[ ${COMP_WORDS[i]} == @(=|@|=@) ]]; do\n"
    "        ((i--))\n"
    "    done\n"
    "    prev=${COMP_WORDS[i]}\n"
    "    if [[ $cur == --*=* ]]; then\n"
    "        prev=${cur%%=*} pre=${cur%%=*}= cur=${cur#*=}\n"
    "    fi\n"
    "    case \"${COMP_WORDS[1]} $prev\" in\n";

static const char end[] = "    esac\n"
                          "    if [[ $prompts == *\" $prev \"* ]]; then\n"
                          "        [[ $cur == @* ]] || return 0\n"
                          "        pre+=@ cur=${cur#@}\n"
                          "        _sdctl_files\n"
                          "    elif [[ $files == *\" $prev \"* ]]; then\n"
                          "        _sdctl_files\n"
                          "    elif [[ $texts == *\" $prev \"* ]]; then\n"
                          "        return 0\n"
                          "    elif [[ $cur == -* ]]; then\n"
                          "        _sdctl_words \"$options\"\n"
                          "    else\n"
                          "        _sdctl_count_operands\n"
                          "        if [[ $operands == FILE ]]; then\n"
                          "            _sdctl_files\n"
                          "        elif ((count == 0)); then\n"
                          "            _sdctl_words \"$operands\"\n"
                          "        fi\n"
                          "    fi\n"
                          "}\n"
                          "complete -F _sdctl sdctl\n";

/* Which list of _sdctl_tables an option that takes a value is in. */
enum list { LIST_NONE, LIST_FILES, LIST_PROMPTS, LIST_TEXTS };

static enum list list_of(const struct option_row *row)
{
    if (print_is_flag(row)) {
        return LIST_NONE;
    }
    if (print_is_file(row)) {
        return LIST_FILES;
    }
    return row->type == OPTION_PROMPT ? LIST_PROMPTS : LIST_TEXTS;
}

struct listing {
    FILE *out;
    enum list list; /* LIST_NONE: all options, by their long names */
};

static bool listing_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct listing *l = ctx;

    (void)use;
    if (l->list != LIST_NONE && l->list != list_of(row)) {
        return true;
    }
    if (row->letter && l->list != LIST_NONE) {
        fprintf(l->out, "-%c ", row->letter);
    }
    fprintf(l->out, "--%s ", row->name);
    return true;
}

static void print_list(const struct command *cmd, const char *name, enum list list, FILE *out)
{
    struct listing l = {.out = out, .list = list};

    fprintf(out, "        %s=' ", name);
    options_each(cmd, listing_visit, &l);
    fputs("'\n", out);
}

static void print_operands(const struct command *cmd, FILE *out)
{
    fputs("        operands='", out);
    if (cmd->operand_choices) {
        for (const char *const *c = cmd->operand_choices; *c; c++) {
            fprintf(out, "%s%s", c == cmd->operand_choices ? "" : " ", *c);
        }
    } else if (cmd->max_operands > 0) {
        fputs("FILE", out);
    }
    fputs("'\n", out);
}

static void print_tables(const struct command *cmd, FILE *out)
{
    fprintf(out, "    %s)\n", cmd->name);
    print_list(cmd, "options", LIST_NONE, out);
    print_list(cmd, "files", LIST_FILES, out);
    print_list(cmd, "prompts", LIST_PROMPTS, out);
    print_list(cmd, "texts", LIST_TEXTS, out);
    print_operands(cmd, out);
    fputs("        ;;\n", out);
}

static void print_command_names(FILE *out)
{
    fputs("    '')\n        operands='", out);
    for (const struct command *const *c = commands; *c; c++) {
        fprintf(out, "%s%s", c == commands ? "" : " ", (*c)->name);
    }
    for (const struct companion *c = companions; c->name; c++) {
        fprintf(out, " %s", c->name);
    }
    fputs("'\n        ;;\n", out);
}

struct choosing {
    FILE *out;
    const struct command *cmd; /* NULL: the common options, for any command */
};

static bool choosing_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct choosing *c = ctx;
    const char *name = c->cmd ? c->cmd->name : "";
    const char *any = c->cmd ? "" : "*";
    char words[DESCRIBE_MAX];

    if (!row->choices || (c->cmd != NULL) == (use->group == &common_group)) {
        return true;
    }
    fputs("    ", c->out);
    if (row->letter) {
        fprintf(c->out, "%s'%s -%c' | ", any, name, row->letter);
    }
    fprintf(c->out, "%s'%s --%s')\n", any, name, row->name);
    fprintf(c->out, "        _sdctl_words '%s'\n        return\n        ;;\n",
            describe_choices(words, row, " "));
    return true;
}

void bash_print(FILE *out)
{
    fputs(head, out);
    print_command_names(out);
    for (const struct command *const *c = commands; *c; c++) {
        print_tables(*c, out);
    }
    fputs(tail, out);
    options_each(commands[0], choosing_visit, &(struct choosing){.out = out});
    for (const struct command *const *c = commands; *c; c++) {
        struct choosing choosing = {.out = out, .cmd = *c};
        options_each(*c, choosing_visit, &choosing);
    }
    fputs(end, out);
}
