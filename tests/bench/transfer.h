#ifndef SDCTL_BENCH_TRANSFER_H
#define SDCTL_BENCH_TRANSFER_H

/*
 * The least of an image-to-image request through libcurl, for minimal.c and multi.c: a picture is
 * encoded while it is sent, and pictures are decoded into files while they arrive. Nothing is
 * checked, and the server's form of JSON is trusted. BUFFER, a multiple of 4096 * 4, is set before.
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/base64.h"

#define PIECE (BUFFER / 4 * 3)

static const char before[] = "{\"prompt\":\"a cat\",\"init_images\":[\"", after[] = "\"]}";

struct sending {
    int fd;
    char text[BUFFER + 64]; /* encoded, [at, n) still to be sent */
    size_t at, n;
    unsigned char raw[PIECE];
    int stage; /* 0 before, 1 the picture, 2 after, 3 the end */
};

struct receiving {
    const char *base; /* of the files: BASE-1.png and so on */
    int in_images, in_picture, n, fd;
    struct base64_decoder base64;
    unsigned char raw[BASE64_DECODED_MAX(BUFFER)];
};

static void refill(struct sending *s)
{
    ssize_t got = 0;

    s->at = 0;
    if (s->stage == 1 && (got = read(s->fd, s->raw, PIECE)) > 0) {
        base64_encode(s->text, s->raw, (size_t)got);
        s->n = base64_encoded_size((size_t)got);
        return;
    }
    s->n = 0;
    if (s->stage < 3) {
        const char *text = s->stage == 0 ? before : after;
        s->n = strlen(text);
        memcpy(s->text, text, s->n);
        s->stage = s->stage == 0 ? 1 : 3;
    }
}

static size_t on_send(char *to, size_t size, size_t n, void *ctx)
{
    struct sending *s = ctx;

    (void)size;
    if (s->at == s->n) {
        refill(s);
    }
    size_t take = s->n - s->at < n ? s->n - s->at : n;
    memcpy(to, s->text + s->at, take);
    s->at += take;
    return take;
}

static void open_picture(struct receiving *r)
{
    char path[512];

    snprintf(path, sizeof path, "%s-%d.png", r->base, ++r->n);
    r->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    r->in_picture = 1;
    base64_decoder_init(&r->base64);
}

static size_t on_bytes(char *bytes, size_t size, size_t n, void *ctx)
{
    struct receiving *r = ctx;
    size_t made, used;

    (void)size;
    for (size_t i = 0; i < n;) {
        if (r->in_picture) {
            base64_decode(&r->base64, bytes + i, n - i, &used, r->raw, &made);
            if (write(r->fd, r->raw, made) != (ssize_t)made) {
                return 0;
            }
            i += used;
            if (i < n) {
                close(r->fd);
                r->in_picture = 0;
                i++;
            }
        } else if (bytes[i++] == '"' && r->in_images) {
            open_picture(r);
        } else if (bytes[i - 1] == '[' && r->n == 0) {
            r->in_images = 1;
        } else if (bytes[i - 1] == ']') {
            r->in_images = 0;
        }
    }
    return n;
}

/* What all requests have in common. */
static void set_up(CURL *easy, const char *url, struct curl_slist *headers, struct sending *s,
                   struct receiving *r)
{
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_READDATA, s);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, BUFFER);
}

/* Begins with a picture; false when it cannot be read. */
static bool begin(CURL *easy, const char *image, struct sending *s)
{
    struct stat st;

    s->fd = open(image, O_RDONLY);
    if (s->fd < 0 || fstat(s->fd, &st) != 0) {
        return false;
    }
    s->at = s->n = 0;
    s->stage = 0;
    size_t length = strlen(before) + base64_encoded_size((size_t)st.st_size) + strlen(after);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    return true;
}

#endif
