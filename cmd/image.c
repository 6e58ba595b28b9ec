#include "cmd/image.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outfile.h"
#include "image/flatten.h"
#include "wire/base64.h"

#define SLICE (64UL * 1024)

static json_t *add(struct job *job, struct source *source, struct error *err)
{
    json_t *node = job_add_picture(job, source, err);

    source_release(source);
    return node;
}

json_t *image_open(struct job *job, const char *path, struct error *err)
{
    struct source source;

    return source_open(&source, path, &job->patience.deadline, err) == 0 ? add(job, &source, err)
                                                                         : NULL;
}

static int to_file(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return outfile_write_all(*(int *)ctx, bytes, n) == 0
               ? 0
               : error_set(err, EXIT_OUTPUT, "cannot write the prepared image to a temporary file");
}

static bool may_be_transparent(const struct picture_framing *p)
{
    bool png = p->colour_type == 4 || p->colour_type == 6 || p->has_trns;

    return p->type == PICTURE_PNG ? png : p->has_alpha;
}

/* Whether a server that does not convert what it opens reads another picture than the eye sees: the
 * indices of a palette, bits, 16-bit values (D25). */
static bool is_misread(const struct job *job, const struct picture_framing *p)
{
    return job->backend != NULL && job->backend->raw_pictures && p->type == PICTURE_PNG &&
           (p->colour_type == 3 || p->bit_depth != 8);
}

/* Puts a PNG that every server reads in the same way in the place of a source that is turned by its
 * EXIF orientation, has transparency, or would be misread. */
static int bake(const struct job *job, struct source *source, int *erased, struct error *err)
{
    const struct png_source in = {.fd = source->fd, .name = source->name};
    unsigned orientation = source->picture.orientation;
    bool transparent = false;
    struct source baked;

    if (may_be_transparent(&source->picture) && flatten_needed(&in, &transparent, err) != 0) {
        return -1;
    }
    if (!transparent && orientation == 1 && !is_misread(job, &source->picture)) {
        return 0;
    }
    int fd = outfile_scratch(err);
    if (fd < 0) {
        return -1;
    }
    if (flatten_write(&in, orientation, (struct png_sink){.write = to_file, .ctx = &fd}, err) !=
        0) {
        close(fd);
        return -1;
    }
    if (source_adopt(&baked, fd, source->name, err) != 0) {
        return -1;
    }
    if (transparent && erased != NULL) {
        *erased = dup(source->fd);
    }
    source_release(source);
    *source = baked;
    return 0;
}

static json_t *add_init(struct job *job, struct source *source, int *erased, struct error *err)
{
    if (bake(job, source, erased, err) == 0) {
        return add(job, source, err);
    }
    source_release(source);
    return NULL;
}

json_t *image_open_init(struct job *job, const char *path, int *erased, struct error *err)
{
    struct source source;

    return source_open(&source, path, &job->patience.deadline, err) == 0
               ? add_init(job, &source, erased, err)
               : NULL;
}

int image_replace(struct job *job, size_t at, const char *path, struct error *err)
{
    struct source source;

    if (source_open(&source, path, &job->patience.deadline, err) != 0) {
        return -1;
    }
    if (bake(job, &source, NULL, err) != 0) {
        source_release(&source);
        return -1;
    }
    return job_replace_picture(job, at, &source, err);
}

/* Decodes slice by slice. */
static int decode_to(int fd, const char *base64, const char *name, struct error *err)
{
    struct base64_decoder decoder;
    unsigned char *slice = malloc(BASE64_DECODED_MAX(SLICE));
    size_t left = strlen(base64), used, made;
    int result = slice == NULL ? error_memory(err, "reading a picture") : 0;

    base64_decoder_init(&decoder);
    while (result == 0 && left > 0) {
        size_t n = left < SLICE ? left : SLICE;
        if (base64_decode(&decoder, base64, n, &used, slice, &made) != BASE64_OK) {
            result = error_set(err, EXIT_INPUT, "%s is not base64 of a picture", name);
        } else if (outfile_write_all(fd, slice, made) != 0) {
            result = error_set(err, EXIT_OUTPUT, "cannot write a picture to a temporary file");
        }
        base64 += n;
        left -= n;
    }
    if (result == 0 && !base64_decoder_finish(&decoder)) {
        result = error_set(err, EXIT_INPUT, "%s is not whole base64", name);
    }
    free(slice);
    return result;
}

