#include "cmd/print/print.h"

#include <ctype.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/describe.h"

/* What the parser and the printers take for granted of a table. */

struct check {
    const struct command *cmd;
    const struct option_row *rows[OPTIONS_MAX];
    size_t n;
    size_t faults;
};

static void fault(struct check *c, const char *name, const char *what)
{
    printf("not ok table: %s --%s: %s\n", c->cmd->name, name, what);
    c->faults++;
}

static bool has(const struct check *c, const char *name, size_t n)
{
    for (size_t i = 0; i < c->n; i++) {
        if (strlen(c->rows[i]->name) == n && strncmp(c->rows[i]->name, name, n) == 0) {
            return true;
        }
    }
    return false;
}

static void check_related(struct check *c, const struct option_row *row, const char *names)
{
    while (names && *names) {
        size_t n = strcspn(names, ",");
        if (!has(c, names, n)) {
            fault(c, row->name, "names an option that the command does not have");
        }
        names += n + (names[n] == ',');
    }
}

static void check_words(struct check *c, const struct option_row *row)
{
    char line[DESCRIBE_MAX];

    if (strspn(row->name, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(row->name)) {
        fault(c, row->name, "the name is not lower case letters, digits and '-'");
    }
    if (!row->help || !*row->help || row->help[strlen(row->help) - 1] == '.') {
        fault(c, row->name, "the help is missing or ends with a full stop");
    } else if (isupper((unsigned char)row->help[0]) && islower((unsigned char)row->help[1])) {
        fault(c, row->name, "the help begins with a capital letter");
    } else if (strlen(describe_row(line, row)) == DESCRIBE_MAX - 1) {
        fault(c, row->name, "the help is too long");
    }
    if (row->detail && row->detail[strlen(row->detail) - 1] != '.') {
        fault(c, row->name, "the detail ends without a full stop");
    }
}

static void check_value(struct check *c, const struct option_row *row)
{
    bool number = row->type == OPTION_INT || row->type == OPTION_REAL;
    bool flag = print_is_flag(row);

    if ((row->type == OPTION_CHOICE) != (row->choices != NULL)) {
        fault(c, row->name, "choices and type do not agree");
    }
    if (flag ? row->metavar != NULL : !row->metavar && !row->choices) {
        fault(c, row->name, "a value needs a metavar, and a flag has none");
    }
    if (row->repeats && (flag || row->type == OPTION_SIZE || (number && !row->param))) {
        fault(c, row->name, "an option of this type cannot repeat");
    }
    if ((row->type == OPTION_SIZE) != (row->param && strcmp(row->param, "size") == 0)) {
        fault(c, row->name, "the parameter size and the type size go together");
    }
    if ((row->type == OPTION_FILE || row->type == OPTION_OUTPUT) && row->param) {
        fault(c, row->name, "a file name need not be UTF-8, so it cannot be a parameter");
    }
}

static bool check_visit(void *ctx, const struct option_use *use, const struct option_row *row)
{
    struct check *c = ctx;

    (void)use;
    if (c->n == OPTIONS_MAX) {
        fault(c, row->name, "the command has too many options");
        return false;
    }
    for (size_t i = 0; i < c->n; i++) {
        if (strcmp(c->rows[i]->name, row->name) == 0 ||
            (row->letter && c->rows[i]->letter == row->letter)) {
            fault(c, row->name, "the name or letter is taken");
        }
    }
    c->rows[c->n++] = row;
    check_words(c, row);
    check_value(c, row);
    return true;
}

/* command_names has to follow commands by hand. */
static size_t check_names(void)
{
    size_t i = 0;

    while (commands[i] && command_names[i] && strcmp(commands[i]->name, command_names[i]) == 0) {
        i++;
    }
    if (commands[i] || command_names[i]) {
        puts("not ok table: command_names and commands differ");
        return 1;
    }
    return 0;
}

bool check_tables(void)
{
    size_t faults = check_names();

    for (const struct command *const *cmd = commands; *cmd; cmd++) {
        struct check c = {.cmd = *cmd};
        options_each(*cmd, check_visit, &c);
        for (size_t i = 0; i < c.n; i++) {
            check_related(&c, c.rows[i], c.rows[i]->conflicts);
            check_related(&c, c.rows[i], c.rows[i]->needs);
        }
        faults += c.faults;
    }
    return faults == 0;
}
