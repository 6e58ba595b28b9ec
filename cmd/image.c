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

    return source_open(&source, path, &job->deadline, err) == 0 ? add(job, &source, err) : NULL;
}

static int to_file(void *ctx, const void *bytes, size_t n, struct error *err)
{
    return outfile_write_all(*(int *)ctx, bytes, n) == 0
               ? 0
               : error_set(err, EXIT_OUTPUT, "cannot write the prepared image to a temporary file");
}

static bool may_be_transparent(const struct picture_framing *p)
{
    return p->type == PICTURE_PNG && (p->colour_type == 4 || p->colour_type == 6 || p->has_trns);
}

/* Puts the flattened picture in the source's place, if it has transparency. */
static int flatten(struct source *source, struct error *err)
{
    const struct png_source in = {.fd = source->fd, .name = source->name};
    struct source flat;
    bool needed;
    int fd;

    if (!may_be_transparent(&source->picture)) {
        return 0;
    }
    if (flatten_needed(&in, &needed, err) != 0) {
        return -1;
    }
    if (!needed) {
        return 0;
    }
    fd = outfile_scratch(err);
    if (fd < 0) {
        return -1;
    }
    if (flatten_white(&in, (struct png_sink){.write = to_file, .ctx = &fd}, err) != 0) {
        close(fd);
        return -1;
    }
    if (source_adopt(&flat, fd, source->name, err) != 0) {
        return -1;
    }
    source_release(source);
    *source = flat;
    return 0;
}

static json_t *add_init(struct job *job, struct source *source, struct error *err)
{
    if (source->picture.orientation != 1) {
        error_set(err, EXIT_INPUT,
                  "cannot use '%s': it is turned by its EXIF orientation (%u), which servers read "
                  "differently; turn its pixels first, for example with mogrify -auto-orient",
                  source->name, source->picture.orientation);
    } else if (flatten(source, err) == 0) {
        return add(job, source, err);
    }
    source_release(source);
    return NULL;
}

json_t *image_open_init(struct job *job, const char *path, struct error *err)
{
    struct source source;

    return source_open(&source, path, &job->deadline, err) == 0 ? add_init(job, &source, err)
                                                                : NULL;
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
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
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
    node = add_init(job, &source, err);
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
            if (row->type == type && json_object_get(native, row->name) != NULL) {
                return row->name;
            }
        }
    }
    return NULL;
}

int image_lift(struct job *job, json_t *native, struct error *err)
{
    const char *name = image_parameter(job, native, NATIVE_PICTURES);
    json_t *images = name == NULL ? NULL : json_object_get(native, name);

    for (size_t i = 0; i < json_array_size(images); i++) {
        if (lift_one(job, images, i, name, err) != 0) {
            return -1;
        }
    }
    return 0;
}
