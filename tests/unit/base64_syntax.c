#include "base64_pieces.h"

#include <sodium.h>

#include "unit.h"

static void check_malformed(void)
{
    static const struct {
        const char *text;
        int status;
        size_t consumed;
        bool whole;
    } cases[] = {
        {"", BASE64_OK, 0, true},
        {"\r\n \t", BASE64_OK, 4, true},
        {"QQ==", BASE64_OK, 4, true},
        {"QUI=", BASE64_OK, 4, true},
        {"QUJD", BASE64_OK, 4, true},
        {"Q", BASE64_OK, 1, false},
        {"QQ", BASE64_OK, 2, false},
        {"QQ=", BASE64_OK, 3, false},
        {"QUI", BASE64_OK, 3, false},
        {"QUJDQ", BASE64_OK, 5, false},
        {"=", BASE64_BAD, 0, false},
        {"Q=", BASE64_BAD, 1, false},
        {"QUJD=", BASE64_BAD, 4, false},
        {"QQ===", BASE64_BAD, 4, false},
        {"QUI==", BASE64_BAD, 4, false},
        {"QQ=Q", BASE64_BAD, 3, false},
        {"QQ==QUJD", BASE64_BAD, 4, false},
        {"QUI=QUJD", BASE64_BAD, 4, false},
        {"QR==", BASE64_BAD, 2, false},
        {"Qf==", BASE64_BAD, 2, false},
        {"QUJ=", BASE64_BAD, 3, false},
        {"QUL=", BASE64_BAD, 3, false},
        {"Q Q\n=\t=\r", BASE64_OK, 8, true},
        {"QQ==\"", BASE64_STOP, 4, true},
        {"QQ=\"", BASE64_STOP, 3, false},
        {"QUJD\\/w==", BASE64_STOP, 4, true},
        {"QU-_", BASE64_STOP, 2, false},
        {"QQ==:", BASE64_STOP, 4, true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (unsigned piece = 0; piece < 3; piece++) {
            struct result r = decode(cases[i].text, strlen(cases[i].text), piece, false);
            CHECK(r.status == cases[i].status && r.consumed == cases[i].consumed &&
                      r.whole == cases[i].whole,
                  "'%s' by %u: status %d, consumed %zu, whole %d", cases[i].text, piece, r.status,
                  r.consumed, r.whole);
            free(r.out);
        }
    }
    struct base64_decoder d;
    unsigned char out[BASE64_DECODED_MAX(8)];
    size_t used, written;
    base64_decoder_init(&d);
    base64_decode(&d, "=", 1, &used, out, &written);
    int status = base64_decode(&d, "QUJD", 4, &used, out, &written);
    CHECK(status == BASE64_BAD && used == 0 && written == 0, "a fault stays");
}

static void check_data_uris(void)
{
    static const char *const legal[] = {
        "data:;base64,",           "data:image/png;base64,",
        "DATA:image/PNG;BASE64,",  "data:image/png;charset=utf-8;name=a.b_c;bAsE64,",
        "data:;charset=x;base64,",
    };
    static const char *const refused[] = {
        "data:,",           "data:image/png,",         "data:base64,",          "data:png;base64,",
        "data:/;base64,",   "data:image/;base64,",     "data:/png;base64,",     "data:;=x;base64,",
        "data:;x=;base64,", "data:image/png;;base64,", "data:i/p;name;base64,", "data:;base64 ,",
        "data: ;base64,",   "data:;base64;x=y,",       "data:;base64=,",        "data:\n;base64,",
        "data::;base64,",   "data:\xc3\xa4/b;base64,",
    };
    char text[600];

    for (size_t i = 0; i < sizeof legal / sizeof legal[0]; i++) {
        snprintf(text, sizeof text, "%sQUJDREU=", legal[i]);
        for (unsigned piece = 0; piece < 6; piece++) {
            for (int round = 0; round < 20; round++) {
                struct result r = decode(text, strlen(text), piece, false);
                CHECK(is_bytes(&r, "ABCDE", 5), "'%s' by %u", text, piece);
                free(r.out);
            }
        }
        for (size_t n = 1; n < strlen(legal[i]); n++) {
            struct result r = decode(text, n, 0, false);
            CHECK(r.status == BASE64_OK && !r.whole && r.len == 0, "'%.*s'", (int)n, text);
            free(r.out);
        }
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        snprintf(text, sizeof text, "%sQUJDREU=", refused[i]);
        for (unsigned piece = 0; piece < 4; piece++) {
            struct result r = decode(text, strlen(text), piece, false);
            CHECK(r.status == BASE64_BAD && r.len == 0 && !r.whole, "'%s' is refused", text);
            free(r.out);
        }
    }
}

static void check_prefix_edges(void)
{
    char text[400] = "data:a/";
    const char end[] = ";base64,QUJD";

    for (size_t total = 250; total < 263; total++) {
        size_t n = total - strlen(";base64,");
        memset(text + 7, 'x', n - 7);
        memcpy(text + n, end, sizeof end);
        struct result r = decode(text, strlen(text), 0, false);
        if (total <= BASE64_PREFIX_MAX) {
            CHECK(is_bytes(&r, "ABC", 3), "a prefix of %zu bytes", total);
        } else {
            CHECK(r.status == BASE64_BAD && r.consumed == BASE64_PREFIX_MAX - 1 && r.len == 0,
                  "a prefix of %zu bytes: %d at %zu", total, r.status, r.consumed);
        }
        free(r.out);
    }
    /* What only begins like a prefix is base64. */
    static const char *const plain[] = {"dAAA", "daAA", "datAQUJD", "DATAdata", "Data\n"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        unsigned char expected[16];
        size_t len, n = strlen(plain[i]);
        sodium_base642bin(expected, sizeof expected, plain[i], n, "\n", &len, NULL,
                          sodium_base64_VARIANT_ORIGINAL);
        for (unsigned piece = 0; piece < 3; piece++) {
            struct result r = decode(plain[i], n, piece, false);
            CHECK(is_bytes(&r, expected, len), "'%s'", plain[i]);
            free(r.out);
        }
    }
    struct result r = decode("data\"", 5, 0, false);
    CHECK(r.status == BASE64_STOP && r.whole && r.len == 3, "'data' and a quote");
    free(r.out);
    r = decode("data", 4, 0, false);
    CHECK(!r.whole && r.len == 0, "'data' alone");
    free(r.out);
    const char escaped[] = "data:image\\/png;base64,QUJD";
    r = decode(escaped, sizeof escaped - 1, 0, true);
    CHECK(is_bytes(&r, "ABC", 3), "an escape in the prefix is the caller's");
    free(r.out);
}

int main(void)
{
    if (sodium_init() < 0) {
        return 1;
    }
    check_malformed();
    check_data_uris();
    check_prefix_edges();
    return unit_done("base64_syntax");
}
