#include "cmd/describe.h"

#include <stdio.h>
#include <string.h>

char *describe_range(char to[DESCRIBE_MAX], const struct option_row *row)
{
    bool number = row->type == OPTION_INT || row->type == OPTION_REAL || row->type == OPTION_SIZE;

    to[0] = '\0';
    if (!number || row->min >= row->max) {
        return to;
    }
    if (row->above_min) {
        snprintf(to, DESCRIBE_MAX, "more than %.15g, up to %.15g", row->min, row->max);
    } else {
        snprintf(to, DESCRIBE_MAX, "%.15g to %.16g", row->min, row->max);
    }
    return to;
}

char *describe_choices(char to[DESCRIBE_MAX], const struct option_row *row, const char *between)
{
    size_t used = 0;

    to[0] = '\0';
    if (!row->choices) {
        return to;
    }
    for (const char *const *c = row->choices; *c; c++) {
        int n = snprintf(to + used, DESCRIBE_MAX - used, "%s%s", used ? between : "", *c);
        if (n < 0 || (size_t)n >= DESCRIBE_MAX - used) {
            break;
        }
        used += (size_t)n;
    }
    return to;
}

char *describe_value(char to[DESCRIBE_MAX], const struct option_row *row)
{
    if (!row->metavar) {
        return describe_choices(to, row, "|");
    }
    snprintf(to, DESCRIBE_MAX, "%s", row->metavar);
    return to;
}

char *describe_row(char to[DESCRIBE_MAX], const struct option_row *row)
{
    char range[DESCRIBE_MAX];
    const char *repeats = row->repeats ? " (repeats)" : "";

    describe_range(range, row);
    snprintf(to, DESCRIBE_MAX, "%s%s%.60s%s%s", row->help, *range ? " (" : "", range,
             *range ? ")" : "", repeats);
    return to;
}
