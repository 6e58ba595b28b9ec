#include "job/config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/outfile.h"
#include "wire/json.h"

#define CONFIG_MAX (4UL * 1024 * 1024)

int config_path(char **path, struct error *err)
{
    const char *base = getenv("XDG_CONFIG_HOME");
    const char *below = "/sdctl/config.json";

    if (base == NULL || *base != '/') {
        base = getenv("HOME");
        below = "/.config/sdctl/config.json";
    }
    if (base == NULL || *base != '/') {
        return error_set(err, EXIT_UNEXPECTED,
                         "no place for the configuration: set HOME or XDG_CONFIG_HOME");
    }
    size_t cap = strlen(base) + strlen(below) + 1;
    *path = malloc(cap);
    if (*path == NULL) {
        return error_memory(err, "reading the configuration");
    }
    snprintf(*path, cap, "%s%s", base, below);
    return 0;
}

static int unusable(struct error *err, const char *path, const char *why)
{
    return error_set(err, EXIT_INPUT, "cannot use '%s': %s", path, why);
}

/* Reads an open configuration file. */
static int read_config(int fd, const char *path, struct buf *text, struct error *err)
{
    struct stat st;
    ssize_t got;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        return unusable(err, path, "it is not a regular file");
    }
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return unusable(err, path, "others can write to it; run chmod 600 on it");
    }
    for (;;) {
        char *room = buf_room(text, 65536);
        if (room == NULL) {
            return unusable(err, path, "it is larger than 4 MiB");
        }
        got = read(fd, room, 65536);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        text->len += (size_t)got;
    }
    return got < 0 ? unusable(err, path, strerror(errno)) : 0;
}

static bool is_config(const json_t *config)
{
    const char *name;
    json_t *endpoint;

    if (!json_is_object(config) || !json_is_object(json_object_get(config, "endpoints"))) {
        return false;
    }
    json_object_foreach(json_object_get(config, "endpoints"), name, endpoint)
    {
        if (json_string_at(endpoint, "url") == NULL) {
            return false;
        }
    }
    return true;
}

int config_load(json_t **config, struct error *err)
{
    struct buf text;
    char *path = NULL;
    int result = -1;

    *config = NULL;
    buf_init(&text, CONFIG_MAX);
    if (config_path(&path, err) != 0) {
        return -1;
    }
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0 && errno == ENOENT) {
        *config = json_pack("{s:{}}", "endpoints");
        result = *config != NULL ? 0 : error_memory(err, "reading the configuration");
    } else if (fd < 0) {
        error_errno(err, EXIT_INPUT, "read", path, errno);
    } else if (read_config(fd, path, &text, err) == 0) {
        *config = json_parse(buf_str(&text), text.len, path, EXIT_INPUT, err);
        result = *config == NULL      ? -1
                 : is_config(*config) ? 0
                                      : unusable(err, path, "it is not a configuration of sdctl");
    }
    if (fd >= 0) {
        close(fd);
    }
    if (result != 0) {
        json_decref(*config);
        *config = NULL;
    }
    buf_release(&text);
    free(path);
    return result;
}

/* Makes the folders of a path, mode 0700 as XDG asks. */
static int make_folders(char *path, struct error *err)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int made = mkdir(path, 0700);
        int failed = made != 0 && errno != EEXIST ? errno : 0;
        if (failed != 0) {
            error_errno(err, EXIT_OUTPUT, "make folder", path, failed);
            *slash = '/';
            return -1;
        }
        *slash = '/';
    }
    return 0;
}

/* Pretty text, since people read and edit the file. */
static char *dump(const json_t *config)
{
    return json_dumps(config, JSON_INDENT(2));
}

int config_save(const json_t *config, struct error *err)
{
    struct outfile f = OUTFILE_INIT;
    char *path = NULL, *text = NULL;
    int result = -1;
    bool exists;

    if (config_path(&path, err) != 0 || make_folders(path, err) != 0) {
        goto out;
    }
    text = dump(config);
    if (text == NULL) {
        error_memory(err, "writing the configuration");
        goto out;
    }
    mode_t before = umask(077);
    int opened = outfile_open(&f, path, err);
    umask(before);
    if (opened != 0 || outfile_write(&f, text, strlen(text), path, err) != 0 ||
        outfile_write(&f, "\n", 1, path, err) != 0) {
        goto out;
    }
    result = outfile_commit(&f, path, true, true, &exists, err);
out:
    outfile_discard(&f);
    free(text);
    free(path);
    return result;
}

bool config_is_name(const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || n > 64 || !isalnum((unsigned char)*name)) {
        return false;
    }
    for (; *name != '\0'; name++) {
        if (!isalnum((unsigned char)*name) && strchr("._-", *name) == NULL) {
            return false;
        }
    }
    return true;
}

int config_key(const json_t *endpoint, const struct deadline *deadline, struct secret *key,
               bool *readable, struct error *err)
{
    const json_t *how = json_object_get(endpoint, "key");
    const char *file = json_string_at(how, "file");
    const char *env = json_string_at(how, "env");
    const char *command = json_string_at(how, "command");

    *key = (struct secret){0};
    *readable = false;
    if (file != NULL) {
        return secret_read_file(key, file, deadline, readable, err);
    }
    if (command != NULL) {
        return secret_run_helper(key, command, deadline, err);
    }
    if (env != NULL) {
        const char *value = getenv(env);
        if (value == NULL) {
            return error_set(err, EXIT_KEY, "the endpoint's key is in $%s, which is not set", env);
        }
        return secret_set(key, value, strlen(value), env, err);
    }
    return how == NULL || json_is_null(how)
               ? 0
               : error_set(err, EXIT_KEY,
                           "cannot use the endpoint's key: it names no file, env or command");
}
