#ifndef SDCTL_CONVERT_PLAN_H
#define SDCTL_CONVERT_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What the converted request will be: its members in order, each a key and a value put together of
 * pieces: text of the input, text of ours, the inverted mask. Nothing is copied, and nothing is
 * written before the whole request is known to be convertible.
 */

enum plan_source {
    PLAN_INPUT, /* text of the request, with what was cut out of it */
    PLAN_FIXED, /* a constant */
    PLAN_MASK,  /* base64 of the inverted mask */
};

struct plan_piece {
    enum plan_source source;
    const char *p; /* NULL for PLAN_MASK */
    size_t n;
};

struct plan_item {
    const char *key; /* as it will be spelt, without quotes; borrowed */
    uint32_t key_n;
    bool nested; /* a member of advanced_params */
    bool group;  /* advanced_params itself: the nested items stand here */
    uint32_t first, count;
};

struct plan {
    struct plan_item *items;
    size_t n_items, items_cap;
    struct plan_piece *pieces;
    size_t n_pieces, pieces_cap;
    bool grouped; /* has a group item */
    bool failed;  /* memory ran out */
};

void plan_init(struct plan *p);

/* Forgets the request before; keeps the memory. */
void plan_clear(struct plan *p);

/* The next member. Its pieces are what is added until the next one. */
void plan_item(struct plan *p, const char *key, size_t n, bool nested);

/* The place of advanced_params, if it has none yet. */
void plan_group(struct plan *p);

/* Pieces of the last item. */
void plan_input(struct plan *p, const char *text, size_t n);
void plan_fixed(struct plan *p, const char *text);
void plan_mask(struct plan *p);

/* Frees everything. NULL-safe. */
void plan_release(struct plan *p);

#endif
