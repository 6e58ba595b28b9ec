#include "job/output.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

static const char *const extensions[] = {"png", "jpg", "jpeg", "webp", "gif"};

#define N_EXTENSIONS (sizeof extensions / sizeof *extensions)

/* The picture ending of a path ("png"), or NULL. */
static const char *extension_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash != NULL ? slash : path, '.');

    for (size_t i = 0; dot != NULL && i < N_EXTENSIONS; i++) {
        if (strcasecmp(dot + 1, extensions[i]) == 0) {
            return dot + 1;
        }
    }
    return NULL;
}

static bool is_type(const char *extension, const char *real)
{
    return strcasecmp(extension, real) == 0 ||
           (strcasecmp(extension, "jpeg") == 0 && strcmp(real, "jpg") == 0);
}

/* printf into new memory; NULL without. */
static char *text_of(const char *format, const char *a, const char *b, const char *c)
{
    int n = snprintf(NULL, 0, format, a, b, c);
    char *text = n < 0 ? NULL : malloc((size_t)n + 1);

    if (text != NULL) {
        snprintf(text, (size_t)n + 1, format, a, b, c);
    }
    return text;
}

/* The stem of an input's name, as far as it is safe to make a file name of. */
static void stem_of(const char *image, char *stem, size_t cap)
{
    const char *slash = image == NULL ? NULL : strrchr(image, '/');
    const char *name = slash != NULL ? slash + 1 : image != NULL ? image : "";
    const char *dot = strrchr(name, '.');
    size_t n = dot != NULL && dot > name ? (size_t)(dot - name) : strlen(name);

    text_clean(stem, cap, name, n, cap);
    for (char *c = stem; *c != '\0'; c++) {
        bool plain = isalnum((unsigned char)*c) || strchr("._-", *c) != NULL;
        *c = plain || (unsigned char)*c >= 0x80 ? *c : '_';
    }
    if (stem[0] == '\0' || stem[0] == '-' || stem[0] == '.') {
        snprintf(stem, cap, "image");
    }
}

static int plan_folder(struct output *o, const char *folder, const char *image, const char *command,
                       struct error *err)
{
    char stem[160], name[200];
    bool slash = folder[strlen(folder) - 1] == '/';

    stem_of(image, stem, sizeof stem);
    snprintf(name, sizeof name, "%s-%s", stem, command);
    o->kind = OUTPUT_FOLDER;
    o->next = 1;
    o->path = text_of("%s%s%s", folder, slash ? "" : "/", "");
    o->base = text_of("%s%s%s", strcmp(folder, ".") == 0 ? "" : o->path, name, "");
    return o->path != NULL && o->base != NULL ? outfile_check(o->path, false, err)
                                              : error_memory(err, "planning the output");
}

static int plan_path(struct output *o, const char *path, size_t count, struct error *err)
{
    const char *extension = extension_of(path);

    o->kind = OUTPUT_PATH;
    o->path = strdup(path);
    o->base = strndup(path, extension != NULL ? (size_t)(extension - path) - 1 : strlen(path));
    if (o->path == NULL || o->base == NULL) {
        return error_memory(err, "planning the output");
    }
    if (count <= 1) {
        return outfile_check(path, o->force, err);
    }
    for (size_t i = 1; i <= count; i++) {
        char number[32];
        snprintf(number, sizeof number, "-%zu.", i);
        char *numbered = text_of("%s%s%s", o->base, number, extension != NULL ? extension : "png");
        if (numbered == NULL) {
            return error_memory(err, "planning the output");
        }
        int result = outfile_check(numbered, o->force, err);
        free(numbered);
        if (result != 0) {
            return -1;
        }
    }
    return 0;
}

bool output_is_folder(const char *path)
{
    struct stat st;

    return path[strlen(path) - 1] == '/' || (stat(path, &st) == 0 && S_ISDIR(st.st_mode));
}

int output_init(struct output *o, const char *text, const char *image, const char *command,
                size_t count, bool force, struct error *err)
{
    *o = (struct output){.force = force};
    if (text != NULL && *text == '\0') {
        return error_set(err, EXIT_USAGE, "--output is empty: give a path, a folder, or -");
    }
    if (text != NULL && strcmp(text, "-") == 0) {
        o->kind = OUTPUT_STDOUT;
        o->path = outfile_scratch_folder();
        if (o->path == NULL) {
            return error_memory(err, "planning the output");
        }
        return count <= 1
                   ? 0
                   : error_set(err, EXIT_USAGE,
                               "standard output takes one picture, not %zu: use -o PATH", count);
    }
    if (text != NULL && strchr(text, '{') != NULL) {
        stem_of(image, o->stem, sizeof o->stem);
        o->command = command;
        return output_plan_template(o, text, err);
    }
    if (text == NULL || output_is_folder(text)) {
        return plan_folder(o, text == NULL ? "." : text, image, command, err);
    }
    return plan_path(o, text, count, err);
}

