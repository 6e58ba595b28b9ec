#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/libsodium.h"
#include "net/s3.h"
#include "net/url.h"

#define FILE_MAX (1024UL * 1024)
#define REGION_FALLBACK "us-east-1"

/* A setting's place in an INI file, taken as AWS's clients do: sections of one name are merged, the
 * last value wins. */
struct profile {
    const char *section; /* "default", or "profile NAME" in the config file */
    struct s3 *s3;       /* filled in where it has nothing yet */
    const char *path;    /* for errors */
    char endpoint[2048]; /* endpoint_url */
    bool keys;           /* whether keys are looked for */
};

static const char *env(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

/* What stands between white space. */
static char *trim(char *text)
{
    size_t n;

    text += strspn(text, " \t\r");
    for (n = strlen(text); n > 0 && strchr(" \t\r", text[n - 1]) != NULL; n--) {
        text[n - 1] = '\0';
    }
    return text;
}

static int set_region(struct s3 *s3, const char *region, const char *origin, struct error *err)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";

    if (strlen(region) >= sizeof s3->region || strspn(region, allowed) != strlen(region)) {
        return error_set(err, EXIT_USAGE, "the AWS region of %s is no region's name", origin);
    }
    memcpy(s3->region, region, strlen(region) + 1);
    return 0;
}

static int take_setting(struct profile *p, const char *name, const char *value, struct error *err)
{
    const struct {
        const char *name;
        struct secret *to;
    } keys[] = {{"aws_access_key_id", &p->s3->access_key},
                {"aws_secret_access_key", &p->s3->secret_key},
                {"aws_session_token", &p->s3->token}};

    for (size_t i = 0; p->keys && i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(name, keys[i].name) == 0 && *value != '\0') {
            secret_release(keys[i].to);
            return secret_set(keys[i].to, value, strlen(value), p->path, err);
        }
    }
    if (strcmp(name, "region") == 0 && p->s3->region[0] == '\0') {
        return set_region(p->s3, value, p->path, err);
    }
    if (strcmp(name, "endpoint_url") == 0) {
        snprintf(p->endpoint, sizeof p->endpoint, "%s", value);
    }
    return 0;
}

/* Whether a header line "[NAME]" is the section that is looked for. */
static bool is_section(const struct profile *p, char *line)
{
    char *end = strchr(line, ']');

    if (end != NULL) {
        *end = '\0';
    }
    const char *name = trim(line + 1);
    size_t blank = strncmp(name, "profile", 7) == 0 ? strspn(name + 7, " \t") : 0;

    return strncmp(p->section, "profile ", 8) == 0 && blank > 0
               ? strcmp(name + 7 + blank, p->section + 8) == 0
               : strcmp(name, p->section) == 0;
}

/* Reads an INI file's text, which is changed on the way. Indented lines belong to the setting above
 * them (s3 = ...), which is none of these. */
static int read_text(struct profile *p, char *text, struct error *err)
{
    bool inside = false;
    int result = 0;

    for (char *line = text, *next; line != NULL && result == 0; line = next) {
        next = strchr(line, '\n');
        if (next != NULL) {
            *next++ = '\0';
        }
        char *equals = strchr(line, '=');
        if (*line == '[') {
            inside = is_section(p, line);
        } else if (inside && equals != NULL && strchr("#; \t", *line) == NULL) {
            *equals = '\0';
            char *name = trim(line);
            for (char *c = name; *c != '\0'; c++) {
                *c = (char)tolower((unsigned char)*c);
            }
            result = take_setting(p, name, trim(equals + 1), err);
        }
    }
    return result;
}

/* Fills guarded memory with a file. A file that is not there holds nothing. */
static int read_file(struct profile *p, const char *path, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;
    size_t len = 0;
    int result = -1;
    char *text = NULL;

    if (fd < 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? 0
                   : error_set(err, EXIT_KEY, "cannot read '%s': %s", path, strerror(errno));
    }
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (size_t)st.st_size > FILE_MAX) {
        error_set(err, EXIT_KEY, "cannot use '%s': it is no file of at most 1 MiB", path);
        goto out;
    }
    if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        error_set(err, EXIT_KEY, "will not use '%s': others can write it; run chmod 600 on it",
                  path);
        goto out;
    }
    text = libsodium.malloc(FILE_MAX + 1);
    if (text == NULL) {
        error_memory(err, "reading the keys for S3");
        goto out;
    }
    for (ssize_t n; len < FILE_MAX && (n = read(fd, text + len, FILE_MAX - len)) != 0;) {
        if (n < 0 && errno != EINTR) {
            error_set(err, EXIT_KEY, "cannot read '%s': %s", path, strerror(errno));
            goto out;
        }
        len += n > 0 ? (size_t)n : 0;
    }
    text[len] = '\0';
    p->path = path;
    result = memchr(text, '\0', len) != NULL
                 ? error_set(err, EXIT_KEY, "cannot use '%s': it is no text", path)
                 : read_text(p, text, err);
