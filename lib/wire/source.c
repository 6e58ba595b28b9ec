#include "wire/source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/outfile.h"
#include "base/sha256.h"
#include "wire/json.h"

#define CHUNK (64UL * 1024)
#define INFLATION_MAX 1032 /* what deflate can make of a byte, at most */

static int cannot_read(struct error *err, const char *name, const char *why)
{
    return error_set(err, EXIT_INPUT, "cannot read '%s': %s", name, why);
}

static bool is_descriptor_path(const char *path)
{
    return strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0 ||
           strcmp(path, "/dev/stdin") == 0;
}

/* Waits until a pipe has something to read, or the deadline. */
static int await_input(int fd, const struct deadline *deadline, struct error *err)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    for (;;) {
        int64_t left = clock_left(deadline, 60000);
        int ready = poll(&p, 1, (int)left);
        if (ready > 0) {
            return 0;
        }
        if (ready < 0 && errno != EINTR) {
            return cannot_read(err, "-", strerror(errno));
        }
        if (left == 0) {
            return error_set(err, EXIT_DEADLINE, "standard input did not end in time");
        }
    }
}

/* Copies a stream to an anonymous file; at most max bytes. */
static int spool(int from, const char *name, uint64_t max, const struct deadline *deadline,
                 struct error *err)
{
    uint64_t total = 0;
    int to = outfile_scratch(err);
    char *chunk = malloc(CHUNK);

    if (to < 0 || chunk == NULL) {
        free(chunk);
        return to < 0 ? -1 : error_memory(err, "reading input");
    }
    for (;;) {
        ssize_t got = -1;
        if (await_input(from, deadline, err) != 0) {
            break;
        }
        got = read(from, chunk, CHUNK);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
            continue;
        }
        if (got < 0) {
            cannot_read(err, name, strerror(errno));
            break;
        }
        if (got == 0) {
            free(chunk);
            return to;
        }
        total += (uint64_t)got;
        if (total > max) {
            error_set(err, EXIT_INPUT, "cannot use '%s': it is larger than %llu bytes", name,
                      (unsigned long long)max);
            break;
        }
        if (outfile_write_all(to, chunk, (size_t)got) != 0) {
            error_errno(err, EXIT_OUTPUT, "write", "temporary file", errno);
            break;
        }
    }
    free(chunk);
    close(to);
    return -1;
}

int source_open_plain(const char *path, uint64_t max, const struct deadline *deadline,
                      struct error *err)
{
    struct stat st;

    if (strcmp(path, "-") == 0) {
        if (fstat(STDIN_FILENO, &st) != 0) {
            return cannot_read(err, path, strerror(errno));
        }
        return spool(STDIN_FILENO, path, max, deadline, err);
    }
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        return cannot_read(err, path, strerror(errno));
    }
    if (fstat(fd, &st) != 0) {
        cannot_read(err, path, strerror(errno));
    } else if (S_ISREG(st.st_mode)) {
        if (st.st_size > 0 && (uint64_t)st.st_size <= max) {
            return fd;
        }
        if (st.st_size == 0) {
            cannot_read(err, path, "the file is empty");
        } else {
            error_set(err, EXIT_INPUT, "cannot use '%s': it is larger than %llu bytes", path,
                      (unsigned long long)max);
        }
    } else if (S_ISFIFO(st.st_mode) && is_descriptor_path(path)) {
        int copy = spool(fd, path, max, deadline, err);
        close(fd);
        return copy;
    } else {
        cannot_read(err, path,
                    S_ISDIR(st.st_mode) ? "it is a folder"
                                        : "it is not a regular file; use - to read a pipe");
    }
    close(fd);
    return -1;
}

/* Reads on from the start of a descriptor, whatever its offset. */
static ssize_t read_at(int fd, void *to, size_t n, uint64_t offset)
{
    ssize_t got;

    do {
        got = pread(fd, to, n, (off_t)offset);
    } while (got < 0 && errno == EINTR);
    return got;
}