const char *output_place(const struct output *o)
{
    return o->path;
}

/* Copies a received picture to standard output. */
static int to_stdout(struct received *p, struct error *err)
{
    char chunk[16384];
    off_t at = 0;
    ssize_t got;

    while ((got = pread(p->file.fd, chunk, sizeof chunk, at)) > 0) {
        if (outfile_write_all(STDOUT_FILENO, chunk, (size_t)got) != 0) {
            return error_errno(err, EXIT_OUTPUT, "write", "standard output", errno);
        }
        at += got;
    }
    return got == 0 ? 0 : error_errno(err, EXIT_OUTPUT, "read", "temporary file", errno);
}

/* Whether any picture has this name, whatever its type. */
static bool is_taken(const char *base, const char *suffix)
{
    struct stat st;

    for (size_t i = 0; i < N_EXTENSIONS; i++) {
        char *path = text_of("%s%s.%s", base, suffix, extensions[i]);
        bool taken = path == NULL || lstat(path, &st) == 0;
        free(path);
        if (taken) {
            return path != NULL;
        }
    }
    return false;
}

/* Gives a picture this name. */
static int commit(const struct output *o, struct received *p, const char *path, bool force,
                  bool *exists, struct error *err)
{
    if (o->naming != NULL) {
        o->naming(o->naming_ctx, p, path);
    }
    return outfile_commit(&p->file, path, force, false, exists, err);
}

/* Tries base + suffix + "." + type; 1 when something stands there. */
static int try_name(struct output *o, struct received *p, const char *suffix, const char *type,
                    bool force, char **path, struct error *err)
{
    bool exists = false;

    *path = text_of("%s%s.%s", o->base, suffix, type);
    if (*path == NULL) {
        return error_memory(err, "naming a picture");
    }
    if (commit(o, p, *path, force, &exists, err) == 0) {
        return 0;
    }
    free(*path);
    *path = NULL;
    return exists ? 1 : -1;
}

/* Names that count on from what exists: base-N, base-KIND-N. */
static int place_free(struct output *o, struct received *p, const char *kind, unsigned long number,
                      char **path, struct error *err)
{
    const char *type = picture_extension(p->framing.type);
    char suffix[64];
    int result = 1;

    for (; result == 1 && number < 1000000; number++) {
        snprintf(suffix, sizeof suffix, "%s%s-%lu", *kind != '\0' ? "-" : "", kind, number);
        if (!is_taken(o->base, suffix)) {
            result = try_name(o, p, suffix, type, false, path, err);
        }
    }
    o->next = *kind == '\0' ? number : o->next;
    return result == 0 ? 0 : -1;
}

/* The name that PATH asks for: itself for a lone result, else numbered. */
static int place_asked(struct output *o, struct received *p, const char *kind, size_t number,
                       size_t total, char **path, struct error *err)
{
    const char *type = picture_extension(p->framing.type);
    const char *given = extension_of(o->path);
    char suffix[64] = "";
    bool exists = false;

    if (*kind == '\0' && total == 1 && given == NULL) {
        *path = strdup(o->path);
        if (*path == NULL) {
            return error_memory(err, "naming a picture");
        }
        if (commit(o, p, *path, o->force, &exists, err) == 0) {
            return 0;
        }
        free(*path);
        *path = NULL;
        return exists ? 1 : -1;
    }
    if (*kind != '\0' && total == 1) {
        snprintf(suffix, sizeof suffix, "-%s", kind);
    } else if (total > 1) {
        snprintf(suffix, sizeof suffix, "%s%s-%zu", *kind != '\0' ? "-" : "", kind, number);
    }
    bool same = given != NULL && is_type(given, type);
    return try_name(o, p, suffix, same ? given : type, o->force, path, err);
}

int output_place_picture(struct output *o, struct received *p, const char *kind, size_t number,
                         size_t total, char **path, bool *renamed, struct error *err)
{
    *path = NULL;
    *renamed = false;
    if (o->kind == OUTPUT_STDOUT) {
        return to_stdout(p, err);
    }
    if (o->kind == OUTPUT_FOLDER) {
        return place_free(o, p, kind, *kind == '\0' ? o->next : 1, path, err);
    }
    if (o->kind == OUTPUT_TEMPLATE) {
        struct output one;
        int made = output_expand(o, p, kind, number, &one, err);
        int placed = made != 0 ? -1 : output_place_picture(&one, p, "", 1, 1, path, renamed, err);
        output_release(&one);
        return placed;
    }
    int result = place_asked(o, p, kind, number, total, path, err);
    if (result == 1) {
        *renamed = true;
        result = place_free(o, p, kind, total > 1 ? total + 1 : 2, path, err);
    }
    if (result == 0 && *kind == '\0' && total == 1 && strcmp(*path, o->path) != 0) {
        *renamed = true;
    }
    return result;
}

void output_release(struct output *o)
{
    if (o != NULL) {
        free(o->base);
        free(o->path);
        *o = (struct output){0};
    }
}
