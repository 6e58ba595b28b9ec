#ifndef SDCTL_JOB_RECEIVE_H
#define SDCTL_JOB_RECEIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/backend.h"
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
    bool fetched;   /* it came by itself: a result, not a part of an answer */
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

/* How an answer is taken. Everything is borrowed. */
struct receive_plan {
    enum answer answer;
    const char *tap;   /* where JSON has pictures (tap.h), or an event its preview; or NULL */
    const char *place; /* where pictures are put, see output_place() */
    /* ANSWER_EVENTS: an event's JSON object (borrowed), its preview taken out. -1 ends the answer.
     * Events that are anything else are passed over. */
    int (*event)(void *ctx, const json_t *event, struct error *err);
    /* ANSWER_EVENTS: the bytes of a preview, at its end; `fd` is a scratch file, to be read with
     * pread, owned by the receiver. A preview that is broken or cannot be kept is passed over.
     * NULL: previews are thrown away as they come. */
    void (*preview)(void *ctx, int fd, uint64_t bytes);
    void *ctx;
};

struct receive_events;
struct receive_listing;

struct receive {
    struct receive_plan plan;
    struct tap tap;
    struct buf rest;
    int status;  /* whose body is being taken; 0 before the first byte */
    bool opaque; /* of an error answer: no more of it is wanted */
    struct received *pictures[RECEIVE_PICTURES_MAX];
    size_t n_pictures;
    struct inspect inspect;
    struct receive_events *events;   /* ANSWER_EVENTS: what is behind them (receive_events.h) */
    struct receive_listing *listing; /* ANSWER_LISTING: likewise (receive_listing.h) */
};

void receive_init(struct receive *r, const struct receive_plan *plan);

/* A net_request's `take`. */
int receive_take(void *receive, const struct net_reply *reply, const char *bytes, size_t n,
                 struct error *err);

/*
 * A picture that comes by itself (a download, possibly in several attempts): opened, fed, and at
 * its end closed, when it is checked whole; or dropped, at any time after it was opened, an error
 * and the close included. Those before it stay. Errors: EXIT_FAILED for bytes that are no picture,
 * EXIT_OUTPUT.
 */
int receive_picture_open(struct receive *r, struct error *err);
int receive_picture_bytes(struct receive *r, const char *bytes, size_t n, struct error *err);
int receive_picture_close(struct receive *r, struct error *err);
void receive_picture_drop(struct receive *r);

/* After a whole answer of status 200, ANSWER_JSON and ANSWER_LISTING: its JSON (owned by the
 * caller); ANSWER_EVENTS and ANSWER_PICTURE: *json is NULL. EXIT_FAILED. */
int receive_json(struct receive *r, json_t **json, struct error *err);

/* After an answer of another status: its JSON or NULL; the text is in r->rest. */
json_t *receive_fault(struct receive *r);

/* Removes pictures that were not placed, and frees. NULL-safe. */
void receive_release(struct receive *r);

#endif
