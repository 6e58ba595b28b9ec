#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "job/output.h"
#include "wire/json.h"

char *output_absolute(const char *path)
{
    char folder[PATH_MAX];

    if (*path == '/' || getcwd(folder, sizeof folder) == NULL) {
        return strdup(path);
    }
    path += strncmp(path, "./", 2) == 0 ? 2 : 0;
    size_t n = strlen(folder) + strlen(path) + 2;
    char *whole = malloc(n);
    if (whole != NULL) {
        snprintf(whole, n, "%s%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/", path);
    }
    return whole;
}

json_t *output_to_json(const struct output *o)
{
    bool file = o->kind == OUTPUT_PATH;
    const char *own = o->kind == OUTPUT_TEMPLATE ? o->stem : o->base;
    char *path = output_absolute(o->kind == OUTPUT_STDOUT ? "" : o->path);
    char *base = output_absolute(own != NULL ? own : "result");
    json_t *plan = path == NULL || base == NULL
                       ? NULL
                       : json_pack("{s:s,s:s,s:s,s:b}", "kind", file ? "path" : "folder", "path",
                                   path, "base", base, "force", o->force);

    free(path);
    free(base);
    return plan;
}

int output_from_json(struct output *o, const json_t *plan, struct error *err)
{
    const char *kind = json_string_at(plan, "kind");
    const char *path = json_string_at(plan, "path"), *base = json_string_at(plan, "base");

    *o = (struct output){.force = json_is_true(json_object_get(plan, "force")), .next = 1};
    if (kind == NULL || path == NULL || base == NULL || *path != '/' || *base != '/') {
        return error_set(err, EXIT_INPUT, "the journal does not tell where the images go: use -o");
    }
    o->kind = strcmp(kind, "path") == 0 ? OUTPUT_PATH : OUTPUT_FOLDER;
    o->path = strdup(path);
    o->base = strdup(base);
    return o->path != NULL && o->base != NULL ? 0 : error_memory(err, "planning the output");
}

int output_resume_folder(struct output *o, const char *folder, const char *base, bool force,
                         struct error *err)
{
    size_t n = strlen(folder), size = n + strlen(base) + 2;
    const char *slash = n > 0 && folder[n - 1] == '/' ? "" : "/";

    *o = (struct output){.kind = OUTPUT_FOLDER, .force = force, .next = 1};
    o->path = malloc(n + 2);
    o->base = malloc(size);
    if (o->path == NULL || o->base == NULL) {
        return error_memory(err, "planning the output");
    }
    snprintf(o->path, n + 2, "%s%s", folder, slash);
    snprintf(o->base, size, "%s%s%s", folder, slash, base);
    return outfile_check(o->path, false, err);
}
