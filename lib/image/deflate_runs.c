#include "image/deflate_runs.h"

#include <stdlib.h>
#include <string.h>

#include "base/adler32.h"
#include "image/deflate_block.h"

#define HISTORY 32768 /* the farthest that a match reaches back */
#define CHUNK 65536   /* bytes collected before they are looked through */
#define LENGTH_MIN 3
#define LENGTH_MAX 258
#define HASHED 8 /* bytes that a match begins with; fewer are not worth a distance */
#define HASH_BITS 13
#define TRIES 16      /* earlier places that are compared */
#define GAIN_MIN 6    /* bits that a match has to save: its distance makes others' codes longer */
#define PATIENCE 64   /* places without a match, after which fewer are tried */
#define TOKENS_ROOM 8 /* that one step may add */

struct deflate_runs {
    size_t pixel;
    uint32_t adler;
    uint32_t base;                  /* place in the stream of window[0] */
    size_t done, end;               /* in window: up to where it is in tokens, and filled */
    size_t block;                   /* where the open block begins */
    bool block_left;                /* it began before the window */
    size_t quiet;                   /* in window: up to where no match is looked for */
    unsigned missed;                /* places in turn without a match */
    uint32_t heads[1 << HASH_BITS]; /* the last place of a hash, and of each place the one before */
    uint32_t earlier[HISTORY];
    struct deflate_prices prices;
    struct deflate_block tokens;
    struct deflate_out out;
    uint8_t window[HISTORY + CHUNK];
};

static inline uint64_t load8(const uint8_t *from)
{
    uint64_t v;

    memcpy(&v, from, sizeof v);
    return v;
}

static inline size_t first_difference(uint64_t difference)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (size_t)__builtin_ctzll(difference) / 8;
#else
    return (size_t)__builtin_clzll(difference) / 8;
#endif
}

/* How many bytes are equal, at most n. */
static inline size_t equal_bytes(const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t i = 0;

    for (; i + 8 <= n; i += 8) {
        uint64_t difference = load8(a + i) ^ load8(b + i);
        if (difference != 0) {
            return i + first_difference(difference);
        }
    }
    while (i < n && a[i] == b[i]) {
        i++;
    }
    return i;
}

static inline unsigned hash(const uint8_t *from)
{
    return (unsigned)(load8(from) * 0x9e3779b185ebca87 >> (64 - HASH_BITS));
}

static inline void remember(struct deflate_runs *d, size_t at)
{
    uint32_t place = d->base + (uint32_t)at, *head = &d->heads[hash(d->window + at)];

    d->earlier[place % HISTORY] = *head;
    *head = place;
}

static unsigned length_price(const struct deflate_runs *d, size_t length)
{
    return d->prices.literals[257 + deflate_length_symbol((unsigned)length)];
}

static unsigned distance_price(const struct deflate_runs *d, size_t distance)
{
    return d->prices.distances[deflate_distance_symbol((unsigned)distance)];
}

/* Bits for n bytes, at most LENGTH_MAX, in runs and literals. */
static unsigned runs_price(const struct deflate_runs *d, size_t at, size_t n)
{
    const uint8_t *p = d->window + at;
    unsigned price = 0, distance = distance_price(d, d->pixel);

    for (size_t i = 0; i < n;) {
        size_t run = equal_bytes(p + i, p + i - d->pixel, n - i);
        if (run >= LENGTH_MIN) {
            price += length_price(d, run) + distance;
            i += run;
        } else {
            price += d->prices.literals[p[i++]];
        }
    }
    return price;
}

/* The longest match of more than `least` bytes, the nearest of these; 0 when there is none that is
 * worth it. Then within its first half there is hardly one either. */
