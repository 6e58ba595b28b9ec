#include "image/deflate_code.h"

#include <stdlib.h>
#include <string.h>

struct leaf {
    uint32_t count;
    uint16_t symbol;
};

static int compare_leaves(const void *a, const void *b)
{
    const struct leaf *x = a, *y = b;

    if (x->count != y->count) {
        return x->count < y->count ? -1 : 1;
    }
    return (int)x->symbol - (int)y->symbol;
}

/* A. Moffat, J. Katajainen, "In-Place Calculation of Minimum-Redundancy Codes" (1995): turns n >= 2
 * ascending counts into code lengths, longest first. */
static void minimum_redundancy(uint32_t *a, unsigned n)
{
    unsigned root = 0, leaf = 0, depth = 0, open = 1, inner = 0;

    for (unsigned next = 0; next < n - 1; next++) {
        uint32_t sum = 0;
        for (int side = 0; side < 2; side++) {
            if (leaf >= n || (root < next && a[root] < a[leaf])) {
                sum += a[root];
                a[root++] = next;
            } else {
                sum += a[leaf++];
            }
        }
        a[next] = sum;
    }
    a[n - 2] = 0;
    for (unsigned next = n - 2; next-- > 0;) {
        a[next] = a[a[next]] + 1;
    }
    root = n - 1;
    for (unsigned next = n; open > 0; open = 2 * inner, inner = 0, depth++) {
        while (root > 0 && a[root - 1] == depth) {
            inner++;
            root--;
        }
        for (; open > inner; open--) {
            a[--next] = depth;
        }
    }
}

/* How many codes have each length, none over `limit`; the sum of 2^-length stays 1. */
static void limit_lengths(const uint32_t *lengths, unsigned n, unsigned limit, unsigned *count)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < n; i++) {
        count[lengths[i] < limit ? lengths[i] : limit]++;
    }
    for (unsigned bits = 1; bits <= limit; bits++) {
        sum += count[bits] << (limit - bits);
    }
    for (; sum > 1u << limit; sum--) {
        unsigned bits = limit - 1;
        while (count[bits] == 0) {
            bits--;
        }
        count[limit]--;
        count[bits]--;
        count[bits + 1] += 2;
    }
}

void deflate_code_lengths(const uint32_t *counts, unsigned n, unsigned limit, uint8_t *bits)
{
    struct leaf leaves[DEFLATE_CODE_MAX];
    uint32_t a[DEFLATE_CODE_MAX];
    unsigned of_length[16] = {0}, used = 0, i = 0;

    memset(bits, 0, n);
    for (unsigned s = 0; s < n; s++) {
        if (counts[s] > 0) {
            leaves[used++] = (struct leaf){.count = counts[s], .symbol = (uint16_t)s};
        }
    }
    if (used < 2) {
        /* A code of one symbol is one bit long; an alphabet that is not used has one too. */
        bits[used == 1 ? leaves[0].symbol : 0] = 1;
        return;
    }
    qsort(leaves, used, sizeof leaves[0], compare_leaves);
    for (unsigned k = 0; k < used; k++) {
        a[k] = leaves[k].count;
    }
    minimum_redundancy(a, used);
    limit_lengths(a, used, limit, of_length);
    for (unsigned length = limit; length > 0; length--) {
        for (unsigned k = 0; k < of_length[length]; k++) {
            bits[leaves[i++].symbol] = (uint8_t)length;
        }
    }
}

void deflate_code_assign(const uint8_t *bits, unsigned n, uint16_t *codes)
{
    unsigned of_length[16] = {0}, next[16] = {0};

    for (unsigned s = 0; s < n; s++) {
        of_length[bits[s]]++;
    }
    of_length[0] = 0;
    for (unsigned length = 1; length < 16; length++) {
        next[length] = (next[length - 1] + of_length[length - 1]) << 1;
    }
    for (unsigned s = 0; s < n; s++) {
        unsigned code = bits[s] > 0 ? next[bits[s]]++ : 0, turned = 0;
        for (unsigned i = 0; i < bits[s]; i++, code >>= 1) {
            turned = turned << 1 | (code & 1);
        }
        codes[s] = (uint16_t)turned;
    }
}
