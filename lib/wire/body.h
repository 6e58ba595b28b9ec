#ifndef SDCTL_WIRE_BODY_H
#define SDCTL_WIRE_BODY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "wire/source.h"

/*
 * A request body of known length that is never built: JSON text with, in the places of chosen
 * nodes, the base64 of picture files, encoded while libcurl asks for bytes. It can rewind for a
 * redirect or a retry. Pictures are marked in the request tree by the identity of a node, which no
 * user input can forge; the same tree, printed as it is, is the `params` of the result document.
 */

#define BODY_PICTURES_MAX 64

struct body_picture {
    const json_t *node;    /* an object inside the request tree */
    struct source *source; /* borrowed; must outlive the body */
};

struct body_part {
    const struct source *source; /* NULL: text */
    size_t text_from, text_len;  /* bytes of `text` */
    bool as_is;                  /* the picture's own bytes, not base64 */
};

struct body {
    struct buf text;
    struct body_part parts[2 * BODY_PICTURES_MAX + 1];
    size_t n_parts;
    uint64_t length;                     /* of the whole body, in bytes */
    char type[80];                       /* Content-Type */
    const struct body_picture *pictures; /* while it is made */
    size_t n_pictures;
    size_t part;   /* cursor: part, */
    uint64_t at;   /* offset in its encoded form, */
    char carry[4]; /* and base64 characters that did not fit the last read */
    size_t n_carry;
    unsigned char *raw; /* a piece of a picture before it is encoded */
};

/* Lays out the body for a request tree. Raw base64 without a data: prefix is sent (A22). The text
 * is limited to 16 MiB. On failure the body is empty. */
int body_init(struct body *b, const json_t *request, const struct body_picture *pictures,
              size_t n_pictures, struct error *err);

/* The same as multipart/form-data (RFC 7578): each member of the request tree, an object, a field;
 * a picture's node as a file of its own bytes, called "image.png" or as its type wants it; a string
 * as it is; null not at all; anything else as its JSON text. The boundary is random. */
int body_init_form(struct body *b, const json_t *request, const struct body_picture *pictures,
                   size_t n_pictures, struct error *err);

/* A file's own bytes, with the type of the picture that it is. */
int body_init_file(struct body *b, const struct source *source, struct error *err);

/* A copy of n bytes, at most 16 MiB. */
int body_init_bytes(struct body *b, const void *bytes, size_t n, const char *type,
                    struct error *err);

/* The body's Content-Type. */
const char *body_type(const struct body *b);

/* Fills up to n bytes; *got is 0 only at the end (or for n == 0). EXIT_INPUT when a file changed or
 * could not be read. */
int body_read(struct body *b, char *to, size_t n, size_t *got, struct error *err);

/* Back to the first byte. */
void body_rewind(struct body *b);

/* Frees the text; sources are not touched. NULL-safe. */
void body_release(struct body *b);

#endif
