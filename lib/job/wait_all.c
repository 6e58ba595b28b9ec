#include "job/wait.h"

#define AT_ONCE 8 /* calls, of all waits that share a loop */

/* Whether it has a connection in use. */
static bool is_busy(const struct wait *w)
{
    return w->exchange.call != NULL || w->download.call != NULL;
}

/* One step of those that are not done, at most AT_ONCE of them with a call: each takes a buffer and
 * a connection. The turn goes on behind the last one that began a call, so that none is passed over
 * for ever. Milliseconds until the next step. */
static int64_t step_all(struct wait *const *waits, size_t n, size_t *turn, size_t *left,
                        void (*ended)(void *ctx, struct wait *w), void *ctx)
{
    int64_t due = 1000;
    size_t busy = 0, first = *turn;

    for (size_t i = 0; i < n; i++) {
        busy += is_busy(waits[i]);
    }
    for (size_t k = 0; k < n; k++) {
        struct wait *w = waits[(first + k) % n];
        bool was_busy = is_busy(w), over = patience_is_over(w->patience);
        if (w->done || (!over && !was_busy && busy >= AT_ONCE)) {
            continue;
        }
        (over ? wait_stop : wait_step)(w);
        if (!was_busy && is_busy(w)) {
            *turn = (first + k + 1) % n;
        }
        busy = busy - was_busy + is_busy(w);
        if (w->done) {
            ended(ctx, w);
            --*left;
        } else if (wait_due(w) < due) {
            due = wait_due(w);
        }
    }
    return due;
}

void wait_all(struct wait *const *waits, size_t n, void (*ended)(void *ctx, struct wait *w),
              void *ctx)
{
    size_t left = n, turn = 0;

    for (size_t i = 0; i < n; i++) {
        if (waits[i]->done) {
            ended(ctx, waits[i]);
            left--;
        }
    }
    while (left > 0) {
        int64_t due = step_all(waits, n, &turn, &left, ended, ctx);
        if (left > 0) {
            net_step(waits[0]->net, due);
        }
    }
}
