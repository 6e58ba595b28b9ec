#include "record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void record_folder(struct sandbox *box, char folder[RECORD_PATH_MAX])
{
    folder[0] = '\0';
    if (!box->root)
        return;
    for (int tries = 0; tries < 100000; tries++) {
        snprintf(folder, RECORD_PATH_MAX, "%s/%04u", box->root, ++box->kept);
        if (mkdir(folder, 0777) == 0)
            return;
        if (errno != EEXIST)
            break;
    }
    fprintf(stderr, "sdctl-sandbox: cannot make '%s': %s\n", folder, strerror(errno));
    folder[0] = '\0';
}

void record_bytes(const char *folder, const char *name, const void *bytes, size_t n)
{
    char path[RECORD_PATH_MAX + 80];
    FILE *f;

    if (!folder || !*folder)
        return;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "wb");
    if (!f || (n && fwrite(bytes, 1, n, f) != n)) {
        fprintf(stderr, "sdctl-sandbox: cannot write '%s': %s\n", path, strerror(errno));
        if (f)
            fclose(f);
        return;
    }
    if (fclose(f) != 0)
        fprintf(stderr, "sdctl-sandbox: cannot write '%s': %s\n", path, strerror(errno));
}

void record_json(const char *folder, const char *name, const json_t *value)
{
    char *text;

    if (!folder || !*folder)
        return;
    text = json_dumps(value, JSON_INDENT(1) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    if (text)
        record_bytes(folder, name, text, strlen(text));
    free(text);
}

void record_without_pictures(const char *folder, const json_t *body)
{
    json_t *copy, *list, *item;
    size_t i;

    if (!folder || !*folder)
        return;
    copy = json_copy((json_t *)(uintptr_t)body);
    list = json_array();
    json_array_foreach(json_object_get(copy, "init_images"), i, item)
    {
        json_array_append_new(list, json_sprintf("init-%zu", i));
    }
    if (json_object_get(copy, "init_images"))
        json_object_set(copy, "init_images", list);
    json_decref(list);
    if (json_is_string(json_object_get(copy, "mask")))
        json_object_set_new(copy, "mask", json_string("mask"));
    record_json(folder, "request.json", copy);
    json_decref(copy);
}

static const char *extension(const struct buf *bytes)
{
    if (bytes->len >= 8 && memcmp(bytes->data, "\x89PNG\r\n\x1a\n", 8) == 0)
        return "png";
    if (bytes->len >= 3 && memcmp(bytes->data, "\xff\xd8\xff", 3) == 0)
        return "jpg";
    if (bytes->len >= 12 && memcmp(bytes->data, "RIFF", 4) == 0 &&
        memcmp(bytes->data + 8, "WEBP", 4) == 0)
        return "webp";
    return "bin";
}

void record_picture(const char *folder, const char *name, int index, const struct buf *bytes,
                    char file[64])
{
    char own[64];

    if (!folder || !*folder)
        return;
    file = file ? file : own;
    if (index >= 0)
        snprintf(file, 64, "%s-%d.%s", name, index, extension(bytes));
    else
        snprintf(file, 64, "%s.%s", name, extension(bytes));
    record_bytes(folder, file, bytes->data, bytes->len);
}

static void record_raster(const char *folder, const char *name, const struct raster *r)
{
    struct error err;
    struct buf png;

    buf_init(&png, (size_t)1 << 30);
    if (r->pixels && raster_write_png(r, NULL, &png, &err) == 0)
        record_bytes(folder, name, png.data, png.len);
    buf_release(&png);
}

void record_prepared(const char *folder, const struct prepared *p)
{
    json_t *about;
    char name[64];

    if (!folder || !*folder)
        return;
    for (size_t i = 0; i < p->n; i++) {
        if (i == 0)
            snprintf(name, sizeof name, "processed-init.png");
        else
            snprintf(name, sizeof name, "processed-init-%zu.png", i);
        record_raster(folder, name, &p->images[i]);
    }
    record_raster(folder, "processed-mask.png", &p->mask.mask);
    record_raster(folder, "overlay-mask.png", &p->mask.for_overlay);
    about = json_pack("{s:b}", "only_masked", (int)p->mask.has_crop);
    if (p->mask.has_crop)
        json_object_set_new(about, "crop",
                            json_pack("[i, i, i, i]", p->mask.crop.x1, p->mask.crop.y1,
                                      p->mask.crop.x2, p->mask.crop.y2));
    record_json(folder, "processed.json", about);
    json_decref(about);
}
