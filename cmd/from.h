#ifndef SDCTL_CMD_FROM_H
#define SDCTL_CMD_FROM_H

#include <jansson.h>

#include "base/clock.h"
#include "base/error.h"

/* What --from takes over from an earlier result. */
struct from {
    json_t *neutral; /* parameters by neutral name; owned */
    char *image;     /* path of its picture, or NULL; owned */
};

/*
 * Reads a result document (its params; the caption as the prompt; its first picture and that one's
 * seed), or a picture with infotext (A24; the picture itself is the image). EXIT_INPUT.
 */
int from_read(struct from *from, const char *path, const struct deadline *deadline,
              struct error *err);

void from_release(struct from *from);

#endif
