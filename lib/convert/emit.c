#include "convert/emit.h"

#include <string.h>

#include "convert/layout.h"

int emit_flush(struct convert *c, struct error *err)
{
    size_t n = c->out_n;

    c->out_n = 0;
    return n == 0 ? 0 : c->sinks.write(c->sinks.ctx, c->out, n, err);
}

static int put(void *ctx, const char *bytes, size_t n, struct error *err)
{
    struct convert *c = ctx;

    if (n > CONVERT_OUT - c->out_n) {
        if (emit_flush(c, err) != 0) {
            return -1;
        }
        if (n >= CONVERT_OUT / 2) {
            return c->sinks.write(c->sinks.ctx, bytes, n, err);
        }
    }
    memcpy(c->out + c->out_n, bytes, n);
    c->out_n += n;
    return 0;
}

int emit_bytes(struct convert *c, const char *bytes, size_t n, struct error *err)
{
    return c->options.check ? 0 : put(c, bytes, n, err);
}

static int put_text(struct convert *c, const char *text, struct error *err)
{
    return put(c, text, strlen(text), err);
}

static int put_piece(struct convert *c, const struct plan_piece *piece, struct error *err)
{
    switch (piece->source) {
    case PLAN_MASK:
        return inline_mask_write(&c->mask, put, c, err);
    case PLAN_INPUT:
        if (c->window.n_cuts > 0) {
            return window_each(&c->window, (size_t)(piece->p - c->request.text), piece->n, c->room,
                               CONVERT_ROOM, put, c, err);
        }
        return put(c, piece->p, piece->n, err);
    default:
        return put(c, piece->p, piece->n, err);
    }
}

static int put_key(struct convert *c, const struct plan_item *item, const struct layout *l,
                   bool first, struct error *err)
{
    return put_text(c, first ? l->open : l->comma, err) != 0 || put(c, "\"", 1, err) != 0 ||
                   put(c, item->key, item->key_n, err) != 0 || put(c, "\"", 1, err) != 0 ||
                   put_text(c, l->colon, err) != 0
               ? -1
               : 0;
}

static int put_value(struct convert *c, const struct plan_item *item, struct error *err)
{
    for (uint32_t i = 0; i < item->count; i++) {
        if (put_piece(c, &c->plan.pieces[item->first + i], err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* advanced_params with all nested items. */
static int put_group(struct convert *c, const struct layout *outer, struct error *err)
{
    struct layout inner;
    bool first = true;

    layout_nest(&inner, outer);
    if (put(c, "{", 1, err) != 0) {
        return -1;
    }
    for (size_t i = 0; i < c->plan.n_items; i++) {
        const struct plan_item *item = &c->plan.items[i];
        if (item->nested) {
            if (put_key(c, item, &inner, first, err) != 0 || put_value(c, item, err) != 0) {
                return -1;
            }
            first = false;
        }
    }
    return put_text(c, inner.close, err) != 0 || put(c, "}", 1, err) != 0 ? -1 : 0;
}

int emit_request(struct convert *c, size_t at, size_t end, struct error *err)
{
    struct layout l;
    bool first = true;

    if (c->options.check) {
        return 0;
    }
    layout_learn(&l, &c->scan, at, end);
    if (put(c, "{", 1, err) != 0) {
        return -1;
    }
    for (size_t i = 0; i < c->plan.n_items; i++) {
        const struct plan_item *item = &c->plan.items[i];
        if (item->nested) {
            continue;
        }
        if (put_key(c, item, &l, first, err) != 0 ||
            (item->group ? put_group(c, &l, err) : put_value(c, item, err)) != 0) {
            return -1;
        }
        first = false;
    }
    if (!first && put_text(c, l.close, err) != 0) {
        return -1;
    }
    return put(c, "}", 1, err);
}
