#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/commands.h"
#include "cmd/external.h"
#include "cmd/run.h"
#include "cmd/usage.h"

/* sdctl COMMAND ...: finds the command and hands over. */

static int no_command(const char *name, char **argv)
{
    struct parsed nothing = {0};
    struct error err = {0};
    int errnum;

    external_run(name, argv, &errnum);
    if (errnum != 0) {
        error_set(&err, EXIT_UNEXPECTED, "cannot run sdctl-%s: %s", name, strerror(errnum));
    } else {
        usage_unknown(name, &err);
    }
    return run_finish(&(struct command){.name = name}, &nothing, -1, &err);
}

int main(int argc, char **argv)
{
    run_init();
    if (argc < 2) {
        usage_print(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        name = "help";
    } else if (strcmp(name, "--version") == 0) {
        name = "version";
    }
    const struct command *cmd = usage_find(name);
    return cmd != NULL ? cmd->run(cmd, argc - 1, argv + 1) : no_command(name, argv + 1);
}
