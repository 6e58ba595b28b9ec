#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "cmd/commands.h"
#include "cmd/mask_report.h"
#include "cmd/options.h"
#include "cmd/run.h"
#include "image/mask.h"
#include "wire/source.h"

#define COPY_BUFFER 65536

struct settings {
    const char *from;
    const char *fit;
    struct option_int threshold;
    struct option_int grow;
    struct option_int shrink;
    struct option_real blur;
    bool keep;
    bool check;
    const char *output;
    bool force;
};

static const char *const from_choices[] = {"luma", "alpha", "alpha-inverted", NULL};

static const struct option_row mask_rows[] = {
    {.name = "from",
     .type = OPTION_CHOICE,
     .choices = from_choices,
     .offset = offsetof(struct settings, from),
     .help = "what of the picture is the mask",
     .detail = "luma is its brightness, alpha its opacity (opaque is white), alpha-inverted its "
               "transparency (transparent is white). A picture with transparent parts is refused "
               "without this option, because the services and their pages disagree on what it "
               "means."},
    {.name = "fit",
     .type = OPTION_FILE,
     .metavar = "IMAGE|-",
     .offset = offsetof(struct settings, fit),
     .help = "bring the mask to the size of an image: PNG, JPEG or WebP",
     .detail = "Width and height are stretched apart from each other, with the Lanczos filter that "
               "the WebUI uses; a turned image counts as it is seen. Edges become soft unless "
               "there is a threshold too."},
    {.name = "threshold",
     .type = OPTION_INT,
     .metavar = "N",
     .min = 0,
     .max = 255,
     .offset = offsetof(struct settings, threshold),
     .help = "make the mask pure black and white: grey above N is white",
     .detail = "It is applied before the inversion. The WebUI's page does the same with 128."},
    {.name = "grow",
     .type = OPTION_INT,
     .metavar = "N",
     .min = 0,
     .max = MASK_RADIUS_MAX,
     .offset = offsetof(struct settings, grow),
     .conflicts = "shrink",
     .help = "widen what is white in the result by N pixels on each side",
     .detail = "Each pixel becomes the brightest of the square of 2N+1 pixels around it."},
    {.name = "shrink",
     .type = OPTION_INT,
     .metavar = "N",
     .min = 0,
     .max = MASK_RADIUS_MAX,
     .offset = offsetof(struct settings, shrink),
     .help = "narrow what is white in the result by N pixels on each side",
     .detail = "Each pixel becomes the darkest of the square of 2N+1 pixels around it. What lies "
               "outside of the mask has no part in it."},
    {.name = "blur",
     .type = OPTION_REAL,
     .metavar = "SIGMA",
     .min = 0,
     .max = MASK_BLUR_MAX,
     .offset = offsetof(struct settings, blur),
     .help = "soften the edges with a Gaussian of this many pixels"},
    {.name = "keep",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, keep),
     .help = "prepare the mask without inverting it",
     .detail = "The result is 8-bit grey, the form that every service reads in the same way."},
    {.name = "check",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, check),
     .conflicts = "keep,grow,shrink,blur,output,force",
     .help = "write no mask but report on this one, as JSON",
     .detail = "See The report."},
    {.name = NULL},
};
static const struct option_group mask_group = {.title = "Mask", .rows = mask_rows};

static const struct option_row output_rows[] = {
    {.name = "output",
     .letter = 'o',
     .type = OPTION_OUTPUT,
     .metavar = "OUT.png|-",
     .offset = offsetof(struct settings, output),
     .help = "where the result goes; standard output if not given",
     .detail = "The file appears whole or not at all. Nothing is written to standard output "
               "before the whole picture was found to be good."},
    {.name = "force",
     .type = OPTION_FLAG,
     .offset = offsetof(struct settings, force),
     .help = "replace an existing file"},
    {.name = NULL},
};
static const struct option_group output_rows_group = {.title = "Output", .rows = output_rows};

static const struct option_use uses[] = {
    {.group = &mask_group},
    {.group = &output_rows_group},
    {.group = NULL},
};

static bool is_dash(const char *path)
{
    return path == NULL || strcmp(path, "-") == 0;
}

static enum mask_from from_value(const char *choice)
{
    if (choice == NULL) {
        return MASK_FROM_UNSET;
    }
    if (strcmp(choice, "luma") == 0) {
        return MASK_FROM_LUMA;
    }
    return strcmp(choice, "alpha") == 0 ? MASK_FROM_ALPHA : MASK_FROM_ALPHA_INVERTED;
}

struct target {
    struct outfile *file;
    const char *name;
};

static int write_target(void *ctx, const void *bytes, size_t n, struct error *err)
{
    struct target *t = ctx;

    return outfile_write(t->file, bytes, n, t->name, err);
}

