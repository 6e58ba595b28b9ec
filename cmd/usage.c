#include "cmd/usage.h"

#include <string.h>

#include "base/text.h"
#include "cmd/commands.h"

#define NAMES_MAX 64

void usage_print(FILE *out)
{
    fputs("usage: sdctl COMMAND [OPTIONS]\n\n"
          "Drives Stable Diffusion services from the shell.\n\nCommands\n",
          out);
    for (size_t i = 0; commands[i] != NULL; i++) {
        fprintf(out, "  %-16s %s\n", commands[i]->name, commands[i]->summary);
    }
    for (size_t i = 0; companions[i].name != NULL; i++) {
        fprintf(out, "  %-16s %s\n", companions[i].name, companions[i].summary);
    }
    fputs("\nSee 'sdctl COMMAND --help' and 'man sdctl'.\n", out);
}

const struct command *usage_find(const char *name)
{
    for (size_t i = 0; commands[i] != NULL; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    return NULL;
}

int usage_unknown(const char *name, struct error *err)
{
    const char *names[NAMES_MAX];
    size_t n = 0;

    for (size_t i = 0; commands[i] != NULL && n < NAMES_MAX; i++) {
        names[n++] = commands[i]->name;
    }
    for (size_t i = 0; companions[i].name != NULL && n < NAMES_MAX; i++) {
        names[n++] = companions[i].name;
    }
    const char *nearest = text_nearest(name, names, n);
    return error_set(err, EXIT_USAGE, "no command '%s'%s%s%s; see 'sdctl help'", name,
                     nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
                     nearest != NULL ? "'?" : "");
}
