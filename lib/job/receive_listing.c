#include "job/receive_listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "wire/xml.h"

struct receive_listing {
    struct xml xml;
    json_t *document; /* owned */
    json_t *key;      /* the one that is being read; owned */
};

/* A member of the current key, a new reference. */
static json_t *member_of_key(const char *name, const char *text)
{
    long long size;

    if (strcmp(name, "Size") == 0) {
        return text_to_int(text, &size) && size >= 0 ? json_integer(size) : NULL;
    }
    return json_string(text);
}

static int end_key(struct receive_listing *l, struct error *err)
{
    json_t *keys = json_object_get(l->document, "keys");

    if (json_object_get(l->key, "key") == NULL) {
        return error_set(err, EXIT_FAILED, "the list of a bucket has an entry without a key");
    }
    if (json_array_size(keys) == LISTING_KEYS_MAX) {
        return error_set(err, EXIT_FAILED, "the list of a bucket has more than %d keys",
                         LISTING_KEYS_MAX);
    }
    int bad = json_array_append(keys, l->key);
    json_decref(l->key);
    l->key = json_object();
    return bad != 0 || l->key == NULL ? error_memory(err, "reading the list of a bucket") : 0;
}

static int on_element(void *ctx, const char *path, const char *text, struct error *err)
{
    static const struct {
        const char *path, *name;
    } of_key[] = {
        {"Contents/Key", "key"}, {"Contents/LastModified", "modified"}, {"Contents/Size", "size"}};
    static const char root[] = "ListBucketResult";
    struct receive_listing *l = ctx;
    json_t *value = NULL, *to = l->document;
    const char *name = NULL;

    if (strncmp(path, root, sizeof root - 1) != 0) {
        return error_set(err, EXIT_FAILED, "the server's answer is no list of a bucket");
    }
    path += sizeof root - 1 + (path[sizeof root - 1] == '/');
    if (strcmp(path, "Contents") == 0) {
        return end_key(l, err);
    }
    for (size_t i = 0; i < sizeof of_key / sizeof *of_key; i++) {
        if (strcmp(path, of_key[i].path) == 0) {
            name = of_key[i].name;
            value = member_of_key(path + strlen("Contents/"), text);
            to = l->key;
        }
    }
    if (strcmp(path, "IsTruncated") == 0) {
        name = "truncated";
        value = json_boolean(strcmp(text, "true") == 0);
    } else if (strcmp(path, "NextContinuationToken") == 0) {
        name = "next";
        value = json_string(text);
    }
    return name == NULL || json_object_set_new(to, name, value) == 0
               ? 0
               : error_set(err, EXIT_FAILED, "the list of a bucket has an unusable %s", name);
}

struct receive_listing *receive_listing_open(void)
{
    struct receive_listing *l = calloc(1, sizeof *l);

    if (l != NULL) {
        l->document = json_pack("{s:[],s:b}", "keys", "truncated", 0);
        l->key = json_object();
        xml_init(&l->xml, on_element, l);
        if (l->document == NULL || l->key == NULL) {
            receive_listing_close(l);
            return NULL;
        }
    }
    return l;
}

int receive_listing_feed(struct receive_listing *l, const char *bytes, size_t n, struct error *err)
{
    return xml_feed(&l->xml, bytes, n, err);
}

int receive_listing_finish(struct receive_listing *l, json_t **json, struct error *err)
{
    *json = NULL;
    if (xml_finish(&l->xml, err) != 0) {
        return -1;
    }
    *json = json_incref(l->document);
    return 0;
}

void receive_listing_close(struct receive_listing *l)
{
    if (l != NULL) {
        xml_release(&l->xml);
        json_decref(l->document);
        json_decref(l->key);
        free(l);
    }
}

static int on_fault(void *ctx, const char *path, const char *text, struct error *err)
{
    struct buf *words = ctx;

    (void)err;
    if (*text != '\0' && (strcmp(path, "Error/Code") == 0 || strcmp(path, "Error/Message") == 0)) {
        buf_addf(words, "%s%s", words->len > 0 ? ": " : "", text);
    }
    return 0;
}

bool receive_listing_fault(const char *bytes, size_t n, struct buf *words)
{
    struct error ignored;
    struct xml xml;

    xml_init(&xml, on_fault, words);
    xml_feed(&xml, bytes, n, &ignored);
    xml_release(&xml);
    return words->len > 0;
}
