#ifndef SDCTL_CONVERT_MAPPING_INDEX_H
#define SDCTL_CONVERT_MAPPING_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "convert/mapping.h"

/* Finding the rows of a name, for every key of every request. */

#define MAPPING_NAMES_MAX 128
#define MAPPING_SLOTS 512

/* One distinct name and the rows that it stands in; -1 for none. */
struct mapping_name {
    const char *name;
    size_t n;
    int16_t top;      /* as an old name of the request itself */
    int16_t advanced; /* as an old name inside advanced_params */
    int16_t fresh;    /* as a new name: the first such row */
};

struct mapping_index {
    struct mapping_name names[MAPPING_NAMES_MAX];
    size_t n;
    uint8_t slots[MAPPING_SLOTS];      /* place in names plus 1; 0 is empty */
    int16_t old_id[MAPPING_NAMES_MAX]; /* of each row, the place of its old name in names, or -1 */
    int16_t new_id[MAPPING_NAMES_MAX];
};

/* Fills the index. Once is enough for a program. */
void mapping_index_init(struct mapping_index *ix);

/* The place of n bytes (escapes undone) in ix->names, or -1. */
int mapping_index_find(const struct mapping_index *ix, const char *name, size_t n);

#endif
