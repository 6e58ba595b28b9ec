/*
 * The least that a client can do:  minimal URL IMAGE FOLDER
 *
 * Streams a request with one picture through libcurl, encoded while it is sent, and decodes the
 * pictures of the answer into files while they arrive. It checks nothing, trusts the server's form
 * of JSON, and leaves whatever it wrote behind: the limit that sdctl is measured against.
 */
#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wire/base64.h"

#define PIECE (192UL * 1024)
#define BUFFER (256L * 1024)

static const char before[] = "{\"prompt\":\"a cat\",\"init_images\":[\"", after[] = "\"]}";

struct sending {
    int fd;
    char text[BUFFER + 64]; /* encoded, [at, n) still to be sent */
    size_t at, n;
    unsigned char raw[PIECE];
    int stage; /* 0 before, 1 the picture, 2 after, 3 the end */
};

struct receiving {
    const char *folder;
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

    snprintf(path, sizeof path, "%s/minimal-%d.png", r->folder, ++r->n);
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

int main(int argc, char **argv)
{
    static struct sending s;
    static struct receiving r;
    struct stat st;
    long status = 0;

    if (argc != 4 || (s.fd = open(argv[2], O_RDONLY)) < 0 || fstat(s.fd, &st) != 0) {
        fprintf(stderr, "usage: minimal URL IMAGE FOLDER\n");
        return 2;
    }
    size_t length = strlen(before) + base64_encoded_size((size_t)st.st_size) + strlen(after);
    r.folder = argv[3];
    CURL *easy = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(easy, CURLOPT_URL, argv[1]);
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_READDATA, &s);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &r);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, BUFFER);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, BUFFER);
    CURLcode code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    return code != CURLE_OK || status != 200;
}
