#ifndef SDCTL_IMAGE_MASK_STAGE_H
#define SDCTL_IMAGE_MASK_STAGE_H

#include <stdint.h>

#include "base/error.h"
#include "image/mask.h"

/*
 * The steps of preparing a mask, as a chain that rows of 8-bit grey are pushed through. A stage
 * changes a row and passes it on; one that needs the rows around a pixel (blur, grow, fit) keeps
 * as many as it needs, passes its first row on late and the rest at the end. The order of the chain
 * is set in mask.c.
 */
struct mask_stage {
    /* Takes the next row, which it may change; calls next's row() no, one or more times. */
    int (*row)(struct mask_stage *self, uint8_t *grey, struct error *err);
    /* After the last row: passes on what was kept, then calls next's end(). */
    int (*end)(struct mask_stage *self, struct error *err);
    struct mask_stage *next; /* NULL in the last */
};

/* A value for a value: threshold, then inversion. */
struct mask_point {
    struct mask_stage stage;
    uint32_t width;
    uint8_t table[256];
};
void mask_stage_point(struct mask_point *s, uint32_t width, const struct mask_options *o);

/* Counts; changes nothing. *stats is zeroed but for the size. */
struct mask_count {
    struct mask_stage stage;
    struct mask_stats *stats;
    uint32_t y;
};
void mask_stage_count(struct mask_count *s, uint32_t width, uint32_t height,
                      struct mask_stats *stats);

/* The end of the chain: rows of an 8-bit grey PNG. The writer stays the caller's. */
struct mask_write {
    struct mask_stage stage;
    struct png_writer *writer;
};
void mask_stage_write(struct mask_write *s, struct png_writer *writer);

#endif
