#include "cmd/batch_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "wire/json.h"

#define LINE_MAX_BYTES (64UL * 1024 * 1024)
#define PATH_MAX_BYTES 4096
#define CHUNK 32768

static int read_shard(struct batch_source *s, const char *shard, struct error *err)
{
    const char *slash = shard == NULL ? NULL : strchr(shard, '/');
    char part[24] = "";
    long long i, n;

    s->part = s->parts = 1;
    if (shard == NULL) {
        return 0;
    }
    if (slash != NULL && (size_t)(slash - shard) < sizeof part) {
        memcpy(part, shard, (size_t)(slash - shard));
    }
    if (!text_to_int(part, &i) || !text_to_int(slash + 1, &n) || i < 1 || n < i || n > 1000000) {
        return error_set(err, EXIT_USAGE, "--shard: '%s' is not I/N, such as 1/4", shard);
    }
    s->part = (size_t)i;
    s->parts = (size_t)n;
    return 0;
}

int batch_source_open(struct batch_source *s, const char *path, const char *shard, bool masks,
                      struct error *err)
{
    struct stat st;

    *s = (struct batch_source){.path = path, .masks = masks, .fd = -1, .chunk = malloc(CHUNK)};
    buf_init(&s->line, LINE_MAX_BYTES);
    if (s->chunk == NULL) {
        return error_memory(err, "reading the batch");
    }
    if (read_shard(s, shard, err) != 0) {
        return -1;
    }
    if (strcmp(path, "-") == 0) {
        s->fd = STDIN_FILENO;
    } else if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        s->folder = opendir(path);
    } else {
        s->fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    s->waits = s->fd >= 0 && fstat(s->fd, &st) == 0 && !S_ISREG(st.st_mode);
    return s->fd >= 0 || s->folder != NULL ? 0 : error_errno(err, EXIT_INPUT, "read", path, errno);
}

/* Reads on; 1 at the end, 2 when there is nothing yet. */
static int read_chunk(struct batch_source *s, struct error *err)
{
    struct pollfd ready = {.fd = s->fd, .events = POLLIN};

    if (s->waits && poll(&ready, 1, 0) == 0) {
        return 2;
    }
    ssize_t got = read(s->fd, s->chunk, CHUNK);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
        return 2;
    }
    if (got < 0) {
        s->broken = true;
        return error_errno(err, EXIT_INPUT, "read", s->path, errno);
    }
    s->at = 0;
    s->len = (size_t)got;
    return got == 0 ? 1 : 0;
}

/* Reads a line into s->line; 1 at the end, 2 when it has not come yet. */
static int read_line(struct batch_source *s, struct error *err)
{
    int result = 0;

    if (s->at == 0 || s->chunk[s->at - 1] == '\n') {
        s->line.len = 0;
    }
    for (;;) {
        if (s->at == s->len && (result = read_chunk(s, err)) != 0) {
            return result == 1 && s->line.len > 0 ? 0 : result;
        }
        const char *text = s->chunk + s->at, *end = memchr(text, '\n', s->len - s->at);
        size_t n = end != NULL ? (size_t)(end - text) + 1 : s->len - s->at;
        buf_add(&s->line, text, n);
        s->at += n;
        if (end != NULL) {
            return 0;
        }
    }
}

/* Whether the part has the k-th job, from 0. */
static bool is_mine(const struct batch_source *s, uint64_t k)
{
    return k % s->parts == s->part - 1;
}

static int next_line(struct batch_source *s, json_t **job, struct error *err)
{
    int result;

    while ((result = read_line(s, err)) == 0) {
        const char *text = buf_str(&s->line);
        if (strspn(text, " \t\r\n") == s->line.len && !s->line.failed) {
            continue;
        }
        s->number++;
        if (!is_mine(s, s->number - 1)) {
            s->line.failed = false;
            continue;
        }
        if (s->line.failed) {
            s->line.failed = false;
            return error_set(err, EXIT_INPUT, "it is longer than 64 MiB");
        }
        *job = json_parse(text, s->line.len, "the line", EXIT_INPUT, err);
        if (*job != NULL && !json_is_object(*job)) {
            json_decref(*job);
            *job = NULL;
            return error_set(err, EXIT_INPUT, "it is no JSON object");
        }
        return *job != NULL ? 0 : -1;
    }
    return result;
}

