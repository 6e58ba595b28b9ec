#include "fooocus_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/sha256.h"
#include "fields.h"
#include "files.h"
#include "fooocus_meta.h"
#include "wire/base64.h"

/* YYYY-MM-DD/YYYY-MM-DD_HH-MM-SS_NNNN.ext, or DATE/NAME-INDEX.ext */
static void name_file(const struct fooocus_task *task, const char *format, char to[256])
{
    time_t now = time(NULL);
    struct timespec fine;
    struct tm local;
    char date[16], clock[16];

    localtime_r(&now, &local);
    strftime(date, sizeof date, "%Y-%m-%d", &local);
    strftime(clock, sizeof clock, "%H-%M-%S", &local);
    clock_gettime(CLOCK_MONOTONIC, &fine);
    if (*task->name && !strchr(task->name, '/') && !strstr(task->name, ".."))
        snprintf(to, 256, "%s/%s-%zu.%s", date, task->name, json_array_size(task->files),
                 *task->ext ? task->ext : format);
    else
        snprintf(to, 256, "%s/%s_%s_%04d.%s", date, date, clock,
                 1000 +
                     (int)(((uint64_t)fine.tv_nsec / 1000 + json_array_size(task->files)) % 9000),
                 format);
}

static bool write_file(const struct fooocus_engine *engine, const char *name,
                       const struct buf *bytes)
{
    char path[RECORD_PATH_MAX];
    FILE *file;
    char *slash;
    bool good;

    snprintf(path, sizeof path, "%s/%s/%s", engine->folder, engine->results, name);
    slash = strrchr(path, '/');
    *slash = '\0';
    mkdir(path, 0777);
    *slash = '/';
    file = fopen(path, "wb");
    if (!file)
        return false;
    good = fwrite(bytes->data, 1, bytes->len, file) == bytes->len;
    return fclose(file) == 0 && good;
}

int fooocus_file_save(struct fooocus_engine *engine, struct fooocus_task *task,
                      const struct raster *picture, int64_t seed, int steps, struct failure *f)
{
    const json_t *values = task->order.values;
    const char *format = fields_text(values, "output_format", "png");
    char *meta = NULL, name[256], kept[64];
    struct buf bytes;
    bool good;

    if (fields_flag(values, "save_metadata_to_images"))
        meta = fooocus_meta(values, picture, seed, steps);
    const char *texts[] = {"parameters", meta, "fooocus_scheme",
                           fields_text(values, "metadata_scheme", "fooocus"), NULL};
    good = fooocus_picture_encode(picture, format, meta ? texts : NULL, &bytes);
    free(meta);
    if (good) {
        name_file(task, format, name);
        good = write_file(engine, name, &bytes);
        snprintf(kept, sizeof kept, "out-%zu.%s", json_array_size(task->files), format);
        record_bytes(task->folder, kept, bytes.data, bytes.len);
    }
    buf_release(&bytes);
    if (!good)
        return failure_set(f, 500, "ValueError", "unknown file extension: .%s", format);
    pthread_mutex_lock(&engine->lock);
    json_array_append_new(task->files, json_string(name));
    pthread_mutex_unlock(&engine->lock);
    return 0;
}

void fooocus_file_record(const char *folder, const char *name, const struct raster *picture)
{
    char file[64];
    struct buf bytes;

    if (!folder || !*folder || !picture->pixels)
        return;
    snprintf(file, sizeof file, "%s.png", name);
    if (fooocus_picture_encode(picture, "png", NULL, &bytes))
        record_bytes(folder, file, bytes.data, bytes.len);
    buf_release(&bytes);
}

void fooocus_file_record_id(const struct fooocus_task *task)
{
    json_t *about = json_pack("{s:s}", "task_id", task->id);

    record_json(task->folder, "task.json", about);
    json_decref(about);
}

