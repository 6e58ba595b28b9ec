#include "image/row_filter.h"

#include <string.h>

#define LANES 16

typedef uint8_t bytes16 __attribute__((vector_size(LANES)));
typedef int8_t signs16 __attribute__((vector_size(LANES)));
typedef uint16_t words8 __attribute__((vector_size(LANES)));
typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef int16_t shorts8 __attribute__((vector_size(LANES)));

static inline bytes16 load(const uint8_t *from)
{
    bytes16 v;

    memcpy(&v, from, sizeof v);
    return v;
}

static inline shorts8 load_wide(const uint8_t *from)
{
    bytes8 v;

    memcpy(&v, from, sizeof v);
    return __builtin_convertvector(v, shorts8);
}

static inline void store(uint8_t *to, bytes16 v)
{
    memcpy(to, &v, sizeof v);
}

static void apply_sub(uint8_t *to, const uint8_t *row, size_t n, size_t pixel)
{
    for (size_t i = 0; i < n; i += LANES) {
        store(to + i, load(row + i) - load(row + i - pixel));
    }
}

static void apply_up(uint8_t *to, const uint8_t *row, const uint8_t *above, size_t n)
{
    for (size_t i = 0; i < n; i += LANES) {
        store(to + i, load(row + i) - load(above + i));
    }
}

static void apply_average(uint8_t *to, const uint8_t *row, const uint8_t *above, size_t n,
                          size_t pixel)
{
    for (size_t i = 0; i < n; i += LANES) {
        bytes16 left = load(row + i - pixel), up = load(above + i);
        store(to + i, load(row + i) - ((left & up) + ((left ^ up) >> 1)));
    }
}

static inline shorts8 magnitude(shorts8 v)
{
    shorts8 sign = v >> 15;

    return (v ^ sign) - sign;
}

static void apply_paeth(uint8_t *to, const uint8_t *row, const uint8_t *above, size_t n,
                        size_t pixel)
{
    for (size_t i = 0; i < n; i += 8) {
        shorts8 left = load_wide(row + i - pixel), up = load_wide(above + i);
        shorts8 corner = load_wide(above + i - pixel);
        shorts8 to_left = magnitude(up - corner), to_up = magnitude(left - corner);
        shorts8 to_corner = magnitude(left + up - corner - corner);
        shorts8 not_left = (to_left > to_up) | (to_left > to_corner);
        shorts8 not_up = to_up > to_corner;
        shorts8 other = (not_up & corner) | (~not_up & up);
        shorts8 filtered = load_wide(row + i) - ((not_left & other) | (~not_left & left));
        bytes8 narrow = __builtin_convertvector(filtered, bytes8);
        memcpy(to + i, &narrow, sizeof narrow);
    }
}

void row_filter_apply(enum row_filter filter, uint8_t *to, const uint8_t *row, const uint8_t *above,
                      size_t n, size_t pixel)
{
    switch (filter) {
    case ROW_FILTER_NONE:
        memcpy(to, row, n);
        return;
    case ROW_FILTER_SUB:
        apply_sub(to, row, n, pixel);
        return;
    case ROW_FILTER_UP:
        apply_up(to, row, above, n);
        return;
    case ROW_FILTER_AVERAGE:
        apply_average(to, row, above, n, pixel);
        return;
    case ROW_FILTER_PAETH:
        apply_paeth(to, row, above, n, pixel);
        return;
    }
}

static size_t sum_lanes(bytes16 v)
{
    size_t sum = 0;

    for (size_t k = 0; k < LANES; k++) {
        sum += v[k];
    }
    return sum;
}

/* How many bytes differ from the pixel before, as they are and with Up; what stands after the row
 * counts along. */
static void count_changes(const uint8_t *row, const uint8_t *above, size_t n, size_t pixel,
                          size_t *none, size_t *up)
{
    *none = *up = 0;
    for (size_t i = 0, end; i < n; i = end) {
        bytes16 in_row = {0}, in_up = {0};
        end = n - i < 255 * LANES ? n : i + 255 * LANES;
        for (size_t k = i; k < end; k += LANES) {
            bytes16 here = load(row + k), before = load(row + k - pixel);
            bytes16 up_here = here - load(above + k), up_before = before - load(above + k - pixel);
            in_row -= (bytes16)(here != before);
            in_up -= (bytes16)(up_here != up_before);
        }
        *none += sum_lanes(in_row);
        *up += sum_lanes(in_up);
    }
}

/* Of the filtered bytes as signed numbers, roughly: -1 counts as 0. */
static size_t sum_magnitudes(const uint8_t *filtered, size_t n)
{
    size_t sum = 0;

    for (size_t i = 0, end; i < n; i = end) {
        words8 sums = {0};
        end = n - i < 256 * LANES ? n : i + 256 * LANES;
        for (size_t k = i; k < end; k += LANES) {
            bytes16 v = load(filtered + k);
            words8 pairs = (words8)(v ^ (bytes16)((signs16)v < 0));
            sums += (pairs & 255) + (pairs >> 8);
        }
        for (size_t k = 0; k < LANES / 2; k++) {
            sum += sums[k];
        }
    }
    return sum;
}

enum row_filter row_filter_choose(const uint8_t *row, const uint8_t *above, size_t n, size_t pixel,
                                  bool photo, uint8_t *scratch)
{
    enum row_filter best = ROW_FILTER_UP;
    size_t none, up, least = SIZE_MAX;

    if (memcmp(row, above, n) == 0) {
        return ROW_FILTER_UP;
    }
    count_changes(row, above, n, pixel, &none, &up);
    if (!photo || none < n / 2 || up < n / 2) {
        return none < up / 4 * 3 ? ROW_FILTER_NONE : ROW_FILTER_UP;
    }
    for (enum row_filter f = ROW_FILTER_SUB; f <= ROW_FILTER_PAETH; f++) {
        row_filter_apply(f, scratch, row, above, n, pixel);
        size_t sum = sum_magnitudes(scratch, n);
        if (sum < least) {
            least = sum;
            best = f;
        }
    }
    return best;
}
