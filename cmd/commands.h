#ifndef SDCTL_CMD_COMMANDS_H
#define SDCTL_CMD_COMMANDS_H

#include "cmd/options.h"

/* Every built-in command, in the order in which help lists them; ends with NULL. */
extern const struct command *const commands[];

/* Their names in the same order, NULL-terminated: what the operand of help may be. */
extern const char *const command_names[];

extern const struct command img2img_command;
extern const struct command inpaint_command;
extern const struct command mask_invert_command;
extern const struct command interrogate_command;
extern const struct command tasks_command;
extern const struct command convert_params_command;
extern const struct command endpoint_command;
extern const struct command help_command;
extern const struct command version_command;

/* A program sdctl-NAME that comes with sdctl and is run as `sdctl NAME`. */
struct companion {
    const char *name;
    const char *summary; /* one line, lower case, no full stop */
};

/* Every such program; ends with name == NULL. */
extern const struct companion companions[];

#endif
