#include "picture_build.h"
#include "unit.h"

static bool is_refused(const struct file *f, const char *words)
{
    struct picture_framing p;
    struct error err = {.text = ""};
    int status = check(&p, f->bytes, f->n, 0, &err);

    picture_release(&p);
    if (status == 0 || strstr(err.text, words) == NULL || err.code != EXIT_INPUT) {
        printf("expected '%s', got %d '%s'\n", words, status, err.text);
        return false;
    }
    return true;
}

/* What holds of every whole file: any split gives the same, any beginning of it is refused, and a
 * changed bit never does harm; of a PNG it is always found. */
static void check_whole(const char *name, const unsigned char *bytes, size_t n, uint32_t width,
                        uint32_t height)
{
    struct picture_framing p, q;
    struct error err = {.text = ""};
    char expected[64];

    CHECK(check(&p, bytes, n, 0, &err) == 0, "%s is whole: %s", name, err.text);
    CHECK(p.width == width && p.height == height, "%s: %ux%u", name, p.width, p.height);
    for (size_t cut = 1; cut <= n; cut++) {
        int status = check(&q, bytes, n, cut, &err);
        CHECK(status == 0 && q.type == p.type && q.width == width && q.height == height &&
                  q.orientation == p.orientation && q.has_trns == p.has_trns &&
                  (p.text == NULL || (q.text != NULL && strcmp(p.text, q.text) == 0)),
              "%s cut at %zu: %s", name, cut, err.text);
        picture_release(&q);
    }
    for (size_t len = 0; len < n; len++) {
        int status = check(&q, bytes, len, len / 2, &err);
        snprintf(expected, sizeof expected, "cut off after %zu bytes", len);
        CHECK(status == -1 && (len == 0 || strstr(err.text, expected) != NULL), "%s of %zu: %s",
              name, len, err.text);
        picture_release(&q);
    }
    unsigned char *copy = malloc(n);
    for (size_t bit = 0; copy != NULL && bit < 8 * n; bit++) {
        memcpy(copy, bytes, n);
        copy[bit / 8] ^= (unsigned char)(1u << bit % 8);
        int status = check(&q, copy, n, 0, &err);
        CHECK(q.orientation >= 1 && q.orientation <= 8, "%s: bit %zu", name, bit);
        CHECK(status == -1 || p.type != PICTURE_PNG, "%s: bit %zu is not seen", name, bit);
        CHECK(status == 0 || err.text[0] != '\0', "%s: bit %zu has no text", name, bit);
        picture_release(&q);
    }
    free(copy);
    picture_release(&p);
}

static void check_samples(void)
{
#define SAMPLE(name) check_whole(#name, name, sizeof name, 5, 3)
    SAMPLE(sample_png);
    SAMPLE(sample_jpeg);
    SAMPLE(sample_jpeg_progressive);
    SAMPLE(sample_webp_lossy);
    SAMPLE(sample_webp_lossless);
    SAMPLE(sample_webp_exif);
    SAMPLE(sample_gif);

    struct picture_framing p;
    struct error err;
    check(&p, sample_webp_exif, sizeof sample_webp_exif, 0, &err);
    CHECK(p.orientation == 6 && p.type == PICTURE_WEBP, "Pillow's EXIF in WebP");
    picture_release(&p);
    for (enum picture_type t = PICTURE_PNG; t <= PICTURE_GIF; t++) {
        CHECK(strncmp(picture_mime(t), "image/", 6) == 0 && picture_extension(t) != NULL, "names");
    }
    CHECK(picture_mime(PICTURE_UNKNOWN) == NULL && picture_extension(PICTURE_UNKNOWN) == NULL,
          "no names");
}

