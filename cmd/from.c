#include "cmd/from.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backend/backend.h"
#include "backend/infotext.h"
#include "base/picture.h"
#include "wire/json.h"
#include "wire/source.h"

#define DOCUMENT_MAX (16UL * 1024 * 1024)
#define CHUNK 65536

/* The path of the first picture in the document: a result, else the input of an interrogation. */
static const char *picture_of(const json_t *document)
{
    const char *path =
        json_string_at(json_array_get(json_object_get(document, "images"), 0), "path");
    const char *name;
    json_t *value;

    json_object_foreach(json_object_get(document, "params"), name, value)
    {
        path = path != NULL ? path : json_string_at(value, "path");
    }
    return path != NULL && strcmp(path, "-") != 0 ? path : NULL;
}

static int read_document(struct from *from, const json_t *document, const char *path,
                         struct error *err)
{
    const char *kind = json_string_at(document, "backend");
    const struct backend *backend = kind == NULL ? NULL : backend_find(kind);
    const char *caption = json_string_at(document, "caption");
    const char *picture = picture_of(document);
    json_t *seed = json_object_get(json_array_get(json_object_get(document, "images"), 0), "seed");
    int bad = 0;

    if (!json_is_object(document) || json_string_at(document, "status") == NULL) {
        return error_set(err, EXIT_INPUT, "cannot use '%s': it is not a result document", path);
    }
    from->neutral = backend == NULL || caption != NULL
                        ? json_object()
                        : native_to_neutral(backend->natives, json_object_get(document, "params"));
    if (caption != NULL) {
        bad |= json_object_set_new(from->neutral, "prompt", json_string(caption));
    }
    if (json_is_integer(seed)) {
        bad |= json_object_set(from->neutral, "seed", seed);
    }
    from->image = picture == NULL ? NULL : strdup(picture);
    return bad == 0 && from->neutral != NULL && (picture == NULL || from->image != NULL)
               ? 0
               : error_memory(err, "reading a result");
}

static int parse_document(struct from *from, int fd, const char *path, struct error *err)
{
    struct buf text;
    ssize_t got = 0;
    int result = -1;

    buf_init(&text, DOCUMENT_MAX);
    for (;;) {
        char *room = buf_room(&text, CHUNK);
        got = room == NULL ? 0 : pread(fd, room, CHUNK, (off_t)text.len);
        if (got <= 0) {
            break;
        }
        text.len += (size_t)got;
    }
    if (got < 0 || text.failed) {
        error_set(err, EXIT_INPUT, "cannot read '%s': %s", path,
                  got < 0 ? strerror(errno) : "it is too large for a result document");
    } else {
        json_t *document = json_parse(text.data, text.len, path, EXIT_INPUT, err);
        result = document == NULL ? -1 : read_document(from, document, path, err);
        json_decref(document);
    }
    buf_release(&text);
    return result;
}

static int read_picture(struct from *from, int fd, const char *path, struct error *err)
{
    struct picture_framing picture;
    unsigned char chunk[8192];
    char *text = NULL;
    off_t at = 0;
    ssize_t got;
    int result = -1;

    picture_init(&picture);
    picture.want_text = true;
    while ((got = pread(fd, chunk, sizeof chunk, at)) > 0 &&
           picture_feed(&picture, chunk, (size_t)got) == 0) {
        at += got;
    }
    if (picture_finish(&picture, err) != 0) {
        error_prefix(err, "cannot use '%s': ", path);
    } else if ((text = picture_text(&picture)) == NULL) {
        error_set(err, EXIT_INPUT, "cannot use '%s': the picture holds no generation parameters",
                  path);
    } else {
        from->neutral = infotext_parse(text);
        from->image = strcmp(path, "-") == 0 ? NULL : strdup(path);
        result = from->neutral != NULL ? 0 : error_memory(err, "reading generation parameters");
    }
    free(text);
    picture_release(&picture);
    return result;
}

int from_read(struct from *from, const char *path, const struct deadline *deadline,
              struct error *err)
{
    char first = '\0';

    *from = (struct from){0};
    int fd = source_open_plain(path, SOURCE_BYTES_MAX, deadline, err);
    if (fd < 0) {
        return -1;
    }
    for (off_t at = 0; pread(fd, &first, 1, at) == 1 && strchr(" \t\r\n", first) != NULL; at++) {
    }
    int result =
        first == '{' ? parse_document(from, fd, path, err) : read_picture(from, fd, path, err);
    close(fd);
    if (result != 0) {
        from_release(from);
    }
    return result;
}

void from_release(struct from *from)
{
    json_decref(from->neutral);
    free(from->image);
    *from = (struct from){0};
}
