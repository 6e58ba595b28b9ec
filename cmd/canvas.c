#include "cmd/canvas.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/text.h"
#include "cmd/image.h"
#include "cmd/run.h"
#include "image/sketch.h"

#define EXTENT_MAX 16384

static int bad_extent(const char *text, struct error *err)
{
    return error_set(
        err, EXIT_USAGE,
        "--outpaint '%s': give left=N,top=N,right=N,bottom=N, pixels from 0 to %d, one "
        "of them above 0",
        text, EXTENT_MAX);
}

int canvas_parse(const char *text, struct outpaint *extent, struct error *err)
{
    static const char *const names[] = {"left", "top", "right", "bottom"};
    uint32_t *const sides[] = {&extent->left, &extent->top, &extent->right, &extent->bottom};
    const char *at = text;
    bool given[4] = {false};

    *extent = (struct outpaint){0};
    while (*at != '\0') {
        size_t n = strcspn(at, "="), side = 0, digits;
        unsigned long value = 0;
        while (side < 4 && (strlen(names[side]) != n || strncmp(names[side], at, n) != 0)) {
            side++;
        }
        digits = at[n] == '=' ? strspn(at + n + 1, "0123456789") : 0;
        if (side == 4 || given[side] || digits == 0 || digits > 5) {
            return bad_extent(text, err);
        }
        for (at += n + 1; digits > 0; digits--) {
            value = 10 * value + (unsigned long)(*at++ - '0');
        }
        if (value > EXTENT_MAX || (*at != '\0' && (*at != ',' || at[1] == '\0'))) {
            return bad_extent(text, err);
        }
        at += *at == ',';
        given[side] = true;
        *sides[side] = (uint32_t)value;
    }
    return extent->left + extent->top + extent->right + extent->bottom > 0 ? 0
                                                                           : bad_extent(text, err);
}

static int to_file(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return outfile_write_all(*(int *)ctx, bytes, n) == 0
               ? 0
               : error_set(err, EXIT_OUTPUT, "cannot write a prepared image to a temporary file");
}

/* The one image that is worked on. */
static int find_image(const struct job *job, const char *option, size_t *at, struct error *err)
{
    size_t n = image_count(job);

    *at = image_first(job);
    if (n > 1) {
        return error_set(err, EXIT_USAGE, "%s works on one image, not %zu", option, n);
    }
    if (*at < job->n_sources) {
        return 0;
    }
    return n == 0
               ? error_set(err, EXIT_USAGE, "%s needs an image to work on: give one with -i FILE",
                           option)
               : error_set(err, EXIT_USAGE,
                           "%s cannot work on an image that is a link: give it as a file", option);
}

static int open_rows(const struct source *source, struct rows *rows, struct error *err)
{
    const struct png_source from = {.fd = source->fd, .name = source->name};

    return rows_open(rows, &from, err);
}

/* Puts the file `fd` (taken over) in the place of a picture, under the same name. */
static int replace(struct job *job, size_t at, int fd, struct error *err)
{
    struct source source;

    if (source_adopt(&source, fd, job->sources[at].name, err) != 0) {
        return -1;
    }
    return job_replace_picture(job, at, &source, err);
}

/* Two scratch files; both are open or none is. */
static int open_two(int fds[2], struct error *err)
{
    fds[0] = outfile_scratch(err);
    fds[1] = fds[0] < 0 ? -1 : outfile_scratch(err);
    if (fds[0] >= 0 && fds[1] < 0) {
        close(fds[0]);
    }
    return fds[1] < 0 ? -1 : 0;
}

/* A server rounds the mask at a half for the model (A14). */
static void warn_weak(const struct job *job, const struct inpaint_options *o, unsigned strongest)
{
    char text[200];

    if (strongest < 128 && strongest > 0 && !o->threshold.set && !o->invert_mask) {
        snprintf(text, sizeof text,
                 "the sketch covers at most %u%%: where a mask is below a half, a WebUI server "
                 "repaints nothing; raise --sketch-opacity, or give --threshold",
                 strongest * 100 / 255);
        run_warn(job->command, text);
    }
}

int canvas_sketch(struct job *job, const struct inpaint_options *o, struct mask_given *mask,
                  struct error *err)
{
    struct sketch sketch = {.opacity = o->sketch_opacity.set ? o->sketch_opacity.value : 1};
    struct rows image = {0}, strokes = {0};
    struct source drawn = SOURCE_INIT;
    int fds[2] = {-1, -1}, result = -1;
    size_t at;

    if (find_image(job, "--sketch", &at, err) != 0 ||
        source_open(&drawn, o->sketch, &job->patience.deadline, err) != 0) {
        return -1;
    }
    if (drawn.picture.orientation != 1) {
        error_set(err, EXIT_INPUT,
                  "cannot use '%s': it is turned by its EXIF orientation; turn its pixels first, "
                  "for example with mogrify -auto-orient",
                  o->sketch);
        goto out;
    }
    if (open_rows(&drawn, &strokes, err) != 0 || open_rows(&job->sources[at], &image, err) != 0 ||
        open_two(fds, err) != 0) {
        goto out;
    }
    if (sketch_lay(&image, &strokes, &sketch, (struct png_sink){.write = to_file, .ctx = &fds[0]},
                   (struct png_sink){.write = to_file, .ctx = &fds[1]}, err) != 0) {
        close(fds[0]);
        close(fds[1]);
        goto out;
    }
    *mask = (struct mask_given){.fd = fds[1], .name = o->sketch};
    result = replace(job, at, fds[0], err);
    if (result == 0 && sketch.strongest == 0 && !o->invert_mask) {
        result =
            error_set(err, EXIT_INPUT,
                      "the sketch '%s' shows no strokes: nothing would be repainted", o->sketch);
    }
    warn_weak(job, o, sketch.strongest);
out:
    rows_close(&image);
    rows_close(&strokes);
    source_release(&drawn);
    return result;
}