static size_t find(struct deflate_runs *d, size_t at, size_t least, size_t *distance)
{
    const uint8_t *here = d->window + at;
    size_t most = d->end - at < LENGTH_MAX ? d->end - at : LENGTH_MAX, best = least, last = 0;
    uint32_t place = d->base + (uint32_t)at, candidate = d->heads[hash(here)];

    if (least >= most) {
        return 0;
    }
    for (unsigned i = 0; i < TRIES; i++) {
        size_t back = place - candidate;
        if (back <= last || back > HISTORY || back > at) {
            break;
        }
        last = back;
        if (here[best] == *(here + best - back) && load8(here) == load8(here - back)) {
            size_t n = equal_bytes(here, here - back, most);
            if (n > best) {
                best = n;
                *distance = back;
            }
            if (n == most) {
                break;
            }
        }
        candidate = d->earlier[candidate % HISTORY];
    }
    if (best == least) {
        return 0;
    }
    unsigned price = length_price(d, best) + distance_price(d, *distance);
    if (runs_price(d, at, best) <= price + GAIN_MIN) {
        d->quiet = at + best / 2;
        return 0;
    }
    return best;
}

static int flush_block(struct deflate_runs *d, bool last, struct error *err)
{
    int result =
        deflate_block_write(&d->tokens, &d->out, d->block_left ? NULL : d->window + d->block,
                            d->block_left ? 0 : d->done - d->block, last, &d->prices, err);

    d->block = d->done;
    d->block_left = false;
    return result;
}

/* What is short of a minimal match at the end of a run stays for literals. */
static int put_run(struct deflate_runs *d, size_t n, struct error *err)
{
    while (n >= LENGTH_MIN) {
        size_t part = n < LENGTH_MAX ? n : LENGTH_MAX;
        if (n > part && n - part < LENGTH_MIN) {
            part = n - LENGTH_MIN;
        }
        deflate_match(&d->tokens, (unsigned)part, (unsigned)d->pixel);
        d->done += part;
        n -= part;
        if (d->tokens.n > DEFLATE_TOKENS - TOKENS_ROOM && flush_block(d, false, err)) {
            return -1;
        }
    }
    return 0;
}

/* A match that also holds for all of the run before it replaces that too. */
static void put_match(struct deflate_runs *d, size_t n, size_t distance)
{
    uint32_t before = d->tokens.n > 0 ? d->tokens.tokens[d->tokens.n - 1] : 0;
    size_t at = d->done, run = before & 511;

    d->done += n;
    if (before >> 9 == d->pixel && run + n <= LENGTH_MAX && run + distance <= at &&
        equal_bytes(d->window + at - run, d->window + at - run - distance, run) == run) {
        deflate_unmatch(&d->tokens, (unsigned)run, (unsigned)d->pixel);
        n += run;
    }
    deflate_match(&d->tokens, (unsigned)n, (unsigned)distance);
    for (at++; at < d->done && at + HASHED <= d->end;) {
        size_t same = equal_bytes(d->window + at, d->window + at - d->pixel, d->done - at);
        if (same >= 4) {
            at += same;
        } else {
            remember(d, at++);
        }
    }
}

static void put_literals(struct deflate_runs *d, size_t n)
{
    for (; n > 0 && d->done < d->end; n--) {
        deflate_literal(&d->tokens, d->window[d->done++]);
    }
}

static int step(struct deflate_runs *d, struct error *err)
{
    size_t left = d->end - d->done, run = 0, match = 0, distance = 0;
    const uint8_t *here = d->window + d->done;

    if (d->done >= d->pixel) {
        run = equal_bytes(here, here - d->pixel, left);
    }
    if (run < LENGTH_MAX && left >= HASHED && d->done > d->pixel) {
        if (d->done >= d->quiet) {
            match = find(d, d->done, run > LENGTH_MIN ? run : LENGTH_MIN, &distance);
        }
        remember(d, d->done);
    }
    d->missed = run >= LENGTH_MIN || match > 0 ? 0 : d->missed + 1;
    if (match > 0) {
        put_match(d, match, distance);
    } else if (run >= LENGTH_MIN) {
        return put_run(d, run, err);
    } else {
        size_t n = 1 + d->missed / PATIENCE;
        put_literals(d, n < TOKENS_ROOM ? n : TOKENS_ROOM);
    }
    return 0;
}

