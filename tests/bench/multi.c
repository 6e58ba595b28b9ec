/*
 * The least that a client can do with many pictures:  multi N URL FOLDER <LIST
 *
 * A bare curl_multi loop, N requests at a time on connections that are kept: each line of LIST is a
 * picture, sent as minimal.c does, and what comes back is FOLDER/K-1.png, K counting from 1. Easy
 * handles and buffers are used again. It checks nothing: the limit of sdctl's --batch.
 */
#define BUFFER (64L * 1024)

#include <stdlib.h>

#include "tests/bench/transfer.h"

struct place {
    CURL *easy;
    struct sending s;
    struct receiving r;
    char base[512];
};

static const char *folder;
static unsigned long count;

/* Starts the next picture; false when there is none. */
static bool next(CURLM *multi, struct place *p)
{
    char image[512];

    if (fgets(image, sizeof image, stdin) == NULL) {
        return false;
    }
    image[strcspn(image, "\n")] = '\0';
    if (!begin(p->easy, image, &p->s)) {
        perror(image);
        exit(1);
    }
    snprintf(p->base, sizeof p->base, "%s/%lu", folder, ++count);
    p->r.base = p->base;
    p->r.n = p->r.in_images = p->r.in_picture = 0;
    curl_multi_add_handle(multi, p->easy);
    return true;
}

/* Takes what has ended, and starts as many more. */
static size_t turn_over(CURLM *multi)
{
    CURLMsg *message;
    struct place *p;
    size_t ended = 0;
    long status = 0;
    int left;

    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &p);
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (code != CURLE_OK || status != 200) {
            fprintf(stderr, "multi: %ld %s\n", status, curl_easy_strerror(code));
            exit(1);
        }
        curl_multi_remove_handle(multi, easy);
        close(p->s.fd);
        ended += !next(multi, p);
    }
    return ended;
}

int main(int argc, char **argv)
{
    size_t n = argc == 4 ? (size_t)atoi(argv[1]) : 0, busy = 0;
    struct place *places = calloc(n, sizeof *places);
    CURLM *multi = curl_multi_init();
    int running;

    if (n == 0 || places == NULL || multi == NULL) {
        fprintf(stderr, "usage: multi N URL FOLDER <LIST\n");
        return 2;
    }
    folder = argv[3];
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    for (size_t i = 0; i < n; i++) {
        places[i].easy = curl_easy_init();
        set_up(places[i].easy, argv[2], headers, &places[i].s, &places[i].r);
        curl_easy_setopt(places[i].easy, CURLOPT_PRIVATE, &places[i]);
        busy += next(multi, &places[i]);
    }
    while (busy > 0) {
        curl_multi_perform(multi, &running);
        size_t ended = turn_over(multi);
        busy -= ended;
        if (ended == 0 && busy > 0) {
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
        }
    }
    return 0;
}
