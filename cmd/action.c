#include "cmd/action.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

#define NAMES_MAX 256

int action_choose(const char *const *actions, const char *operand, size_t *which, struct error *err)
{
    struct buf all;

    for (*which = 0; actions[*which] != NULL; ++*which) {
        if (strcmp(actions[*which], operand) == 0) {
            return 0;
        }
    }
    buf_init(&all, NAMES_MAX);
    for (size_t i = 0; i < *which; i++) {
        buf_addf(&all, "%s%s", i > 0 ? ", " : "", actions[i]);
    }
    const char *nearest = text_nearest(operand, actions, *which);
    error_set(err, EXIT_USAGE, "no action '%s'%s%s%s: %s", operand,
              nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
              nearest != NULL ? "'?" : "", buf_str(&all));
    buf_release(&all);
    return -1;
}
