#include "picture_build.h"
#include "unit.h"

static void expect_text(const struct file *f, const char *expected, const char *what)
{
    struct picture_framing p;
    struct error err = {.text = ""};
    int status = check(&p, f->bytes, f->n, 0, &err);
    char *text = picture_text(&p);
    bool same = expected == NULL ? text == NULL : text != NULL && strcmp(text, expected) == 0;

    CHECK(status == 0 && same, "%s: '%s' %s", what, text != NULL ? text : "(none)", err.text);
    free(text);
    picture_release(&p);
}

static void check_comments(void)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *expected;
    } cases[] = {
#define COMMENT(bytes, expected) {bytes, sizeof bytes - 1, expected}
        COMMENT("ASCII\0\0\0a cat", "a cat"),
        COMMENT("\0\0\0\0\0\0\0\0a cat\0rest", "a cat"),
        COMMENT("ASCII\0\0\0caf\xe9", "caf\xc3\xa9"),
        COMMENT("ASCII\0\0\0caf\xc3\xa9", "caf\xc3\xa9"),
        COMMENT("UNICODE\0\0a\0 \0c", "a c"),
        COMMENT("UNICODE\0a\0 \0c\0", "a c"),
        COMMENT("UNICODE\0\xff\xfe\xac\x20", "\xe2\x82\xac"),
        COMMENT("UNICODE\0\xfe\xff\x20\xac", "\xe2\x82\xac"),
        COMMENT("UNICODE\0\xd8\x3d\xdc\x08\0a", "\xf0\x9f\x90\x88"
                                                "a"),
        COMMENT("UNICODE\0\xd8\x3d\0a", "\xef\xbf\xbd"
                                        "a"),
        COMMENT("UNICODE\0\0a\xdc\x08\0b\xd8", "a\xef\xbf\xbd"
                                               "b"),
        COMMENT("UNICODE\0\0a\xd8\x3d", "a\xef\xbf\xbd"),
        COMMENT("JIS\0\0\0\0\0a cat", NULL),
        COMMENT("ASCII\0\0\0", NULL),
        COMMENT("UNICODE\0a", NULL),
        COMMENT("ASCI", NULL),
    };
    struct file f, exif;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (enum picture_type type = PICTURE_PNG; type <= PICTURE_WEBP; type++) {
            build_exif(&exif, i % 2, 1, cases[i].bytes, cases[i].n);
            wrap_exif(&f, type, &exif);
            char what[32];
            snprintf(what, sizeof what, "comment %zu in %s", i, picture_extension(type));
            expect_text(&f, cases[i].expected, what);
        }
    }
}

static void check_text_chunks(void)
{
    static const struct {
        const char *type, *bytes;
        size_t n;
        const char *expected;
    } cases[] = {
#define TEXT(type, bytes, expected) {type, bytes, sizeof bytes - 1, expected}
        TEXT("tEXt", "parameters\0caf\xe9", "caf\xc3\xa9"),
        TEXT("tEXt", "parameters\0caf\xc3\xa9", "caf\xc3\xa9"),
        TEXT("tEXt", "parameters\0", NULL),
        TEXT("tEXt", "Parameters\0a", NULL),
        TEXT("tEXt", "parameters2\0a", NULL),
        TEXT("tEXt", "parameters", NULL),
        TEXT("iTXt", "parameters\0\0\0\0\0caf\xc3\xa9", "caf\xc3\xa9"),
        TEXT("iTXt", "parameters\0\0\0en\0Parameter\0x", "x"),
        TEXT("iTXt", "parameters\0\0\0en\0no end", NULL),
        TEXT("iTXt", "parameters\0\0\0en", NULL),
        TEXT("iTXt", "parameters\0\0", NULL),
        TEXT("iTXt", "parameters\0\x02\0\0\0x", NULL),
        TEXT("zTXt", "parameters\0\x01x", NULL),
        TEXT("zTXt", "parameters\0\0not deflated", NULL),
        TEXT("iTXt", "parameters\0\x01\0\0\0not deflated", NULL),
    };
    struct file f;

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin_png(&f, HEADER_GREY);
        add_chunk(&f, cases[i].type, cases[i].bytes, cases[i].n);
        end_png(&f);
        char what[32];
        snprintf(what, sizeof what, "text chunk %zu", i);
        expect_text(&f, cases[i].expected, what);
    }
    /* Compressed texts, one at the ceiling and one a byte over it. */
    for (size_t n = PICTURE_TEXT_MAX; n <= PICTURE_TEXT_MAX + 1; n++) {
        char *plain = malloc(n + 1);
        struct file chunk = {.n = 0};
        uLongf packed = 4096;
        if (plain == NULL) {
            abort();
        }
        memset(plain, 'x', n);
        plain[n] = '\0';
        add(&chunk, "parameters\0\x01\0\0", 15);
        compress(chunk.bytes + chunk.n, &packed, (unsigned char *)plain, (uLong)n);
        begin_png(&f, HEADER_GREY);
        add_chunk(&f, "iTXt", chunk.bytes, chunk.n + packed);
        end_png(&f);
        expect_text(&f, n > PICTURE_TEXT_MAX ? NULL : plain, "compressed iTXt");
        begin_png(&f, HEADER_GREY);
        memmove(chunk.bytes + 12, chunk.bytes + 15, packed);
        chunk.bytes[11] = 0;
        add_chunk(&f, "zTXt", chunk.bytes, 12 + packed);
        end_png(&f);
        expect_text(&f, n > PICTURE_TEXT_MAX ? NULL : plain, "zTXt");
        free(plain);
    }
}

int main(void)
{
    check_comments();
    check_text_chunks();
    return unit_done("picture_text");
}