/* A PNG that claims more pixels than its data could ever unpack to is lying. */
static bool claims_too_much(const struct picture_framing *p)
{
    static const unsigned channels[] = {1, 1, 3, 1, 2, 1, 4};
    uint64_t bits = p->type != PICTURE_PNG ? 0 : (uint64_t)channels[p->colour_type] * p->bit_depth;

    return (bits * p->width * p->height) / 8 > (p->data_len + 8) * INFLATION_MAX;
}

static int check_picture(struct source *s, struct error *err)
{
    struct picture_framing *p = &s->picture;

    if (picture_finish(p, err) != 0) {
        return error_prefix(err, "cannot use '%s': ", s->name);
    }
    if (p->type == PICTURE_GIF) {
        return error_set(err, EXIT_INPUT,
                         "cannot use '%s': it is a GIF; convert it to PNG, JPEG or WebP", s->name);
    }
    if ((uint64_t)p->width * p->height > SOURCE_PIXELS_MAX) {
        return error_set(err, EXIT_INPUT, "cannot use '%s': %ux%u is more than 2^28 pixels",
                         s->name, p->width, p->height);
    }
    if (claims_too_much(p)) {
        return error_set(err, EXIT_INPUT,
                         "cannot use '%s': it claims %ux%u pixels, more than its data can hold",
                         s->name, p->width, p->height);
    }
    return 0;
}

/* The one pass over the file: framing and digest. A file that is no picture is left at once. */
static int walk(struct source *s, struct error *err)
{
    struct sha256 hash;
    uint8_t digest[32];
    ssize_t got = 0;
    unsigned char *chunk = malloc(CHUNK);

    if (chunk == NULL) {
        return error_memory(err, "reading a picture");
    }
    sha256_init(&hash);
    for (s->size = 0; (got = read_at(s->fd, chunk, CHUNK, s->size)) > 0; s->size += (size_t)got) {
        if (picture_feed(&s->picture, chunk, (size_t)got) != 0) {
            break;
        }
        sha256_update(&hash, chunk, (size_t)got);
    }
    free(chunk);
    if (got < 0) {
        return cannot_read(err, s->name, strerror(errno));
    }
    sha256_final(&hash, digest);
    sha256_hex(digest, s->sha256);
    return check_picture(s, err);
}

int source_adopt(struct source *s, int fd, const char *name, struct error *err)
{
    *s = (struct source){.fd = fd, .name = strdup(name)};
    picture_init(&s->picture);
    if (s->name == NULL) {
        source_release(s);
        return error_memory(err, "opening a picture");
    }
    if (walk(s, err) != 0) {
        source_release(s);
        return -1;
    }
    return 0;
}

int source_open(struct source *s, const char *path, const struct deadline *deadline,
                struct error *err)
{
    *s = (struct source)SOURCE_INIT;
    int fd = source_open_plain(path, SOURCE_BYTES_MAX, deadline, err);

    return fd < 0 ? -1 : source_adopt(s, fd, path, err);
}

int source_read_text(const char *path, struct buf *text, const struct deadline *deadline,
                     struct error *err)
{
    int fd = source_open_plain(path, text->max, deadline, err);
    ssize_t got = 0;

    if (fd < 0) {
        return -1;
    }
    for (;;) {
        char *room = buf_room(text, CHUNK < text->max - text->len ? CHUNK : text->max - text->len);
        got = room == NULL
                  ? 0
                  : read_at(fd, room, CHUNK < text->max - text->len ? CHUNK : text->max - text->len,
                            text->len);
        if (got <= 0) {
            break;
        }
        text->len += (size_t)got;
        text->data[text->len] = '\0';
    }
    close(fd);
    if (text->failed) {
        return error_memory(err, "reading a file");
    }
    return got < 0 ? cannot_read(err, path, strerror(errno)) : 0;
}

json_t *source_describe(const struct source *s)
{
    return json_pack("{s:o,s:s}", "path", json_file_name(s->name), "sha256", s->sha256);
}

void source_release(struct source *s)
{
    if (s != NULL) {
        if (s->fd >= 0) {
            close(s->fd);
        }
        free(s->name);
        picture_release(&s->picture);
        *s = (struct source)SOURCE_INIT;
    }
}
