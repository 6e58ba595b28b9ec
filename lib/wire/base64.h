#ifndef SDCTL_WIRE_BASE64_H
#define SDCTL_WIRE_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Base64 (RFC 4648, section 4) at the speed of memory, for pictures that are sent and received
 * inside JSON. Not constant-time: never for keys. The fastest form that this CPU can run is chosen
 * at the first call. Nothing allocates; all functions may be used by several threads at once.
 */

/* Characters that n bytes become, padding included and no NUL: 4 * ceil(n / 3). The caller
 * guarantees n <= SIZE_MAX / 4 * 3 - 3, else the result wraps. */
size_t base64_encoded_size(size_t n);

/*
 * Writes exactly base64_encoded_size(n) characters to `to`, no NUL. '=' comes only at the end and
 * only when n is no multiple of 3: a stream is encoded in pieces that are multiples of 3 bytes, the
 * last one free. `to` and `from` do not overlap.
 */
void base64_encode(char *to, const void *from, size_t n);

enum base64_status {
    BASE64_OK,   /* all n bytes were consumed */
    BASE64_STOP, /* from[*consumed] is a byte that base64 never has; the decoder can go on after it
                  */
    BASE64_BAD,  /* from[*consumed] is wrong where it stands; so are all bytes fed later */
};

#define BASE64_PREFIX_MAX 256 /* bytes of a data URI's prefix, "data:" and "," included */

/* One value being decoded. Filled by base64_decoder_init(); the fields are private. */
struct base64_decoder {
    uint8_t state;
    uint8_t count;       /* symbols in the open group of four, 0..3 */
    uint16_t prefix_len; /* bytes held in prefix */
    uint32_t bits;       /* what these symbols hold, 6 bits each */
    char prefix[BASE64_PREFIX_MAX];
};

void base64_decoder_init(struct base64_decoder *d);

/* Bytes that base64_decode() may touch in `to` when it is fed n bytes: the result, the group left
 * open by the call before, and the overhang of the last vector store. */
#define BASE64_DECODED_MAX(n) ((n) / 4 * 3 + 3 + 16)

/*
 * Decodes as much as possible of n bytes; the value may be split over calls anywhere. *written is
 * how many bytes of `to` (capacity BASE64_DECODED_MAX(n), no overlap with `from`) are results;
 * *consumed is how many bytes of `from` are done with: n for BASE64_OK, else the index of the byte
 * that the status is about. Both are set whatever is returned.
 *
 * Space, tab, CR and LF are skipped anywhere (MIME breaks lines), save inside a data URI's prefix.
 * Any other byte outside of the alphabet is BASE64_STOP, such as '"' and '\' in a JSON string; the
 * caller may handle it and continue behind it ("\/" is fed as "/"). BASE64_BAD are '=' in a wrong
 * place, unused bits that are not zero before '=', and symbols or '=' after the padding.
 *
 * A value that starts with "data:" (case ignored) must go on as a data URI (RFC 2397),
 * data:[type/subtype][;name=value]*;base64, of at most BASE64_PREFIX_MAX bytes; it is skipped. Any
 * other form is BASE64_BAD; only '"' and '\' are BASE64_STOP there too.
 */
int base64_decode(struct base64_decoder *d, const char *from, size_t n, size_t *consumed,
                  unsigned char *to, size_t *written);

/*
 * Whether what was fed is a whole value: groups of four, padding present where it is needed, any
 * prefix complete. An empty value is whole. As long as the value is exactly "data" it may still
 * become a prefix: its three bytes come out when any byte follows (BASE64_STOP included), and
 * without one this function refuses it.
 */
bool base64_decoder_finish(const struct base64_decoder *d);

/* The form in use: "avx2", "ssse3", "neon" or "table". */
const char *base64_level(void);

/* For tests: makes all later calls use that form, NULL for the best one. False, and no change, when
 * it is unknown or this CPU does not run it. */
bool base64_force(const char *level);

#endif
