#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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

/*
 * Leaves without the destructors of libcurl's thirty libraries, which cost a small job a tenth of
 * its time and have nothing to do: files are closed, and standard output was flushed and checked.
 * The sanitizers look for leaks in the ordinary exit.
 */
static int leave(int status)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(SDCTL_ORDINARY_EXIT)
    if (fflush(NULL) == 0) {
        _exit(status);
    }
#endif
    return status;
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
    return leave(cmd != NULL ? cmd->run(cmd, argc - 1, argv + 1) : no_command(name, argv + 1));
}
