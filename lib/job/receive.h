#ifndef SDCTL_JOB_RECEIVE_H
#define SDCTL_JOB_RECEIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/outfile.h"
#include "base/picture.h"
#include "base/sha256.h"
#include "job/inspect.h"
#include "net/net.h"
#include "wire/tap.h"

/*
 * An answer while it arrives. Pictures in it go to temporary files next to where they will be put,
 * checked and digested on the way (inspect.h); the rest is kept for jansson. An answer with an
 * error status is kept abridged, for its words.
 */

#define RECEIVE_PICTURES_MAX 64
#define RECEIVE_PICTURE_BYTES_MAX (256ULL * 1024 * 1024)

/* One picture that arrived. */
struct received {
    struct outfile file;
    size_t number;  /* in the answer, from 1 */
    uint64_t bytes; /* written so far */

    struct received *next; /* what inspect.c needs: the one after it, */
    uint64_t ready;        /* how many bytes may be checked, */
    bool whole;            /* whether they are all, */
    uint64_t checked;      /* how many have been, */
    bool closed;           /* and whether the checks are over */
    struct sha256 hash;

    struct picture_framing framing; /* what the checks found, after receive_json() */
    char sha256[65];
    char *text; /* the generation parameters in it, or NULL; owned */
};

struct receive {
    const char *tap_path; /* borrowed; NULL when no pictures are expected */
    const char *place;    /* see output_place(); borrowed */
    struct tap tap;
    struct buf rest;
    int status;  /* whose body is being taken; 0 before the first byte */
    bool opaque; /* of an error answer: no more of it is wanted */
    struct received *pictures[RECEIVE_PICTURES_MAX];
    size_t n_pictures;
    struct inspect inspect;
};

void receive_init(struct receive *r, const char *tap_path, const char *place);

/* A net_request's `take`. */
int receive_take(void *receive, const struct net_reply *reply, const char *bytes, size_t n,
                 struct error *err);

/* After a whole answer of status 200: its JSON (owned by the caller). EXIT_FAILED. */
int receive_json(struct receive *r, json_t **json, struct error *err);

/* After an answer of another status: its JSON or NULL; the text is in r->rest. */
json_t *receive_fault(struct receive *r);

/* Removes pictures that were not placed, and frees. NULL-safe. */
void receive_release(struct receive *r);

#endif