/* Copies a finished file to standard output. */
static int copy_out(int fd, struct error *err)
{
    static char bytes[COPY_BUFFER];
    off_t at = 0;

    for (;;) {
        ssize_t n = pread(fd, bytes, sizeof bytes, at);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0 || outfile_write_all(STDOUT_FILENO, bytes, (size_t)n) != 0) {
            return error_set(err, EXIT_OUTPUT, "cannot write standard output: %s", strerror(errno));
        }
        if (n == 0) {
            return 0;
        }
        at += n;
    }
}

static int open_target(struct outfile *file, const char *path, bool force, struct error *err)
{
    if (!is_dash(path)) {
        return outfile_begin(file, path, force, err);
    }
    file->fd = outfile_scratch(err);
    return file->fd < 0 ? -1 : 0;
}

static int invert(const struct png_source *source, const struct mask_options *options,
                  const struct settings *s, struct error *err)
{
    struct outfile file = OUTFILE_INIT;
    struct target target = {.file = &file,
                            .name = is_dash(s->output) ? "temporary file" : s->output};
    bool exists;

    int result = open_target(&file, s->output, s->force, err);
    if (result == 0) {
        result = mask_invert(source, options,
                             (struct png_sink){.write = write_target, .ctx = &target}, err);
    }
    if (result == 0) {
        result = is_dash(s->output)
                     ? copy_out(file.fd, err)
                     : outfile_commit(&file, s->output, s->force, false, &exists, err);
    }
    outfile_discard(&file);
    return result;
}

/* The size that --fit asks for. */
static int read_fit(const char *path, struct mask_options *options, struct error *err)
{
    struct deadline never = {.at = DEADLINE_NEVER};
    struct source image;

    if (path == NULL) {
        return 0;
    }
    if (source_open(&image, path, &never, err) != 0) {
        return error_prefix(err, "--fit: ");
    }
    bool turned = image.picture.orientation > 4;
    options->fit_width = turned ? image.picture.height : image.picture.width;
    options->fit_height = turned ? image.picture.width : image.picture.height;
    source_release(&image);
    return 0;
}

static int perform(const char *in, const struct settings *s, struct error *err)
{
    struct mask_options options = {.from = from_value(s->from),
                                   .from_option = "--from",
                                   .threshold_set = s->threshold.set,
                                   .threshold = (unsigned)s->threshold.value,
                                   .invert = !s->keep,
                                   .grow = (uint32_t)s->grow.value,
                                   .shrink = (uint32_t)s->shrink.value,
                                   .blur = s->blur.value};
    struct png_source source = {.name = is_dash(in) ? "standard input" : in};
    struct deadline never = {.at = DEADLINE_NEVER};

    if (read_fit(s->fit, &options, err) != 0) {
        return -1;
    }
    source.fd = source_open_plain(in, SOURCE_BYTES_MAX, &never, err);
    if (source.fd < 0) {
        return -1;
    }
    int result = s->check ? mask_report_print(&source, in, &options, s->fit, err)
                          : invert(&source, &options, s, err);
    close(source.fd);
    return result;
}

static int check_usage(const char *in, const struct settings *s, struct error *err)
{
    if (!s->check && is_dash(s->output) && isatty(STDOUT_FILENO)) {
        return error_set(err, EXIT_USAGE,
                         "standard output is a terminal: name a file with -o, or redirect it");
    }
    if (is_dash(in) && isatty(STDIN_FILENO)) {
        return error_set(err, EXIT_USAGE, "standard input is a terminal: name the mask to read");
    }
    if (is_dash(in) && s->fit != NULL && is_dash(s->fit)) {
        return error_set(err, EXIT_USAGE,
                         "standard input (-) can be read once only: name a file for --fit");
    }
    return 0;
}

static int run(const struct command *self, int argc, char **argv)
{
    struct parsed parsed;
    struct error err = {0};

    int result = options_parse(self, argc, argv, &parsed, &err);
    if (result == 0 && !parsed.help) {
        const struct settings *s = parsed.settings;
        const char *in = parsed.n_operands > 0 ? parsed.operands[0] : "-";

        result = check_usage(in, s, &err);
        if (result == 0) {
            result = perform(in, s, &err);
        }
    }
    result = run_finish(self, &parsed, result, &err);
    options_release(self, &parsed);
    return result;
}

const struct command mask_invert_command = {
    .name = "mask-invert",
    .summary = "invert a mask, or prepare or check one",
    .operands = "[IN.png|-]",
    .max_operands = 1,
    .uses = uses,
    .settings_size = sizeof(struct settings),
    .run = run,
};