/* Where the ending of a picture's name begins; NULL when it is none. */
static const char *ending_of(const char *name)
{
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".webp"};
    const char *dot = strrchr(name, '.');

    for (size_t i = 0; dot != NULL && dot > name && i < sizeof endings / sizeof *endings; i++) {
        if (strcasecmp(dot, endings[i]) == 0) {
            return dot;
        }
    }
    return NULL;
}

static bool is_mask(const char *name, const char *ending)
{
    static const char *const marks[] = {"-mask", "_mask", ".mask"};

    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t n = strlen(marks[i]);
        if ((size_t)(ending - name) > n && strncmp(ending - n, marks[i], n) == 0) {
            return true;
        }
    }
    return false;
}

/* The mask of a picture: the first that there is. */
static bool find_mask(const struct batch_source *s, const char *name, int stem, char *path,
                      size_t cap)
{
    static const char *const forms[] = {"%s/%.*s-mask.png", "%s/%.*s_mask.png", "%s/%.*s.mask.png",
                                        "%s/masks/%.*s.png"};
    struct stat st;

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        int n = snprintf(path, cap, forms[i], s->path, stem, name);
        if (n > 0 && (size_t)n < cap && stat(path, &st) == 0 && S_ISREG(st.st_mode)) {
            return true;
        }
    }
    return false;
}

/* FNV-1a: a folder is read in any order, so its jobs are shared out by their names. */
static uint64_t hash_name(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325;

    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3;
    }
    return hash ^ hash >> 32;
}

static int next_file(struct batch_source *s, json_t **job, struct error *err)
{
    char image[PATH_MAX_BYTES], mask[PATH_MAX_BYTES];
    const struct dirent *entry;

    while ((errno = 0, entry = readdir(s->folder)) != NULL) {
        const char *name = entry->d_name, *ending = ending_of(name);
        int n = snprintf(image, sizeof image, "%s/%s", s->path, name);
        if (ending == NULL || (s->masks && is_mask(name, ending)) || n < 0 ||
            (size_t)n >= sizeof image) {
            continue;
        }
        s->number++;
        if (!is_mine(s, hash_name(name))) {
            continue;
        }
        bool found = s->masks && find_mask(s, name, (int)(ending - name), mask, sizeof mask);
        if (s->masks && !found) {
            return error_set(err, EXIT_INPUT, "'%s' has no mask beside it, such as %.*s-mask.png",
                             image, (int)(ending - name), name);
        }
        *job = found ? json_pack("{s:s,s:s}", "image", image, "mask", mask)
                     : json_pack("{s:s}", "image", image);
        return *job != NULL
                   ? 0
                   : error_set(err, EXIT_INPUT, "'%s' has a name that is not UTF-8", image);
    }
    s->broken = true;
    return errno == 0 ? 1 : error_errno(err, EXIT_INPUT, "read", s->path, errno);
}

int batch_source_next(struct batch_source *s, json_t **job, struct error *err)
{
    *job = NULL;
    if (s->broken) {
        return 1;
    }
    return s->fd >= 0 ? next_line(s, job, err) : next_file(s, job, err);
}

bool batch_source_holds(const struct batch_source *s, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = s->folder == NULL ? NULL
                   : slash == NULL   ? strdup(".")
                                     : strndup(path, (size_t)(slash - path) + 1);
    struct stat own, its;

    bool holds = folder != NULL && stat(folder, &its) == 0 && stat(s->path, &own) == 0 &&
                 own.st_dev == its.st_dev && own.st_ino == its.st_ino;
    free(folder);
    return holds;
}

void batch_source_close(struct batch_source *s)
{
    if (s->fd > STDERR_FILENO) {
        close(s->fd);
    }
    if (s->folder != NULL) {
        closedir(s->folder);
    }
    free(s->chunk);
    buf_release(&s->line);
}
