#include "net/libcurl.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/library.h"
#include "base/libsodium.h"

#define OLDEST 0x074b00 /* 7.75.0 */

struct libcurl libcurl;

/* Blocks carry their size in front, so that they can be wiped when they are freed. */
union block {
    size_t size;
    max_align_t align;
};

static atomic_bool starved; /* libcurl's resolver has a thread of its own */

bool libcurl_starved(void)
{
    return atomic_exchange(&starved, false);
}

static void *wiping_malloc(size_t n)
{
    union block *b = n > SIZE_MAX - sizeof *b ? NULL : malloc(sizeof *b + n);

    if (b == NULL) {
        starved = true;
        return NULL;
    }
    b->size = n;
    return b + 1;
}

static void wiping_free(void *p)
{
    if (p != NULL) {
        union block *b = (union block *)p - 1;
        libsodium.memzero(p, b->size);
        free(b);
    }
}

static void *wiping_realloc(void *p, size_t n)
{
    size_t old = p == NULL ? 0 : ((union block *)p - 1)->size;
    void *grown = wiping_malloc(n);

    if (grown != NULL && p != NULL) {
        memcpy(grown, p, old < n ? old : n);
        wiping_free(p);
    }
    return grown;
}

static char *wiping_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    char *copy = wiping_malloc(n);

    return copy == NULL ? NULL : memcpy(copy, s, n);
}

static void *wiping_calloc(size_t count, size_t n)
{
    void *p = n > 0 && count > SIZE_MAX / n ? NULL : wiping_malloc(count * n);

    return p == NULL ? NULL : memset(p, 0, count * n);
}

int libcurl_load(struct error *err)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib",
                                        "libcurl.so", NULL};
    static void *library;
    __typeof__(&curl_global_init_mem) global_init;
    bool found = true;

    if (library != NULL) {
        return 0;
    }
    void *opened = library_open(names);
    if (opened == NULL) {
        return error_set(err, EXIT_UNEXPECTED,
                         "cannot load libcurl.so.4: install libcurl (Debian: libcurl4)");
    }
    found = library_find(opened, "curl_global_init_mem", &global_init);
#define LIBCURL_FIND(name) found = library_find(opened, "curl_" #name, &libcurl.name) && found;
    LIBCURL_FUNCTIONS(LIBCURL_FIND)
#undef LIBCURL_FIND
    if (!found || libcurl.version_info(CURLVERSION_NOW)->version_num < OLDEST) {
        dlclose(opened);
        return error_set(err, EXIT_UNEXPECTED, "the installed libcurl is older than 7.75");
    }
    if (libsodium_load(err) != 0) {
        dlclose(opened);
        return -1;
    }
    if (global_init(CURL_GLOBAL_DEFAULT, wiping_malloc, wiping_free, wiping_realloc, wiping_strdup,
                    wiping_calloc) != CURLE_OK) {
        dlclose(opened);
        return error_set(err, EXIT_UNEXPECTED, "libcurl could not be initialised");
    }
    library = opened;
    return 0;
}
