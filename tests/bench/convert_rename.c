/*
 * The least that a conversion of parameters can cost: reads standard input once, renames some keys
 * and writes the rest as it is. It checks nothing, moves nothing, and knows no rule; a string that
 * looks like a key is taken for one.
 */
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define WINDOW 262144
#define KEEP 64 /* bytes that a key and its colon may need */

static const struct {
    const char *from, *to;
    size_t from_n, to_n;
} names[] = {
#define NAME(from, to)                                                                             \
    {                                                                                              \
        from, to, sizeof from - 1, sizeof to - 1                                                   \
    }
    NAME("input_image\":", "uov_input_image\":"),
    NAME("upscale_value\":", "upscale_multiple\":"),
    NAME("save_meta\":", "save_metadata_to_images\":"),
    NAME("meta_scheme\":", "metadata_scheme\":"),
    NAME("save_extension\":", "output_format\":"),
    NAME("input_mask\":", "inpaint_mask_image_upload\":"),
};

static char in[WINDOW], out[2 * WINDOW];

static bool write_all(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t wrote = write(1, bytes, n);
        if (wrote <= 0) {
            return false;
        }
        bytes += wrote;
        n -= (size_t)wrote;
    }
    return true;
}

/* Renames the key behind a quote, if it is one of ours; how many bytes of it are done. */
static size_t rename_key(const char *p, size_t n, char **to)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (n >= names[i].from_n && memcmp(p, names[i].from, names[i].from_n) == 0) {
            memcpy(*to, names[i].to, names[i].to_n);
            *to += names[i].to_n;
            return names[i].from_n;
        }
    }
    return 0;
}

int main(void)
{
    size_t held = 0;

    for (;;) {
        ssize_t got = read(0, in + held, sizeof in - held);
        if (got < 0) {
            return 1;
        }
        size_t n = held + (size_t)got, last = got == 0 || n < KEEP ? n : n - KEEP;
        const char *p = in;
        char *to = out;
        while (p < in + last) {
            const char *quote = memchr(p, '"', (size_t)(in + last - p));
            const char *end = quote == NULL ? in + last : quote + 1;
            memcpy(to, p, (size_t)(end - p));
            to += end - p;
            p = end;
            if (quote != NULL) {
                p += rename_key(p, (size_t)(in + n - p), &to);
            }
        }
        if (!write_all(out, (size_t)(to - out)) || got == 0) {
            return got != 0;
        }
        held = (size_t)(in + n - p);
        memmove(in, p, held);
    }
}
