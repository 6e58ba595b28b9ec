#include <stddef.h>

#include "cmd/commands.h"
#include "cmd/generation.h"

static const struct option_use uses[] = {
    {.group = &generation_group, .base = offsetof(struct generation, image)},
    {.group = &output_group, .base = offsetof(struct generation, output)},
    {.group = &batch_group, .base = offsetof(struct generation, batch)},
    {.group = &task_group, .base = offsetof(struct generation, task)},
    {.group = &remote_group, .base = offsetof(struct generation, remote)},
    {.group = &request_group, .base = offsetof(struct generation, remote)},
    {.group = NULL},
};

static int run(const struct command *self, int argc, char **argv)
{
    return generation_run(self, OPERATION_IMG2IMG, argc, argv);
}

const struct command img2img_command = {
    .name = "img2img",
    .summary = "repaint an image from a prompt",
    .operands = "",
    .uses = uses,
    .settings_size = sizeof(struct generation),
    .run = run,
};
