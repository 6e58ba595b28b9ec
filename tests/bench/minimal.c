/*
 * The least that a client can do:  minimal URL IMAGE FOLDER
 *
 * Streams a request with one picture through libcurl, encoded while it is sent, and decodes the
 * pictures of the answer into files while they arrive. It checks nothing, trusts the server's form
 * of JSON, and leaves whatever it wrote behind: the limit that sdctl is measured against.
 */
#define BUFFER (256L * 1024)

#include "tests/bench/transfer.h"

int main(int argc, char **argv)
{
    static struct sending s;
    static struct receiving r;
    char base[512];
    long status = 0;

    CURL *easy = curl_easy_init();
    if (argc != 4 || easy == NULL || !begin(easy, argv[2], &s)) {
        fprintf(stderr, "usage: minimal URL IMAGE FOLDER\n");
        return 2;
    }
    snprintf(base, sizeof base, "%s/minimal", argv[3]);
    r.base = base;
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    set_up(easy, argv[1], headers, &s, &r);
    CURLcode code = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
    return code != CURLE_OK || status != 200;
}
