#ifndef SDCTL_IMAGE_ROW_FILTER_H
#define SDCTL_IMAGE_ROW_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The filters of PNG (specification, clause 9). Internal to png_write.c. `pixel` is
 * bytes a pixel, 1 .. 8, and n bytes in a row. Around every row and place to write to there is
 * ROW_FILTER_ROOM: before the rows are zeros, after n anything stands and may be overwritten.
 */
#define ROW_FILTER_ROOM 32

enum row_filter {
    ROW_FILTER_NONE,
    ROW_FILTER_SUB,
    ROW_FILTER_UP,
    ROW_FILTER_AVERAGE,
    ROW_FILTER_PAETH,
};

/* Filters row into to; none of the three overlap. */
void row_filter_apply(enum row_filter filter, uint8_t *to, const uint8_t *row, const uint8_t *above,
                      size_t n, size_t pixel);

/*
 * Which filter to take. For a row of runs it is None or Up, by how many bytes differ from the pixel
 * before; for a row without (`photo` allows it, made for samples of 8 and 16 bits) it is the one
 * with the smallest sum of differences, for which `scratch` has the room of a row.
 */
enum row_filter row_filter_choose(const uint8_t *row, const uint8_t *above, size_t n, size_t pixel,
                                  bool photo, uint8_t *scratch);

#endif
