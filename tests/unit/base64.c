#include "base64_pieces.h"

#include <sodium.h>

#include "unit.h"

static void check_lengths(const char *level)
{
    unsigned char bytes[1024 + 16];
    char expected[1500], padded[1500 + 32];

    for (size_t n = 0; n <= 1024; n++) {
        size_t shift = n % 16, size = base64_encoded_size(n);
        random_fill(bytes, sizeof bytes);
        sodium_bin2base64(expected, sizeof expected, bytes + shift, n,
                          sodium_base64_VARIANT_ORIGINAL);
        CHECK(size == strlen(expected), "size for %zu", n);

        unsigned char *from = exact_copy(bytes + shift, n);
        char *to = exact_copy(expected, size);
        memset(to, 0, size);
        base64_encode(to, from, n);
        CHECK(memcmp(to, expected, size) == 0, "%s: encode %zu", level, n);
        free(from);
        free(to);

        for (unsigned piece = 0; piece < 100; piece += 33) {
            struct result r = decode(expected, size, piece, false);
            CHECK(is_bytes(&r, bytes + shift, n), "%s: decode %zu by %u", level, n, piece);
            free(r.out);
        }
        for (size_t align = 0; align < 32; align++) {
            memcpy(padded + align, expected, size);
            struct base64_decoder d;
            unsigned char out[BASE64_DECODED_MAX(1500) + 32];
            size_t used, written;
            base64_decoder_init(&d);
            int status = base64_decode(&d, padded + align, size, &used, out + align, &written);
            if (status != BASE64_OK || used != size || written != n ||
                memcmp(out + align, bytes + shift, n) != 0) {
                CHECK(false, "%s: decode %zu at %zu", level, n, align);
            }
        }
    }
}

static void check_streamed_encoding(const char *level)
{
    unsigned char bytes[5000];
    char whole[6668], pieces[6668];

    random_fill(bytes, sizeof bytes);
    base64_encode(whole, bytes, sizeof bytes);
    for (int round = 0; round < 50; round++) {
        size_t done = 0;
        while (done < sizeof bytes) {
            size_t take = 3 * (size_t)(1 + random_below(100));
            if (take > sizeof bytes - done) {
                take = sizeof bytes - done;
            }
            base64_encode(pieces + done / 3 * 4, bytes + done, take);
            done += take;
        }
        CHECK(memcmp(whole, pieces, sizeof whole) == 0, "%s: encoding in pieces", level);
    }
}

/* Every byte value at every place of a run that fills several vectors. */
static void check_specials(const char *level)
{
    enum { SYMBOLS = 160 };
    unsigned char bytes[SYMBOLS / 4 * 3];
    char text[SYMBOLS + 1], broken[SYMBOLS + 1];

    random_fill(bytes, sizeof bytes);
    base64_encode(text, bytes, sizeof bytes);
    for (size_t at = 0; at < SYMBOLS; at++) {
        for (int c = 0; c < 256; c++) {
            bool symbol = c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789+/=",
                                      c);
            if (symbol) {
                continue;
            }
            memcpy(broken, text, at);
            broken[at] = (char)c;
            memcpy(broken + at + 1, text + at, SYMBOLS - at);
            bool space = c && strchr(" \t\r\n", c);
            struct result r = decode(broken, sizeof broken, 0, false);
            if (space) {
                CHECK(is_bytes(&r, bytes, sizeof bytes), "%s: space %d at %zu", level, c, at);
            } else {
                CHECK(r.status == BASE64_STOP && r.consumed == at && r.len == at / 4 * 3 &&
                          memcmp(r.out, bytes, r.len) == 0,
                      "%s: byte %d at %zu: %d, %zu", level, c, at, r.status, r.consumed);
            }
            free(r.out);
            r = decode(broken, sizeof broken, 7, true);
            CHECK(is_bytes(&r, bytes, sizeof bytes), "%s: on behind %d at %zu", level, c, at);
            free(r.out);
        }
    }
}

/* The verdict and the bytes must be libsodium's on texts with a few random edits. (No bytes over
 * 0x7f: libsodium 1.0.18 takes them for symbols where char is signed.) */
static void check_against_sodium(const char *level)
{
    static const char edits[] = "==== \n\t\rAQgw/+z-_.\"\x7f";
    unsigned char bytes[200], expected[300];
    char text[400];

    for (int round = 0; round < 60000; round++) {
        size_t n = random_below(sizeof bytes), size = base64_encoded_size(n), len = 0;
        random_fill(bytes, n);
        base64_encode(text, bytes, n);
        for (unsigned edit = random_below(4); edit > 0 && size > 0; edit--) {
            size_t at = random_below(random_below(2) ? (unsigned)size : 4) % size;
            at = size - 1 - at;
            if (random_below(2)) {
                memmove(text + at + 1, text + at, size - at);
                size++;
            }
            text[at] = edits[random_below(sizeof edits - 1)];
            if (random_below(4) == 0) {
                size--;
            }
        }
        bool legal = sodium_base642bin(expected, sizeof expected, text, size, " \t\r\n", &len, NULL,
                                       sodium_base64_VARIANT_ORIGINAL) == 0;
        struct result r = decode(text, size, round % 3 ? random_below(80) : 0, false);
        CHECK((r.status == BASE64_OK && r.whole) == legal, "%s: verdict on %.*s", level, (int)size,
              text);
        if (legal) {
            CHECK(is_bytes(&r, expected, len), "%s: bytes of %.*s", level, (int)size, text);
        }
        free(r.out);
    }
}

int main(void)
{
    static const char *const levels[] = {"avx2", "ssse3", "neon", "table"};

    if (sodium_init() < 0) {
        return 1;
    }
    printf("best level here: %s\n", base64_level());
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (!base64_force(levels[i])) {
            printf("not run here: %s\n", levels[i]);
            continue;
        }
        CHECK(strcmp(base64_level(), levels[i]) == 0, "level %s is set", levels[i]);
        check_lengths(levels[i]);
        check_streamed_encoding(levels[i]);
        check_specials(levels[i]);
        check_against_sodium(levels[i]);
    }
    CHECK(!base64_force("abacus") && base64_force(NULL), "unknown levels are refused");
    return unit_done("base64");
}