void fooocus_file_accept(const char *accept, char ext[16], bool *image)
{
    const char *slash = strchr(accept, '/');

    *image = false;
    *ext = '\0';
    if (!slash || strchr(slash + 1, '/'))
        return;
    *image = slash - accept == 5 && (accept[0] | 32) == 'i' && (accept[1] | 32) == 'm' &&
             (accept[2] | 32) == 'a' && (accept[3] | 32) == 'g' && (accept[4] | 32) == 'e';
    snprintf(ext, 16, "%s", slash + 1);
    for (char *c = ext; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
}

static const char *known_ext(const char *name)
{
    static const char *const EXTS[] = {"png", "jpg", "jpeg", "webp"};
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; i < 4; i++)
        if (strcmp(dot ? dot + 1 : name, EXTS[i]) == 0)
            return EXTS[i];
    return NULL;
}

/* The file in another format; an empty body where the server's Pillow fails. */
static void reply_converted(struct reply *reply, const struct buf *file, const char *ext)
{
    struct fooocus_picture picture;
    struct failure f;
    struct buf bytes;

    buf_init(&bytes, 0);
    if (strcmp(ext, "jpg") != 0 &&
        fooocus_picture_decode(file->data, file->len, &picture, &f) == 0) {
        buf_release(&bytes);
        if (!fooocus_picture_encode(&picture.raster, ext, NULL, &bytes))
            buf_release(&bytes);
        fooocus_picture_release(&picture);
    }
    reply_bytes(reply, 200,
                strcmp(ext, "png") == 0    ? "image/png"
                : strcmp(ext, "webp") == 0 ? "image/webp"
                : strcmp(ext, "jpg") == 0  ? "image/jpg"
                                           : "image/jpeg",
                bytes.data, bytes.len);
    buf_release(&bytes);
}

void fooocus_file_serve(const struct request *request, struct reply *reply,
                        const struct fooocus_engine *engine, const char *path, bool any_name,
                        unsigned missing)
{
    const char *accept = request_header(request, "Accept"), *named = known_ext(path);
    char place[RECORD_PATH_MAX], ext[16];
    struct buf file;
    bool image;

    snprintf(place, sizeof place, "%.400s%.600s", engine->folder, path);
    if (strstr(path, "..") || !fooocus_picture_load(place, &file)) {
        reply_text(reply, missing, NULL, missing == 404 ? "" : "Internal Server Error");
        return;
    }
    if (!accept) {
        reply_text(reply, 500, "text/plain; charset=utf-8", "Internal Server Error");
    } else if (!named && !any_name) {
        reply_text(reply, 404, NULL, "");
    } else {
        fooocus_file_accept(accept, ext, &image);
        snprintf(place, sizeof place, ".%s", ext);
        if (*ext && known_ext(place))
            reply_converted(reply, &file, ext);
        else
            files_send(request, reply, files_type(path), file.data, file.len, true);
    }
    buf_release(&file);
}

void fooocus_file_keep_input(const struct fooocus_engine *engine, const struct raster *picture,
                             const char *base_url, char link[256])
{
    char path[RECORD_PATH_MAX], hex[SHA256_HEX_SIZE], *base64;
    uint8_t digest[SHA256_LEN];
    struct sha256 hash;
    struct buf png;
    FILE *file;

    *link = '\0';
    if (!picture->pixels || !fooocus_picture_encode(picture, "png", NULL, &png))
        return;
    base64 = malloc(base64_encoded_size(png.len) + 1);
    if (base64) {
        base64_encode(base64, png.data, png.len);
        sha256_init(&hash);
        sha256_update(&hash, base64, base64_encoded_size(png.len));
        sha256_final(&hash, digest);
        sha256_hex(digest, hex);
        snprintf(path, sizeof path, "%s/inputs/%s.png", engine->folder, hex);
        file = fopen(path, "wb");
        if (file) {
            fwrite(png.data, 1, png.len, file);
            fclose(file);
            snprintf(link, 256, "%.150s/inputs/%s.png", base_url, hex);
        }
    }
    free(base64);
    buf_release(&png);
}
