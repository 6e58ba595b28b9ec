#include "wire/base64.h"

#include <stdatomic.h>
#include <string.h>

#include "wire/base64_kernel.h"

static const struct base64_kernel *const kernels[] = {
#if defined(__x86_64__)
    &base64_x86_avx2,
    &base64_x86_ssse3,
#elif defined(__aarch64__)
    &base64_neon,
#endif
    &base64_table,
};

static _Atomic(const struct base64_kernel *) chosen;

static const struct base64_kernel *kernel(void)
{
    const struct base64_kernel *k = atomic_load_explicit(&chosen, memory_order_relaxed);

    /* Threads that meet here at once all choose the same. */
    for (size_t i = 0; k == NULL; i++) {
        if (kernels[i]->usable()) {
            k = kernels[i];
            atomic_store_explicit(&chosen, k, memory_order_relaxed);
        }
    }
    return k;
}

const char *base64_level(void)
{
    return kernel()->name;
}

bool base64_force(const char *level)
{
    if (level == NULL) {
        atomic_store_explicit(&chosen, NULL, memory_order_relaxed);
        return true;
    }
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++) {
        if (strcmp(kernels[i]->name, level) == 0 && kernels[i]->usable()) {
            atomic_store_explicit(&chosen, kernels[i], memory_order_relaxed);
            return true;
        }
    }
    return false;
}

size_t base64_encoded_size(size_t n)
{
    return (n / 3 + (n % 3 != 0)) * 4;
}

void base64_encode(char *to, const void *from, size_t n)
{
    const uint8_t *in = from;
    size_t done = kernel()->encode(to, in, n);

    done += base64_table.encode(to + done / 3 * 4, in + done, n - done);
    if (done < n) {
        uint8_t last[3] = {in[done], 0, 0};
        if (n - done == 2) {
            last[1] = in[done + 1];
        }
        to += done / 3 * 4;
        base64_table.encode(to, last, sizeof last);
        to[3] = '=';
        if (n - done == 1) {
            to[2] = '=';
        }
    }
}

enum state {
    AT_START,  /* all bytes so far are the beginning of "data:" */
    AT_PREFIX, /* inside a data URI's prefix */
    AT_BODY,
    AT_PADDING, /* one more '=' is due */
    AT_END,     /* after the padding */
    AT_FAULT,
};

