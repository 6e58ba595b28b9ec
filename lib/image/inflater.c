#include "image/inflater.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/adler32.h"
#include "image/inflate_code.h"
#include "image/inflate_input.h"

#define HISTORY 32768
#define CHUNK 65536 /* bytes that are made at once */
#define MATCH_MAX 258
#define COPY_ROOM 32 /* that copying a match may write behind it */

enum state { BLOCK_START, STORED, CODED, ENDED };

struct inflater {
    enum state state;
    bool last_block;
    size_t stored_left;
    uint32_t adler;
    size_t given, end; /* in window: up to where it was taken, and made */
    struct inflate_codes codes;
    struct inflate_input in;
    uint8_t window[HISTORY + CHUNK + MATCH_MAX + COPY_ROOM];
};

static int start_block(struct inflater *f, struct error *err)
{
    if (inflate_input_fill(&f->in, err)) {
        return -1;
    }
    f->last_block = inflate_take(&f->in.bits, 1) != 0;
    uint32_t type = inflate_take(&f->in.bits, 2);
    if (type == 0) {
        inflate_take(&f->in.bits, f->in.bits.n % 8);
        f->stored_left = inflate_take(&f->in.bits, 16);
        if ((f->stored_left ^ inflate_take(&f->in.bits, 16)) != 0xffff) {
            return inflate_input_fault(&f->in, "is damaged", err);
        }
        inflate_return(&f->in.bits);
        f->state = STORED;
        return 0;
    }
    f->state = CODED;
    if (type == 1) {
        inflate_codes_fix(&f->codes);
        return 0;
    }
    return type == 2 ? inflate_codes_read(&f->codes, &f->in, err)
                     : inflate_input_fault(&f->in, "is damaged", err);
}

static void end_block(struct inflater *f)
{
    f->state = f->last_block ? ENDED : BLOCK_START;
}

static int copy_stored(struct inflater *f, struct error *err)
{
    while (f->stored_left > 0 && f->end < HISTORY + CHUNK) {
        size_t n = HISTORY + CHUNK - f->end;

        if (f->in.bits.at >= f->in.end) {
            if (f->in.ended || inflate_input_more(&f->in, err)) {
                return f->in.ended ? inflate_input_fault(&f->in, "is cut off", err) : -1;
            }
            continue;
        }
        n = n < f->stored_left ? n : f->stored_left;
        n = n < f->in.end - f->in.bits.at ? n : f->in.end - f->in.bits.at;
        memcpy(f->window + f->end, f->in.bytes + f->in.bits.at, n);
        f->end += n;
        f->in.bits.at += n;
        f->stored_left -= n;
    }
    if (f->stored_left == 0) {
        end_block(f);
    }
    return 0;
}

/* Writes up to COPY_ROOM bytes behind the n. */
static inline void copy_match(uint8_t *to, size_t distance, size_t n)
{
    const uint8_t *from = to - distance;
    size_t done = 0, step = distance;

    if (distance == 1) {
        memset(to, *from, n);
        return;
    }
    if (distance >= 16) {
        for (; done < n; done += 16) {
            memcpy(to + done, from + done, 16);
        }
        return;
    }
    if (distance < 8) {
        for (; done < 8; done++) {
            to[done] = from[done];
        }
        while (step < 8) {
            step += distance;
        }
    }
    for (; done < n; done += 8) {
        memcpy(to + done, to + done - step, 8);
    }
}

static int read_coded(struct inflater *f, struct error *err)
{
    struct inflate_bits b = f->in.bits;
    uint8_t *out = f->window + f->end;
    const uint8_t *limit = f->window + HISTORY + CHUNK;
    const char *bad = NULL;

    while (out < limit) {
        if (b.at + 16 > f->in.end) {
            f->in.bits = b;
            if (inflate_input_more(&f->in, err)) {
                return -1;
            }
            b = f->in.bits;
        }
        inflate_load(&b, f->in.bytes);
        uint32_t entry = inflate_decode(&f->codes.literals, b.word);
        inflate_take(&b, INFLATE_BITS(entry));
        if (INFLATE_KIND(entry) == INFLATE_LITERAL) {
            *out++ = (uint8_t)INFLATE_VALUE(entry);
            entry = inflate_decode(&f->codes.literals, b.word);
            inflate_take(&b, INFLATE_BITS(entry));
            if (INFLATE_KIND(entry) == INFLATE_LITERAL) {
                *out++ = (uint8_t)INFLATE_VALUE(entry);
                continue;
            }
            inflate_load(&b, f->in.bytes);
        }
        if (INFLATE_KIND(entry) != INFLATE_NUMBER) {
            if (INFLATE_KIND(entry) == INFLATE_END) {
                end_block(f);
                break;
            }
            bad = "has an invalid code";
            break;
        }
        size_t length = INFLATE_VALUE(entry) + inflate_take(&b, INFLATE_EXTRA(entry));
        entry = inflate_decode(&f->codes.distances, b.word);
        inflate_take(&b, INFLATE_BITS(entry));
        size_t distance = INFLATE_VALUE(entry) + inflate_take(&b, INFLATE_EXTRA(entry));
        if (INFLATE_KIND(entry) != INFLATE_NUMBER || distance > (size_t)(out - f->window)) {
            bad = "refers to what is not there";
            break;
        }
        copy_match(out, distance, length);
        out += length;
    }
    f->in.bits = b;
    f->end = (size_t)(out - f->window);
    return bad != NULL ? inflate_input_fault(&f->in, bad, err) : 0;
}

