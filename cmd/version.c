#include <stdio.h>

#include "cmd/commands.h"
#include "cmd/run.h"

static const struct option_use uses[] = {{.group = NULL}};

static int run(const struct command *self, int argc, char **argv)
{
    struct parsed parsed;
    struct error err = {0};

    int result = options_parse(self, argc, argv, &parsed, &err);
    if (result == 0 && !parsed.help) {
        puts("sdctl " SDCTL_VERSION);
    }
    result = run_finish(self, &parsed, result, &err);
    options_release(self, &parsed);
    return result;
}

const struct command version_command = {
    .name = "version",
    .summary = "print the version",
    .operands = "",
    .uses = uses,
    .run = run,
};