int image_decode(const char *base64, const char *name, struct error *err)
{
    int fd = outfile_scratch(err);

    if (fd >= 0 && decode_to(fd, base64, name, err) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

bool image_is_link(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0 ||
           strncmp(text, "s3://", 5) == 0;
}

static int lift_one(struct job *job, json_t *array, size_t i, const char *name, struct error *err)
{
    const char *text = json_string_value(json_array_get(array, i));
    struct source source;
    json_t *node;

    if (text == NULL || image_is_link(text)) {
        return 0;
    }
    int fd = image_decode(text, name, err);
    if (fd < 0 || source_adopt(&source, fd, name, err) != 0) {
        return -1;
    }
    node = add_init(job, &source, NULL, err);
    if (node == NULL) {
        return -1;
    }
    return json_array_set_new(array, i, node) == 0 ? 0 : error_memory(err, "reading a picture");
}

const char *image_parameter(const struct job *job, const json_t *native, enum native_type type)
{
    for (size_t i = 0; backends[i] != NULL; i++) {
        const struct native *row = backends[i]->natives;
        for (; (job->backend == NULL || job->backend == backends[i]) && row->name != NULL; row++) {
            if (row->type == type && json_get_path(native, row->name) != NULL) {
                return row->name;
            }
        }
    }
    return NULL;
}

/* A parameter that is one picture. */
static int lift_single(struct job *job, json_t *native, const char *name, struct error *err)
{
    const char *text = json_string_value(json_get_path(native, name));
    struct source source;

    if (text == NULL || *text == '\0' || image_is_link(text)) {
        return 0;
    }
    int fd = image_decode(text, name, err);
    if (fd < 0 || source_adopt(&source, fd, name, err) != 0) {
        return -1;
    }
    json_t *node = add(job, &source, err);
    return node == NULL ? -1 : json_set_path(native, name, node, err);
}

int image_lift(struct job *job, json_t *native, struct error *err)
{
    const char *name = image_parameter(job, native, NATIVE_PICTURES);
    json_t *images = name == NULL ? NULL : json_get_path(native, name);

    for (size_t i = 0; i < json_array_size(images); i++) {
        if (lift_one(job, images, i, name, err) != 0) {
            return -1;
        }
    }
    const struct native *row =
        native != NULL && job->backend != NULL ? job->backend->natives : NULL;
    for (; row != NULL && row->name != NULL; row++) {
        if (row->type == NATIVE_PICTURE && lift_single(job, native, row->name, err) != 0) {
            return -1;
        }
    }
    return 0;
}

/* The node of the init images, or NULL. */
static const json_t *init_images(const struct job *job)
{
    static const enum job_layer native[] = {LAYER_SET, LAYER_PARAMS};
    const json_t *images = json_object_get(job->layers[LAYER_OPTION], "images");

    for (size_t i = 0; images == NULL && i < 2; i++) {
        const char *name = image_parameter(job, job->layers[native[i]], NATIVE_PICTURES);
        images = name == NULL ? NULL : json_get_path(job->layers[native[i]], name);
    }
    return images;
}

size_t image_find(const struct job *job, const json_t *node)
{
    size_t i = 0;

    while (i < job->n_sources && job->pictures[i].node != node) {
        i++;
    }
    return i;
}

size_t image_first(const struct job *job)
{
    return image_find(job, json_array_get(init_images(job), 0));
}

size_t image_count(const struct job *job)
{
    return json_array_size(init_images(job));
}