static void check_png(void)
{
    struct picture_framing p;
    struct error err = {.text = ""};
    struct file f, exif;

    begin_png(&f, HEADER_PALETTE);
    add_chunk(&f, "PLTE", "abcdef", 6);
    add_chunk(&f, "tRNS", "a", 1);
    build_exif(&exif, true, 3, "ASCII\0\0\0other", 13);
    add_chunk(&f, "eXIf", exif.bytes, exif.n);
    add_chunk(&f, "tEXt", "parameters\0a cat\nSteps: 20", 26);
    end_png(&f);
    check_whole("built PNG", f.bytes, f.n, 7, 5);
    CHECK(check(&p, f.bytes, f.n, 0, &err) == 0 && p.has_trns && p.interlaced && p.bit_depth == 4 &&
              p.colour_type == 3 && p.orientation == 3,
          "facts of a palette PNG: %s", err.text);
    char *text = picture_text(&p);
    CHECK(text != NULL && strcmp(text, "a cat\nSteps: 20") == 0, "its text");
    CHECK(picture_text(&p) == NULL, "is handed over once");
    free(text);
    picture_release(&p);

    add(&f, "\n", 1);
    CHECK(is_refused(&f, "PNG has bytes after its end at byte"), "trailing byte");

    begin_png(&f, "\x7f\xff\xff\xff\x7f\xff\xff\xff\x10\x06\0\0\0");
    end_png(&f);
    CHECK(check(&p, f.bytes, f.n, 0, &err) == 0 && p.width == INT32_MAX && p.height == INT32_MAX,
          "no ceiling but the format's");
    picture_release(&p);
}

static void check_png_faults(void)
{
    static const struct {
        const char *header, *type, *data, *words;
    } cases[] = {
        {"\0\0\0\0\0\0\0\x05\x08\0\0\0\0", NULL, "", "illegal dimensions 0x5"},
        {"\x80\0\0\0\0\0\0\x05\x08\0\0\0\0", NULL, "", "illegal dimensions 2147483648x5"},
        {"\0\0\0\x07\0\0\0\x05\x03\0\0\0\0", NULL, "", "colour type 0 with 3 bits"},
        {"\0\0\0\x07\0\0\0\x05\x04\x02\0\0\0", NULL, "", "colour type 2 with 4 bits"},
        {"\0\0\0\x07\0\0\0\x05\x08\x05\0\0\0", NULL, "", "colour type 5 with 8 bits"},
        {"\0\0\0\x07\0\0\0\x05\x10\x03\0\0\0", NULL, "", "colour type 3 with 16 bits"},
        {"\0\0\0\x07\0\0\0\x05\x08\0\x01\0\0", NULL, "", "unknown compression"},
        {"\0\0\0\x07\0\0\0\x05\x08\0\0\x01\0", NULL, "", "unknown compression, filter"},
        {"\0\0\0\x07\0\0\0\x05\x08\0\0\0\x02", NULL, "", "interlace method"},
        {HEADER_GREY, "PLTE", "abc", "PNG chunk PLTE at byte 33 is out of place"},
        {HEADER_GREY, "IHDR", HEADER_GREY, "PNG chunk IHDR at byte 33 is out of place"},
        {HEADER_GREY, "IEND", "", "PNG has no pixel data"},
        {HEADER_GREY, "CgBI", "", "unknown critical chunk CgBI at byte 33"},
        {HEADER_GREY, "\x1b[1m", "", "PNG has no chunk at byte 33"},
        {HEADER_PALETTE, NULL, "", "PNG chunk IDAT at byte 33 is out of place"},
        {HEADER_PALETTE, "PLTE", "abcd", "PNG chunk PLTE at byte 33 has a wrong size of 4"},
    };
    struct file f;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin_png(&f, cases[i].header);
        if (cases[i].type != NULL) {
            add_chunk(&f, cases[i].type, cases[i].data, strlen(cases[i].data));
        }
        end_png(&f);
        CHECK(is_refused(&f, cases[i].words), "PNG case %zu", i);
    }
    begin_png(&f, HEADER_GREY);
    add_chunk(&f, "IDAT", "a", 1);
    f.bytes[f.n - 1] ^= 1;
    CHECK(is_refused(&f, "PNG chunk IDAT at byte 33 has a wrong checksum"), "wrong checksum");
    begin_png(&f, HEADER_GREY);
    add(&f, "\x80\0\0\0IDAT", 8);
    CHECK(is_refused(&f, "PNG chunk IDAT at byte 33 has a wrong size of 2147483648"), "too long");
    begin_png(&f, HEADER_GREY);
    add_chunk(&f, "IDAT", "a", 1);
    add_chunk(&f, "tIME", "abcdefg", 7);
    add_chunk(&f, "IDAT", "a", 1);
    CHECK(is_refused(&f, "PNG chunk IDAT at byte 65 is out of place"), "a second run of IDAT");
    begin_png(&f, HEADER_PALETTE);
    add_chunk(&f, "PLTE", "abc", 3);
    add_chunk(&f, "PLTE", "abc", 3);
    CHECK(is_refused(&f, "PNG chunk PLTE at byte 48 is out of place"), "a second palette");
    begin_png(&f, "\0\0\0\x07\0\0\0\x05\x08\x02\0\0\0");
    add_chunk(&f, "IDAT", "a", 1);
    add_chunk(&f, "PLTE", "abc", 3);
    CHECK(is_refused(&f, "PNG chunk PLTE at byte 46 is out of place"), "a late palette");
    f.n = 8;
    add_chunk(&f, "IDAT", "a", 1);
    CHECK(is_refused(&f, "PNG chunk IDAT at byte 8 is out of place"), "no header");
}

