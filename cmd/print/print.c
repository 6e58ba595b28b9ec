#include "cmd/print/print.h"

#include <string.h>

#include "cmd/commands.h"
#include "cmd/convert_table.h"
#include "cmd/help.h"

/*
 * sdctl-print: prints from the option tables what is committed as text. tests/generate.sh runs it.
 * It is built and used in the source tree, and not installed.
 */

static const char usage[] =
    "usage: sdctl-print bash|zsh|fish|names|commands|mapping|parameters|check\n"
    "       sdctl-print man|help NAME\n";

static const struct command *find_command(const char *name)
{
    for (const struct command *const *c = commands; *c; c++) {
        if (strcmp((*c)->name, name) == 0) {
            return *c;
        }
    }
    return NULL;
}

static void print_names(FILE *out)
{
    for (const struct command *const *c = commands; *c; c++) {
        fprintf(out, "%s\n", (*c)->name);
    }
}

/* The mapping of parameters for the man page of convert-params. */
static void print_mapping(FILE *out)
{
    convert_table_print(CONVERT_TABLE_MAN, out);
}

/* The parameters of img2img are among those of inpaint. */
static void print_map(FILE *out)
{
    map_print(&inpaint_command, out);
}

static bool print_all(const char *what)
{
    static const struct {
        const char *name;
        void (*print)(FILE *out);
    } printers[] = {
        {"bash", bash_print},
        {"zsh", zsh_print},
        {"fish", fish_print},
        {"names", print_names},
        {"commands", man_print_commands},
        {"mapping", print_mapping},
        {"parameters", print_map},
    };

    for (size_t i = 0; i < sizeof printers / sizeof *printers; i++) {
        if (strcmp(printers[i].name, what) == 0) {
            printers[i].print(stdout);
            return true;
        }
    }
    return false;
}

static bool print_command(const char *what, const char *name)
{
    const struct command *cmd = find_command(name);

    if (!cmd) {
        return false;
    }
    if (strcmp(what, "man") == 0) {
        man_print_options(cmd, stdout);
    } else if (strcmp(what, "help") == 0) {
        help_print(cmd, stdout);
    } else {
        return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    bool done = false, good = true;

    if (argc == 2 && strcmp(argv[1], "check") == 0) {
        good = check_tables();
        done = true;
    } else if (argc == 2) {
        done = print_all(argv[1]);
    } else if (argc == 3) {
        done = print_command(argv[1], argv[2]);
    }
    if (!done) {
        fputs(usage, stderr);
        return EXIT_USAGE;
    }
    if (ferror(stdout) || fclose(stdout) != 0) {
        fputs("sdctl-print: cannot write standard output\n", stderr);
        return EXIT_OUTPUT;
    }
    return good ? EXIT_DONE : EXIT_UNEXPECTED;
}
