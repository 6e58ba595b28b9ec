#ifndef SDCTL_CMD_BATCH_SOURCE_H
#define SDCTL_CMD_BATCH_SOURCE_H

#include <dirent.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * Where the jobs of a batch come from, read as it goes: a manifest of JSON Lines, or a folder of
 * pictures, for inpaint with masks that are paired by name: NAME-mask.png, NAME_mask.png,
 * NAME.mask.png beside NAME.*, or masks/NAME.png in the folder.
 */
struct batch_source {
    int fd;             /* of a manifest, or -1 */
    DIR *folder;        /* else */
    const char *path;   /* as it was named; borrowed */
    bool masks;         /* each picture needs its mask */
    bool broken;        /* it cannot be read on */
    size_t number;      /* of the job that came last, from 1 */
    size_t part, parts; /* --shard; 1, 1 for all */
    struct buf line;    /* as far as it has come */
    char *chunk;        /* what has been read */
    size_t at, len;     /* of it */
    bool waits;         /* it may have nothing yet, though it has not ended: a pipe */
};

/* Opens it; `shard` is "I/N" or NULL. EXIT_USAGE, EXIT_INPUT. */
int batch_source_open(struct batch_source *s, const char *path, const char *shard, bool masks,
                      struct error *err);

/* The next job of this part: a new object, number in s->number. 1 at the end; 2 when a pipe has
 * none yet; -1 for a line that is no job (EXIT_INPUT): the next call goes on behind it. */
int batch_source_next(struct batch_source *s, json_t **job, struct error *err);

/* Whether a file at this path would be in the batch's own folder, and so a job of the next run. */
bool batch_source_holds(const struct batch_source *s, const char *path);

void batch_source_close(struct batch_source *s);

#endif
