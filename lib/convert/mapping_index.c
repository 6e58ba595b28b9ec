#include "convert/mapping_index.h"

#include <string.h>

static uint64_t load(const char *p, size_t n)
{
    uint64_t value = 0;

    memcpy(&value, p, n);
    return value;
}

/* Mixes length, head and tail: enough to keep a few dozen known names apart. */
static size_t slot_of(const char *p, size_t n)
{
    uint64_t head, tail;

    if (n >= 8) {
        head = load(p, 8);
        tail = load(p + n - 8, 8);
    } else if (n >= 4) {
        head = load(p, 4);
        tail = load(p + n - 4, 4);
    } else {
        head = n == 0 ? 0 : (unsigned char)p[0];
        tail = n == 0 ? 0 : (unsigned char)p[n - 1];
    }
    uint64_t h = (head ^ n) * 0x9e3779b97f4a7c15U;
    h = (h ^ h >> 29 ^ tail) * 0xbf58476d1ce4e5b9U;
    return (size_t)(h >> 55);
}

int mapping_index_find(const struct mapping_index *ix, const char *name, size_t n)
{
    for (size_t slot = slot_of(name, n); ix->slots[slot] != 0; slot = (slot + 1) % MAPPING_SLOTS) {
        const struct mapping_name *at = &ix->names[ix->slots[slot] - 1];
        if (at->n == n && memcmp(at->name, name, n) == 0) {
            return ix->slots[slot] - 1;
        }
    }
    return -1;
}

static struct mapping_name *add_name(struct mapping_index *ix, const char *name)
{
    size_t n = strlen(name);
    int found = mapping_index_find(ix, name, n);

    if (found >= 0) {
        return &ix->names[found];
    }
    size_t slot = slot_of(name, n);
    while (ix->slots[slot] != 0) {
        slot = (slot + 1) % MAPPING_SLOTS;
    }
    struct mapping_name *at = &ix->names[ix->n++];
    *at = (struct mapping_name){.name = name, .n = n, .top = -1, .advanced = -1, .fresh = -1};
    ix->slots[slot] = (uint8_t)ix->n;
    return at;
}

static void set_first(int16_t *place, int16_t row)
{
    if (*place < 0) {
        *place = row;
    }
}

void mapping_index_init(struct mapping_index *ix)
{
    *ix = (struct mapping_index){.n = 0};
    for (int16_t i = 0; mapping_rows[i].old_name != NULL || mapping_rows[i].new_name != NULL; i++) {
        const struct mapping_row *row = &mapping_rows[i];
        ix->old_id[i] = ix->new_id[i] = -1;
        if (row->old_name != NULL) {
            struct mapping_name *name = add_name(ix, row->old_name);
            set_first(row->advanced ? &name->advanced : &name->top, i);
            ix->old_id[i] = (int16_t)(name - ix->names);
        }
        if (row->new_name != NULL) {
            struct mapping_name *name = add_name(ix, row->new_name);
            set_first(&name->fresh, i);
            ix->new_id[i] = (int16_t)(name - ix->names);
        }
    }
}