int canvas_erased(const struct job *job, const char *mask_from, int *erased,
                  struct mask_given *mask, struct error *err)
{
    char option[48];
    size_t at;

    snprintf(option, sizeof option, "--mask-from %s without --mask", mask_from);
    if (find_image(job, option, &at, err) != 0) {
        return -1;
    }
    if (*erased < 0) {
        return error_set(err, EXIT_INPUT,
                         "%s takes the transparent parts of the image, but '%s' has none", option,
                         job->sources[at].name);
    }
    *mask = (struct mask_given){.fd = *erased, .name = job->sources[at].name};
    *erased = -1;
    return 0;
}

/* Whether native parameters say what a neutral one means. */
static bool native_has(const struct job *job, enum job_layer layer, const char *neutral)
{
    for (size_t i = 0; backends[i] != NULL; i++) {
        const struct native *row = backends[i]->natives;
        for (; (job->backend == NULL || job->backend == backends[i]) && row->name != NULL; row++) {
            if (row->neutral != NULL && strcmp(row->neutral, neutral) == 0 &&
                json_get_path(job->layers[layer], row->name) != NULL) {
                return true;
            }
        }
    }
    return false;
}

/* The canvas is worked on at its own size, unless another was asked for. */
static int set_side(struct job *job, const char *name, uint32_t pixels, struct error *err)
{
    json_t *options = job->layers[LAYER_OPTION];

    if (json_object_get(options, name) != NULL || native_has(job, LAYER_SET, name) ||
        native_has(job, LAYER_PARAMS, name)) {
        return 0;
    }
    return json_object_set_new(options, name, json_integer(pixels)) == 0
               ? 0
               : error_memory(err, "setting the size of the canvas");
}

/* Extends the image at `at`. */
static int extend_image(struct job *job, size_t at, const struct outpaint *extent,
                        struct error *err)
{
    struct rows image;
    int fd = -1, result = -1;

    if (open_rows(&job->sources[at], &image, err) != 0) {
        return -1;
    }
    fd = outfile_scratch(err);
    if (fd >= 0 &&
        outpaint_image(&image, extent, (struct png_sink){.write = to_file, .ctx = &fd}, err) == 0) {
        result = replace(job, at, fd, err);
        fd = -1;
    }
    if (fd >= 0) {
        close(fd);
    }
    rows_close(&image);
    if (result == 0 && (set_side(job, "width", job->sources[at].picture.width, err) != 0 ||
                        set_side(job, "height", job->sources[at].picture.height, err) != 0)) {
        return -1;
    }
    return result;
}

/* A mask of the canvas around width x height; the descriptor, or -1. */
static int extend_mask(struct rows *mask, uint32_t width, uint32_t height,
                       const struct outpaint *extent, struct error *err)
{
    int fd = outfile_scratch(err);

    if (fd >= 0 && outpaint_mask(mask, width, height, extent,
                                 (struct png_sink){.write = to_file, .ctx = &fd}, err) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

int canvas_new_area(struct job *job, const struct outpaint *extent, struct mask_given *mask,
                    struct error *err)
{
    size_t at;

    if (find_image(job, "--outpaint", &at, err) != 0) {
        return -1;
    }
    int fd = extend_mask(NULL, job->sources[at].picture.width, job->sources[at].picture.height,
                         extent, err);
    if (fd < 0) {
        return -1;
    }
    *mask = (struct mask_given){.fd = fd, .name = "--outpaint", .new_area = true};
    return extend_image(job, at, extent, err);
}

int canvas_extend(struct job *job, const struct outpaint *extent, struct error *err)
{
    size_t image, mask = mask_find(job);
    struct rows rows;

    if (find_image(job, "--outpaint", &image, err) != 0) {
        return -1;
    }
    if (mask == job->n_sources) {
        return error_set(err, EXIT_USAGE,
                         "--outpaint cannot extend a mask that is a link: give it as a file");
    }
    if (open_rows(&job->sources[mask], &rows, err) != 0) {
        return -1;
    }
    int fd = extend_mask(&rows, rows.width, rows.height, extent, err);
    rows_close(&rows);
    if (fd < 0 || replace(job, mask, fd, err) != 0) {
        return -1;
    }
    return extend_image(job, image, extent, err);
}

int canvas_native(struct job *job, const struct outpaint *extent, struct error *err)
{
    json_t *sides = json_pack("{s:I,s:I,s:I,s:I}", "left", (json_int_t)extent->left, "top",
                              (json_int_t)extent->top, "right", (json_int_t)extent->right, "bottom",
                              (json_int_t)extent->bottom);

    return sides != NULL && json_object_set_new(job->layers[LAYER_OPTION], "outpaint", sides) == 0
               ? 0
               : error_memory(err, "extending the image");
}
