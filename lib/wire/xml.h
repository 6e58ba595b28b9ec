#ifndef SDCTL_WIRE_XML_H
#define SDCTL_WIRE_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"

/*
 * XML as S3 answers in: elements and text in UTF-8, fed in pieces of any size. Attributes are
 * passed over; everything that begins with "<!" (document types, entities of their own, comments,
 * CDATA) is refused, and so is what is not well formed. At most XML_DEPTH_MAX deep, a tag 1 KiB, an
 * element's text XML_TEXT_MAX bytes.
 */

#define XML_DEPTH_MAX 16
#define XML_PATH_MAX 512
#define XML_TEXT_MAX 8192

/* Told of each element at its end: its path ("ListBucketResult/Contents/Key"), and its text, ""
 * when it has elements inside. -1 ends the reading. */
typedef int xml_sink(void *ctx, const char *path, const char *text, struct error *err);

/* The fields are private. */
struct xml {
    xml_sink *sink;
    void *ctx;
    enum { XML_TEXT, XML_ENTITY, XML_TAG } state;
    char path[XML_PATH_MAX];
    size_t ends[XML_DEPTH_MAX]; /* where the path ends at each depth above */
    size_t depth;
    char tag[1024];
    size_t n_tag;
    char quote; /* inside a tag: which quotation mark is open, or 0 */
    char entity[12];
    size_t n_entity;
    struct buf text;
    bool parent;      /* the current element has elements inside */
    bool begun, over; /* the root element */
};

void xml_init(struct xml *x, xml_sink *sink, void *ctx);

/* Takes n bytes. EXIT_FAILED, or the sink's error. */
int xml_feed(struct xml *x, const char *bytes, size_t n, struct error *err);

/* After the last byte: EXIT_FAILED when something is missing. */
int xml_finish(const struct xml *x, struct error *err);

/* NULL-safe. */
void xml_release(struct xml *x);

#endif