static void check_orientations(void)
{
    struct picture_framing p;
    struct error err;
    struct file f, exif, broken;

    for (enum picture_type type = PICTURE_PNG; type <= PICTURE_WEBP; type++) {
        for (unsigned value = 0; value < 12; value++) {
            build_exif(&exif, value % 2, value, "", 0);
            wrap_exif(&f, type, &exif);
            int status = check(&p, f.bytes, f.n, 0, &err);
            CHECK(status == 0 && p.orientation == (value >= 1 && value <= 8 ? value : 1),
                  "%s: orientation %u", picture_extension(type), value);
            picture_release(&p);
        }
        build_exif(&exif, true, 8, "ASCII\0\0\0abc", 11);
        for (size_t n = 0; n < exif.n; n++) {
            broken = exif;
            broken.n = n;
            wrap_exif(&f, type, &broken);
            int status = check(&p, f.bytes, f.n, 0, &err);
            CHECK(status == 0 && p.orientation == (n < 22 ? 1 : 8) && p.text == NULL,
                  "%s: %zu bytes of EXIF: %d %u", picture_extension(type), n, status,
                  p.orientation);
            picture_release(&p);
        }
        for (size_t bit = 0; bit < 8 * exif.n; bit++) {
            broken = exif;
            broken.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
            wrap_exif(&f, type, &broken);
            int status = check(&p, f.bytes, f.n, 0, &err);
            CHECK(status == 0 && p.orientation >= 1 && p.orientation <= 8, "EXIF bit %zu", bit);
            picture_release(&p);
        }
    }
}

/* Legal forms that Pillow does not write for so small a picture. */
static void check_rare_forms(void)
{
#define SCAN "\xff\xd8\xff\xc9\0\x0b\x0c\0\x03\0\x05\x01\x01\x11\0\xff\xda\0\x02"
    static const unsigned char jpeg[] =
        SCAN "a\xff\0b\xff\xd0\xff\xff\xd7\xff\xff\0\xff\xdc\0\x04xy\xff\xda\0\x02\xff\xff\xd9";
    static const unsigned char gif[] = "GIF89a\x05\0\x03\0\x80\0\0;;;;;;!\xfe\x02;;\0"
                                       ",\0\0\0\0\x05\0\x03\0\x81;;;;;;;;;;;;\x02\x03;;;\0;";
    struct picture_framing p;
    struct error err = {.text = ""};
    struct file f = {.n = 0};

    check_whole("JPEG with all kinds of marker in its scans", jpeg, sizeof jpeg - 1, 5, 3);
    check_whole("GIF with two colour tables", gif, sizeof gif - 1, 5, 3);

    /* An EXIF chunk of 3 bytes at the end: padded and counted; not counted; not even there. */
    add(&f, sample_webp_lossy, sizeof sample_webp_lossy);
    add(&f, "EXIF\x03\0\0\0abc", 12);
    f.bytes[4] = (unsigned char)(f.n - 8);
    check_whole("WebP, padding counted", f.bytes, f.n, 5, 3);
    f.bytes[4]--;
    CHECK(check(&p, f.bytes, f.n, 0, &err) == 0, "WebP, padding not counted: %s", err.text);
    picture_release(&p);
    add(&f, "", 1);
    CHECK(is_refused(&f, "WebP has bytes after its end at byte"), "two bytes after a WebP");
    f.n -= 2;
    check_whole("WebP without padding", f.bytes, f.n, 5, 3);

    f.n = 0;
    add(&f, sample_webp_lossy, sizeof sample_webp_lossy);
    add(&f, "EXIF\0\0", 6);
    f.bytes[4] = (unsigned char)(f.n - 8);
    CHECK(is_refused(&f, "WebP has no chunk at byte 50"), "half a chunk header");
}

