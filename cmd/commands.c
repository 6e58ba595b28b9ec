#include "cmd/commands.h"

const struct command *const commands[] = {
    &img2img_command,     &inpaint_command,
    &mask_invert_command, &interrogate_command,
    &tasks_command,       &convert_params_command,
    &endpoint_command,    &help_command,
    &version_command,     NULL,
};

const char *const command_names[] = {
    "img2img",        "inpaint",  "mask-invert", "interrogate", "tasks",
    "convert-params", "endpoint", "help",        "version",     NULL,
};

const struct companion companions[] = {
    {.name = "sandbox", .summary = "serve an offline stand-in of a service on this machine"},
    {.name = NULL},
};