/* Makes up to a chunk more; none only at the end of the stream. */
static int make_more(struct inflater *f, struct error *err)
{
    if (f->end > HISTORY) {
        memmove(f->window, f->window + f->end - HISTORY, HISTORY);
        f->end = f->given = HISTORY;
    }
    while (f->end < HISTORY + CHUNK && f->state != ENDED) {
        int result = f->state == BLOCK_START ? start_block(f, err)
                     : f->state == STORED    ? copy_stored(f, err)
                                             : read_coded(f, err);
        if (result) {
            return -1;
        }
    }
    f->adler = adler32_update(f->adler, f->window + f->given, f->end - f->given);
    return 0;
}

int inflater_open(struct inflater **out, struct inflater_source source, const char *name,
                  struct error *err)
{
    struct inflater *f = malloc(sizeof *f);

    *out = NULL;
    if (f == NULL) {
        return error_memory(err, "reading a PNG");
    }
    memset(f, 0, offsetof(struct inflater, codes));
    memset(&f->in, 0, offsetof(struct inflate_input, bytes));
    f->in.source = source;
    f->in.name = name;
    f->adler = 1;
    if (inflate_input_fill(&f->in, err)) {
        goto out;
    }
    uint32_t method = inflate_take(&f->in.bits, 8), flags = inflate_take(&f->in.bits, 8);
    if ((method & 15) != 8 || method >> 4 > 7 || (method << 8 | flags) % 31 != 0 ||
        (flags & 32) != 0) {
        inflate_input_fault(&f->in, "is no zlib stream", err);
        goto out;
    }
    *out = f;
    return 0;
out:
    inflater_free(f);
    return -1;
}

int inflater_read(struct inflater *f, void *to, size_t n, struct error *err)
{
    uint8_t *at = to;

    while (n > 0) {
        if (f->given == f->end) {
            if (f->state != ENDED && make_more(f, err)) {
                return -1;
            }
            if (f->given == f->end) {
                return inflate_input_fault(&f->in, "is too short", err);
            }
        }
        size_t part = f->end - f->given < n ? f->end - f->given : n;
        memcpy(at, f->window + f->given, part);
        f->given += part;
        at += part;
        n -= part;
    }
    return 0;
}

int inflater_finish(struct inflater *f, struct error *err)
{
    uint8_t spare;
    size_t got = 0;

    if (f->given == f->end && f->state != ENDED && make_more(f, err)) {
        return -1;
    }
    if (f->given < f->end) {
        return inflate_input_fault(&f->in, "is too long", err);
    }
    if (inflate_input_fill(&f->in, err)) {
        return -1;
    }
    inflate_take(&f->in.bits, f->in.bits.n % 8);
    uint32_t first = inflate_take(&f->in.bits, 16), second = inflate_take(&f->in.bits, 16);
    if (f->adler != __builtin_bswap32(second << 16 | first)) {
        return inflate_input_fault(&f->in, "has a wrong checksum", err);
    }
    inflate_return(&f->in.bits);
    if (f->in.bits.at == f->in.end && !f->in.ended &&
        f->in.source.read(f->in.source.ctx, &spare, 1, &got, err)) {
        return -1;
    }
    if (f->in.bits.at != f->in.end || got > 0) {
        return inflate_input_fault(
            &f->in, f->in.bits.at > f->in.end ? "is cut off" : "goes on behind its end", err);
    }
    return 0;
}

void inflater_free(struct inflater *f)
{
    free(f);
}