static void check_others(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *words;
    } cases[] = {
#define FILE_OF(bytes, words) {bytes, sizeof bytes - 1, words}
        FILE_OF("", "not an image: it is empty"),
        FILE_OF("<!DOCTYPE html>", "not a PNG, JPEG, WebP or GIF image: starts with '<!DO"),
        FILE_OF("oops", "starts with 'oops'"),
        FILE_OF("\x1b[2J\x07\0\x9b\xff bad", "starts with '?[2J?"),
        FILE_OF("RIFF\x10\0\0\0WAVEfmt ", "starts with 'RIFF"),
        FILE_OF("RIFF\x04\0\0\0WEBPVP8L", "WebP has a wrong size of 4"),
        FILE_OF("RIFF\x0c\0\0\0WEBPABCD\0\0\0\0", "WebP begins with an unknown chunk"),
        FILE_OF("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0", "WebP has no pixel data"),
        FILE_OF("RIFF\x16\0\0\0WEBPVP8X\x0b\0\0\0", "WebP chunk at byte 12 has a wrong size of 11"),
        FILE_OF("\xff\xd8\xff\xd9 and more bytes", "JPEG has no pixel data"),
        FILE_OF("\xff\xd8\xff\xda and more bytes", "JPEG has a scan before its frame at byte 2"),
        FILE_OF("\xff\xd8\xff\xe0\0\x02 and more", "JPEG has no segment at byte 6"),
        FILE_OF("\xff\xd8\xff\xe0\0\x01 and more", "JPEG segment at byte 2 has a wrong size of 1"),
        FILE_OF("\xff\xd8\xff\xff\xff\xc0\0\x0b\x08\0\0\0\5\1\1\x11\0", "illegal dimensions 5x0"),
        FILE_OF("\xff\xd8\xff\xc0\0\x0c\x08\0\3\0\5\1\1\x11\0", "frame at byte 2 has a wrong size"),
        FILE_OF("GIF89a\0\0\1\0\0\0\0;", "GIF has illegal dimensions 0x1"),
        FILE_OF("GIF87a\1\0\1\0\0\0\0;", "GIF has no pixel data"),
        FILE_OF("GIF87a\1\0\1\0\0\0\0?", "GIF has no block at byte 13"),
    };
    struct file f;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        f.n = 0;
        add(&f, cases[i].bytes, cases[i].n);
        CHECK(is_refused(&f, cases[i].words), "case %zu", i);
    }
    f.n = 0;
    add(&f, sample_webp_lossy, sizeof sample_webp_lossy);
    add(&f, "", 1);
    CHECK(is_refused(&f, "WebP has bytes after its end at byte 50"), "a byte after a WebP");
    struct picture_framing p;
    struct error err;
    f.n = 0;
    add(&f, sample_jpeg, sizeof sample_jpeg);
    add(&f, "trailing", 8);
    CHECK(check(&p, f.bytes, f.n, f.n, &err) == 0, "bytes after a JPEG");
    picture_release(&p);
    picture_release(NULL);
}

int main(void)
{
    check_samples();
    check_png();
    check_png_faults();
    check_orientations();
    check_rare_forms();
    check_others();
    return unit_done("picture");
}