out:
    libsodium.free(text);
    close(fd);
    return result;
}

/* ~/.aws/NAME unless the variable names another file; false when there is no home either. */
static bool find_file(const char *variable, const char *name, char *path, size_t cap)
{
    const char *given = env(variable), *home = env("HOME");
    int n = given != NULL  ? snprintf(path, cap, "%s", given)
            : home != NULL ? snprintf(path, cap, "%s/.aws/%s", home, name)
                           : -1;

    return n > 0 && (size_t)n < cap;
}

/* The profile, from the credentials file and then the config file. */
static int read_profile(struct profile *p, const char *name, struct error *err)
{
    char path[4096], section[300];
    bool given = p->s3->access_key.bytes != NULL;

    p->keys = !given;
    p->section = name;
    if (find_file("AWS_SHARED_CREDENTIALS_FILE", "credentials", path, sizeof path) &&
        read_file(p, path, err) != 0) {
        return -1;
    }
    p->keys = p->keys && p->s3->access_key.bytes == NULL;
    snprintf(section, sizeof section, "%s%.280s", strcmp(name, "default") == 0 ? "" : "profile ",
             name);
    p->section = section;
    return find_file("AWS_CONFIG_FILE", "config", path, sizeof path) ? read_file(p, path, err) : 0;
}

static int read_environment(struct s3 *s3, struct error *err)
{
    const char *access = env("AWS_ACCESS_KEY_ID"), *secret = env("AWS_SECRET_ACCESS_KEY");
    const char *token = env("AWS_SESSION_TOKEN"), *region = env("AWS_REGION");

    region = region != NULL ? region : env("AWS_DEFAULT_REGION");
    if (region != NULL && set_region(s3, region, "the environment", err) != 0) {
        return -1;
    }
    if ((access == NULL) != (secret == NULL)) {
        return error_set(err, EXIT_KEY, "%s is set, but not %s",
                         access != NULL ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                         access != NULL ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    }
    if (access == NULL) {
        return 0;
    }
    return secret_set(&s3->access_key, access, strlen(access), "AWS_ACCESS_KEY_ID", err) != 0 ||
                   secret_set(&s3->secret_key, secret, strlen(secret), "AWS_SECRET_ACCESS_KEY",
                              err) != 0 ||
                   (token != NULL &&
                    secret_set(&s3->token, token, strlen(token), "AWS_SESSION_TOKEN", err) != 0)
               ? -1
               : 0;
}

int s3_load(struct s3 *s3, struct error *err)
{
    const char *name = env("AWS_PROFILE"), *endpoint = env("AWS_ENDPOINT_URL_S3");
    struct profile profile = {.s3 = s3};

    if (libsodium_load(err) != 0) {
        return -1;
    }
    endpoint = endpoint != NULL ? endpoint : env("AWS_ENDPOINT_URL");
    name = name != NULL ? name : "default";
    if (read_environment(s3, err) != 0 || read_profile(&profile, name, err) != 0) {
        return -1;
    }
    if (s3->access_key.bytes == NULL || s3->secret_key.bytes == NULL) {
        return error_set(err, EXIT_KEY,
                         "there are no keys for S3: set AWS_ACCESS_KEY_ID and "
                         "AWS_SECRET_ACCESS_KEY, or give profile '%s' some in ~/.aws/credentials",
                         name);
    }
    if (s3->region[0] == '\0') {
        memcpy(s3->region, REGION_FALLBACK, sizeof REGION_FALLBACK);
    }
    endpoint = endpoint == NULL && profile.endpoint[0] != '\0' ? profile.endpoint : endpoint;
    return endpoint == NULL || url_base(endpoint, &s3->endpoint, err) == 0
               ? 0
               : error_prefix(err, "AWS_ENDPOINT_URL_S3: ");
}
