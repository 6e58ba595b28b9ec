#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/commands.h"
#include "cmd/help.h"
#include "cmd/run.h"
#include "cmd/usage.h"

static const struct option_use uses[] = {{.group = NULL}};

static int help(const struct parsed *parsed, struct error *err)
{
    if (parsed->n_operands == 0) {
        usage_print(stdout);
        return 0;
    }
    const struct command *cmd = usage_find(parsed->operands[0]);
    if (cmd == NULL) {
        return usage_unknown(parsed->operands[0], err);
    }
    help_print(cmd, stdout);
    return 0;
}

static int run(const struct command *self, int argc, char **argv)
{
    struct parsed parsed;
    struct error err = {0};

    int result = options_parse(self, argc, argv, &parsed, &err);
    if (result == 0 && !parsed.help) {
        result = help(&parsed, &err);
    }
    result = run_finish(self, &parsed, result, &err);
    options_release(self, &parsed);
    return result;
}

const struct command help_command = {
    .name = "help",
    .summary = "say what sdctl or one of its commands does",
    .operands = "[COMMAND]",
    .max_operands = 1,
    .operand_choices = command_names,
    .uses = uses,
    .run = run,
};