void base64_decoder_init(struct base64_decoder *d)
{
    d->state = AT_START;
    d->count = 0;
    d->prefix_len = 0;
    d->bits = 0;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static int fault(struct base64_decoder *d)
{
    d->state = AT_FAULT;
    return BASE64_BAD;
}

static int take_symbol(struct base64_decoder *d, unsigned value, unsigned char *to, size_t *written)
{
    if (d->state != AT_BODY) {
        return fault(d);
    }
    d->bits = d->bits << 6 | value;
    if (++d->count == 4) {
        to[(*written)++] = (unsigned char)(d->bits >> 16);
        to[(*written)++] = (unsigned char)(d->bits >> 8);
        to[(*written)++] = (unsigned char)d->bits;
        d->count = 0;
        d->bits = 0;
    }
    return BASE64_OK;
}

static int take_pad(struct base64_decoder *d, unsigned char *to, size_t *written)
{
    if (d->state == AT_PADDING) {
        d->state = AT_END;
        return BASE64_OK;
    }
    if (d->state != AT_BODY || d->count < 2) {
        return fault(d);
    }

    unsigned unused = d->count == 2 ? 4 : 2;
    if (d->bits & ((1u << unused) - 1)) {
        return fault(d);
    }
    uint32_t bits = d->bits >> unused;
    if (d->count == 3) {
        to[(*written)++] = (unsigned char)(bits >> 8);
    }
    to[(*written)++] = (unsigned char)bits;
    d->state = d->count == 2 ? AT_PADDING : AT_END;
    d->count = 0;
    d->bits = 0;
    return BASE64_OK;
}

static int take_byte(struct base64_decoder *d, char c, unsigned char *to, size_t *written)
{
    unsigned what = base64_table_classify(c);

    switch (what) {
    case BASE64_BYTE_SPACE:
        return BASE64_OK;
    case BASE64_BYTE_PAD:
        return take_pad(d, to, written);
    case BASE64_BYTE_OTHER:
        return BASE64_STOP;
    default:
        return take_symbol(d, what, to, written);
    }
}

/* type/subtype or nothing, then name=value pairs, then base64; the part after "data:". */
static bool prefix_is_legal(const char *s, size_t n)
{
    static const char last[] = ";base64";
    const size_t last_len = sizeof last - 1;

    if (n < last_len) {
        return false;
    }
    for (size_t i = 0; i < last_len; i++) {
        if (lower(s[n - last_len + i]) != last[i]) {
            return false;
        }
    }
    n -= last_len;

    char divider = '/';
    for (size_t start = 0, len; start <= n; start += len + 1, divider = '=') {
        const char *part = s + start;
        const char *semicolon = memchr(part, ';', n - start);
        len = semicolon != NULL ? (size_t)(semicolon - part) : n - start;
        const char *at = memchr(part, divider, len);
        bool empty_type = len == 0 && divider == '/';
        if (!empty_type && (at == NULL || at == part || at == part + len - 1)) {
            return false;
        }
    }
    return true;
}

static int take_prefix_byte(struct base64_decoder *d, char c)
{
    static const char marks[] = "!#$%&'*+-./;=^_`{|}~";

    if (c == '"' || c == '\\') {
        return BASE64_STOP;
    }
    if (c == ',') {
        if (!prefix_is_legal(d->prefix + 5, d->prefix_len - 5)) {
            return fault(d);
        }
        d->state = AT_BODY;
        return BASE64_OK;
    }
    bool alnum = (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
    if ((!alnum && (c == '\0' || strchr(marks, c) == NULL)) ||
        d->prefix_len == BASE64_PREFIX_MAX - 1) {
        return fault(d);
    }
    d->prefix[d->prefix_len++] = c;
    return BASE64_OK;
}

/* The beginning of the value: holds what may be "data:" back, and skips a data URI's prefix. */
static int take_beginning(struct base64_decoder *d, char c, unsigned char *to, size_t *written)
{
    static const char scheme[] = "data:";

    if (d->state == AT_PREFIX) {
        return take_prefix_byte(d, c);
    }
    if (lower(c) == scheme[d->prefix_len]) {
        d->prefix[d->prefix_len++] = c;
        if (d->prefix_len == sizeof scheme - 1) {
            d->state = AT_PREFIX;
        }
        return BASE64_OK;
    }
    d->state = AT_BODY;
    for (unsigned i = 0; i < d->prefix_len; i++) {
        take_byte(d, d->prefix[i], to, written);
    }
    return take_byte(d, c, to, written);
}

int base64_decode(struct base64_decoder *d, const char *from, size_t n, size_t *consumed,
                  unsigned char *to, size_t *written)
{
    const struct base64_kernel *k = kernel();
    int status = d->state == AT_FAULT ? BASE64_BAD : BASE64_OK;
    size_t i = 0;

    *written = 0;
    while (status == BASE64_OK && i < n) {
        if (d->state == AT_BODY && d->count == 0) {
            size_t done = k->decode(to + *written, from + i, n - i);
            done +=
                base64_table.decode(to + *written + done / 4 * 3, from + i + done, n - i - done);
            *written += done / 4 * 3;
            i += done;
            size_t at = i;
            while (i < n && base64_table_classify(from[i]) == BASE64_BYTE_SPACE) {
                i++;
            }
            if (i > at || i == n) {
                continue;
            }
        }
        if (d->state <= AT_PREFIX) {
            status = take_beginning(d, from[i], to, written);
        } else {
            status = take_byte(d, from[i], to, written);
        }
        if (status == BASE64_OK) {
            i++;
        }
    }
    *consumed = i;
    return status;
}

bool base64_decoder_finish(const struct base64_decoder *d)
{
    if (d->state == AT_START) {
        return d->prefix_len == 0;
    }
    return d->state == AT_END || (d->state == AT_BODY && d->count == 0);
}