/* Turns what the window has into tokens; *added is how many of them are in the open block. */
static int look_through(struct deflate_runs *d, size_t *added, struct error *err)
{
    size_t before = d->tokens.n;

    while (d->done < d->end) {
        if (step(d, err)) {
            return -1;
        }
        if (d->tokens.n > DEFLATE_TOKENS - TOKENS_ROOM) {
            if (flush_block(d, false, err)) {
                return -1;
            }
            before = 0;
        }
    }
    *added = d->tokens.n - (before < d->tokens.n ? before : d->tokens.n);
    return 0;
}

static void slide(struct deflate_runs *d)
{
    size_t gone = d->end - HISTORY;

    memmove(d->window, d->window + gone, HISTORY);
    d->base += (uint32_t)gone;
    d->done -= gone;
    d->quiet -= d->quiet < gone ? d->quiet : gone;
    d->end -= gone;
    d->block_left = d->tokens.n > 0 && (d->block_left || d->block < gone);
    d->block = d->tokens.n == 0 ? d->done : d->block_left ? 0 : d->block - gone;
}

/* What symbols of a small mask cost, about. */
static void start_prices(struct deflate_runs *d)
{
    memset(d->prices.literals, 5, 256);
    for (unsigned length = LENGTH_MIN; length <= LENGTH_MAX; length++) {
        unsigned symbol = deflate_length_symbol(length);
        unsigned extra = symbol < 8 || symbol == 28 ? 0 : symbol / 4 - 1;
        d->prices.literals[257 + symbol] = (uint8_t)(7 + extra);
    }
    memset(d->prices.distances, 12, sizeof d->prices.distances);
    d->prices.distances[deflate_distance_symbol((unsigned)d->pixel)] = 1;
}

int deflate_runs_open(struct deflate_runs **out, size_t pixel, struct png_sink sink,
                      struct error *err)
{
    struct deflate_runs *d = calloc(1, sizeof *d);

    *out = d;
    if (d == NULL) {
        return error_memory(err, "compressing");
    }
    /* Memory that is read before it is written costs a page fault for each. */
    memset(d->heads, 0, sizeof d->heads);
    d->pixel = pixel;
    d->adler = 1;
    d->base = HISTORY + 1; /* so that no place is within reach of an empty head */
    d->out.sink = sink;
    start_prices(d);
    return deflate_out_bits(&d->out, 0x0178, 16, err); /* deflate, 32 KiB window, fastest */
}

int deflate_runs_write(struct deflate_runs *d, const void *bytes, size_t n, struct error *err)
{
    const uint8_t *from = bytes;

    d->adler = adler32_update(d->adler, bytes, n);
    while (n > 0) {
        size_t room = sizeof d->window - d->end, part = n < room ? n : room;

        memcpy(d->window + d->end, from, part);
        d->end += part;
        from += part;
        n -= part;
        if (d->end == sizeof d->window) {
            size_t chunk = d->end - d->done, added;
            /* A block that hardly compresses ends while its bytes are at hand. */
            if (look_through(d, &added, err) || (added > chunk / 4 && flush_block(d, false, err))) {
                return -1;
            }
            slide(d);
        }
    }
    return 0;
}

int deflate_runs_finish(struct deflate_runs *d, struct error *err)
{
    uint32_t adler = __builtin_bswap32(d->adler);
    size_t added;

    if (look_through(d, &added, err) || flush_block(d, true, err) ||
        deflate_out_align(&d->out, err) || deflate_out_bits(&d->out, adler, 32, err)) {
        return -1;
    }
    return deflate_out_flush(&d->out, err);
}

void deflate_runs_free(struct deflate_runs *d)
{
    free(d);
}
