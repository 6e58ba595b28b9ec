#include "cmd/mask.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "cmd/image.h"
#include "cmd/run.h"
#include "image/mask.h"
#include "wire/json.h"

#define MOSTLY_WHITE 0.5

static const char *const mask_parameters[] = {"mask_blur", "mask_blur_x", "mask_blur_y", "fill",
                                              "area",      "padding",     "invert_mask"};

static enum mask_from from_choice(const char *choice)
{
    static const char *const names[] = {"luma", "alpha", "alpha-inverted"};
    static const enum mask_from values[] = {MASK_FROM_LUMA, MASK_FROM_ALPHA,
                                            MASK_FROM_ALPHA_INVERTED};

    for (size_t i = 0; choice != NULL && i < sizeof names / sizeof *names; i++) {
        if (strcmp(choice, names[i]) == 0) {
            return values[i];
        }
    }
    return MASK_FROM_UNSET;
}

static int to_file(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return outfile_write_all(*(int *)ctx, bytes, n) == 0
               ? 0
               : error_set(err, EXIT_OUTPUT, "cannot write the prepared mask to a temporary file");
}

static int judge(const char *path, const struct mask_stats *stats, const struct inpaint_options *o,
                 bool new_area, const char *command, struct error *err)
{
    if (mask_stats_blank(stats) && o->shrink.value > 0) {
        return error_set(err, EXIT_INPUT,
                         "--shrink %lld leaves nothing of the mask '%s' to be repainted",
                         o->shrink.value, path);
    }
    if (mask_stats_blank(stats)) {
        return error_set(err, EXIT_INPUT,
                         "mask '%s' is all black: nothing would be repainted; white marks what to "
                         "repaint (--invert-mask turns it round)",
                         path);
    }
    if (mask_stats_white(stats) > MOSTLY_WHITE && !new_area) {
        char text[160];
        snprintf(text, sizeof text,
                 "the mask is %.0f%% white, and white is repainted; if that is the wrong way "
                 "round, use --invert-mask",
                 100 * mask_stats_white(stats));
        run_warn(command, text);
    }
    return 0;
}

/* Writes the mask that `in` holds (closed after) in its one form to an anonymous file, and adds
 * that as a picture under the mask's name. */
static json_t *normalise(struct job *job, int in, const char *name,
                         const struct mask_options *options, struct mask_stats *stats,
                         struct error *err)
{
    const struct png_source from = {.fd = in, .name = name};
    struct source source = SOURCE_INIT;
    json_t *node = NULL;
    int out = outfile_scratch(err);

    if (out >= 0 && mask_normalise(&from, options, (struct png_sink){.write = to_file, .ctx = &out},
                                   stats, err) == 0) {
        if (source_adopt(&source, out, name, err) == 0) {
            node = job_add_picture(job, &source, err);
        }
        out = -1;
    }
    source_release(&source);
    close(in);
    if (out >= 0) {
        close(out);
    }
    return node;
}

json_t *mask_open(struct job *job, const char *path, struct error *err)
{
    const struct mask_options options = {.from_option = "sdctl mask-invert --keep --from"};
    struct mask_stats stats;
    int in = source_open_plain(path, SOURCE_BYTES_MAX, &job->patience.deadline, err);

    return in < 0 ? NULL : normalise(job, in, path, &options, &stats, err);
}

/* Prepares the mask of the image, from a descriptor that is closed after. */
static json_t *prepare(struct job *job, int in, const char *name, const struct inpaint_options *o,
                       bool invert, bool new_area, struct error *err)
{
    size_t first = image_first(job);
    const struct source *image = first < job->n_sources ? &job->sources[first] : NULL;
    const struct mask_options options = {.from = from_choice(o->mask_from),
                                         .from_option = "--mask-from",
                                         .threshold_set = o->threshold.set,
                                         .threshold = (unsigned)o->threshold.value,
                                         .invert = invert,
                                         .grow = (uint32_t)o->grow.value,
                                         .shrink = (uint32_t)o->shrink.value,
                                         .width = image != NULL ? image->picture.width : 0,
                                         .height = image != NULL ? image->picture.height : 0,
                                         .sized_as = image != NULL ? image->name : NULL};
    struct mask_stats stats;
    json_t *node = normalise(job, in, name, &options, &stats, err);

    if (node != NULL && judge(name, &stats, o, new_area, job->command, err) != 0) {
        json_decref(node);
        return NULL;
    }
    return node;
}

