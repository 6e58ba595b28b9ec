#include "convert/plan.h"

#include <stdlib.h>
#include <string.h>

void plan_init(struct plan *p)
{
    *p = (struct plan){.n_items = 0};
}

void plan_clear(struct plan *p)
{
    p->n_items = p->n_pieces = 0;
    p->grouped = false;
}

void plan_release(struct plan *p)
{
    if (p != NULL) {
        free(p->items);
        free(p->pieces);
        plan_init(p);
    }
}

/* Doubles an array that is full; false without memory. */
static bool grow(void **v, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) {
        return true;
    }
    size_t more = *cap == 0 ? 64 : 2 * *cap;
    void *grown = realloc(*v, more * size);
    if (grown == NULL) {
        return false;
    }
    *v = grown;
    *cap = more;
    return true;
}

static struct plan_item *add_item(struct plan *p)
{
    void *items = p->items;

    if (!grow(&items, p->n_items, &p->items_cap, sizeof *p->items)) {
        p->failed = true;
        return NULL;
    }
    p->items = items;
    p->items[p->n_items] = (struct plan_item){.first = (uint32_t)p->n_pieces};
    return &p->items[p->n_items++];
}

void plan_item(struct plan *p, const char *key, size_t n, bool nested)
{
    if (nested) {
        plan_group(p);
    }
    struct plan_item *item = add_item(p);
    if (item != NULL) {
        item->key = key;
        item->key_n = (uint32_t)n;
        item->nested = nested;
    }
}

void plan_group(struct plan *p)
{
    if (p->grouped) {
        return;
    }
    struct plan_item *item = add_item(p);
    if (item != NULL) {
        item->key = "advanced_params";
        item->key_n = sizeof "advanced_params" - 1;
        item->group = true;
    }
    p->grouped = true;
}

static void add_piece(struct plan *p, struct plan_piece piece)
{
    void *pieces = p->pieces;

    if (p->failed || !grow(&pieces, p->n_pieces, &p->pieces_cap, sizeof *p->pieces)) {
        p->failed = true;
        return;
    }
    p->pieces = pieces;
    p->pieces[p->n_pieces++] = piece;
    p->items[p->n_items - 1].count++;
}

void plan_input(struct plan *p, const char *text, size_t n)
{
    if (n > 0) {
        add_piece(p, (struct plan_piece){.source = PLAN_INPUT, .p = text, .n = n});
    }
}

void plan_fixed(struct plan *p, const char *text)
{
    add_piece(p, (struct plan_piece){.source = PLAN_FIXED, .p = text, .n = strlen(text)});
}

void plan_mask(struct plan *p)
{
    add_piece(p, (struct plan_piece){.source = PLAN_MASK});
}
