#include "job/ledger_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "job/output.h"
#include "wire/json.h"

/* The path of a noted file, malloc'd; NULL when it is none. */
static char *path_of(const json_t *file)
{
    const char *text = json_string_at(file, "path"), *hex = json_string_at(file, "bytes");

    if (text != NULL || hex == NULL) {
        return text != NULL ? strdup(text) : NULL;
    }
    char *path = calloc(1, strlen(hex) / 2 + 1);
    if (path != NULL && !hex_decode(path, strlen(hex) / 2, hex)) {
        free(path);
        return NULL;
    }
    return path;
}

/* What stays the same when a file gets a name, and is another's in any other file. */
static void mark_of(const struct stat *st, char mark[96])
{
    snprintf(mark, 96, "%llx %llx %lld %lld.%09ld", (unsigned long long)st->st_dev,
             (unsigned long long)st->st_ino, (long long)st->st_size, (long long)st->st_mtim.tv_sec,
             (long)st->st_mtim.tv_nsec);
}

json_t *ledger_files_note(int fd, const char *path)
{
    struct stat st;
    char mark[96];
    char *whole = output_absolute(path);
    json_t *file = NULL;

    if (whole != NULL && fstat(fd, &st) == 0) {
        mark_of(&st, mark);
        file = json_pack("{s:s,s:s}", "path", whole, "mark", mark);
    }
    if (whole != NULL && file == NULL) { /* not UTF-8 */
        size_t n = strlen(whole);
        char *hex = malloc(2 * n + 1);
        if (hex != NULL) {
            hex_encode(hex, whole, n);
            file = json_pack("{s:s,s:s}", "bytes", hex, "mark", mark);
        }
        free(hex);
    }
    free(whole);
    return file;
}

/* Whether a noted file is there; `same`: and is still that very file. */
static bool is_there(const json_t *file, bool same)
{
    const char *noted = json_string_at(file, "mark");
    char *path = path_of(file);
    struct stat st;
    char mark[96];
    bool there = path != NULL && stat(path, &st) == 0;

    if (there && same) {
        mark_of(&st, mark);
        there = noted != NULL && strcmp(noted, mark) == 0;
    }
    free(path);
    return there;
}

bool ledger_files_exist(const json_t *files, bool same)
{
    json_int_t total = json_integer_value(json_array_get(files, 0));
    size_t n = json_array_size(files);
    bool exist = files != NULL && total >= 0 && (size_t)total == n - 1;

    for (size_t i = 1; i < n && exist; i++) {
        exist = is_there(json_array_get(files, i), same);
    }
    return exist;
}

void ledger_files_remove(const json_t *files)
{
    for (size_t i = 1; i < json_array_size(files); i++) {
        const json_t *file = json_array_get(files, i);
        char *path = is_there(file, true) ? path_of(file) : NULL;
        if (path != NULL) {
            unlink(path);
        }
        free(path);
    }
}