/* A mask given as base64 in native parameters is prepared like any other. */
static int lift(struct job *job, json_t *native, const struct inpaint_options *o, bool invert,
                struct error *err)
{
    const char *name = image_parameter(job, native, NATIVE_MASK);
    const char *text = name == NULL ? NULL : json_string_at(native, name);

    if (text == NULL || image_is_link(text)) {
        return 0;
    }
    int in = image_decode(text, name, err);
    json_t *mask = in < 0 ? NULL : prepare(job, in, name, o, invert, false, err);
    if (mask == NULL) {
        return -1;
    }
    return json_object_set_new(native, name, mask) == 0 ? 0 : error_memory(err, "adding the mask");
}

static bool is_set(const struct job *job, const char *name)
{
    static const enum job_layer layers[] = {LAYER_OPTION, LAYER_SET, LAYER_PARAMS, LAYER_FROM};

    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        if (json_object_get(job->layers[layers[i]], name) != NULL) {
            return true;
        }
    }
    return false;
}

/* What the page would send (A4); its blur only where no blur is given, since the two forms of blur
 * exclude each other (A1). */
static int add_page_defaults(struct job *job, struct error *err)
{
    json_t *page = json_pack("{s:s,s:s,s:i}", "fill", "original", "area", "whole", "padding", 32);
    int bad = page == NULL;

    if (!is_set(job, "mask_blur") && !is_set(job, "mask_blur_x") && !is_set(job, "mask_blur_y")) {
        bad |= json_object_set_new(page, "mask_blur", json_integer(4));
    }
    job->layers[LAYER_UI] = page;
    return bad == 0 ? 0 : error_memory(err, "setting the page's defaults");
}

void mask_given_release(struct mask_given *mask)
{
    if (mask->fd >= 0) {
        close(mask->fd);
    }
    *mask = (struct mask_given)MASK_GIVEN_INIT;
}

static const char *native_mask(const struct job *job, enum job_layer layer)
{
    return image_parameter(job, job->layers[layer], NATIVE_MASK);
}

bool mask_is_native(const struct job *job)
{
    return native_mask(job, LAYER_SET) != NULL || native_mask(job, LAYER_PARAMS) != NULL;
}

size_t mask_find(const struct job *job)
{
    static const enum job_layer native[] = {LAYER_SET, LAYER_PARAMS};
    const json_t *mask = json_object_get(job->layers[LAYER_OPTION], "mask");

    for (size_t i = 0; mask == NULL && i < 2; i++) {
        const char *name = native_mask(job, native[i]);
        mask = name == NULL ? NULL : json_object_get(job->layers[native[i]], name);
    }
    return image_find(job, mask);
}

int mask_add(struct job *job, const struct inpaint_options *options, struct mask_given *given,
             struct error *err)
{
    json_t *from = job->layers[LAYER_FROM];
    const char *name = given->fd >= 0 ? given->name : options->mask;
    bool invert = options->invert_mask != json_is_true(json_object_get(from, "invert_mask"));

    json_object_del(from, "invert_mask");
    if (json_object_get(job->layers[LAYER_OPTION], "mask_blur_x") != NULL ||
        json_object_get(job->layers[LAYER_OPTION], "mask_blur_y") != NULL) {
        json_object_del(from, "mask_blur");
    }
    if (options->ui_defaults && add_page_defaults(job, err) != 0) {
        return -1;
    }
    if (lift(job, job->layers[LAYER_PARAMS], options, invert, err) != 0 ||
        lift(job, job->layers[LAYER_SET], options, invert, err) != 0) {
        return -1;
    }
    if (name == NULL) {
        return 0; /* the parameters may hold one; the backend refuses if not */
    }
    if (given->new_area && options->invert_mask) {
        return error_set(err, EXIT_USAGE,
                         "--invert-mask has nothing to invert: --outpaint repaints the new area, "
                         "and no mask was given");
    }
    int in = given->fd >= 0
                 ? given->fd
                 : source_open_plain(options->mask, SOURCE_BYTES_MAX, &job->patience.deadline, err);
    given->fd = -1;
    json_t *mask =
        in < 0 ? NULL
               : prepare(job, in, name, options, invert && !given->new_area, given->new_area, err);
    if (mask == NULL) {
        return -1;
    }
    return json_object_set_new(job->layers[LAYER_OPTION], "mask", mask) == 0
               ? 0
               : error_memory(err, "adding the mask");
}

int mask_drop(struct job *job, struct error *err)
{
    (void)err;
    for (size_t i = 0; i < sizeof mask_parameters / sizeof *mask_parameters; i++) {
        json_object_del(job->layers[LAYER_FROM], mask_parameters[i]);
    }
    return 0;
}
