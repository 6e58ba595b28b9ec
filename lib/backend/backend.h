#ifndef SDCTL_BACKEND_BACKEND_H
#define SDCTL_BACKEND_BACKEND_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backend/native.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/secret.h"

/*
 * A backend is one kind of service: one const vtable of pure functions. Parameters in, request out;
 * reply in, outcome out. No clock, no socket, no file: only the job driver joins a backend and the
 * network, so golden tests need no server.
 */

#define TASK_ID_MAX 256 /* printable bytes */

enum operation { OPERATION_IMG2IMG, OPERATION_INPAINT, OPERATION_INTERROGATE };

/* How the result is to come. */
enum delivery {
    DELIVERY_PLAIN,  /* as the service does by itself */
    DELIVERY_ASYNC,  /* the answer to the submission is the task's id only */
    DELIVERY_STREAM, /* events while it is made (server-sent events) */
    DELIVERY_BINARY, /* the picture itself as the answer */
};

/* A picture that goes into the request. */
struct input {
    const json_t *node;    /* what stands for it in the request tree; borrowed */
    const char *name;      /* as the user named it; borrowed */
    const char *sha256;    /* of the file that is sent, in hexadecimal; borrowed */
    const char *extension; /* of its type: "png" */
    uint32_t width, height;
    uint64_t bytes; /* of the file that is sent */
};

/* What is asked of a service, while it is put together. */
struct task {
    enum operation operation;
    json_t *neutral; /* merged neutral parameters, pictures as nodes; owned */
    json_t *native;  /* the request tree; owned */
    int flavour;     /* which server of its kind it is; the backend's own numbers, 0 unknown */
    char id[TASK_ID_MAX + 1]; /* the task's id, "" when there is none: made here where the service
                                 takes one from us, else what its answer said */
    enum delivery delivery;
    size_t n_images;            /* init images */
    uint32_t width, height;     /* of the first init image */
    const struct input *inputs; /* all pictures of the request; borrowed */
    size_t n_inputs;
    bool unchecked;    /* --set-unchecked */
    bool previews;     /* progress is asked for with a picture, */
    long preview;      /* newer than this one (its number at the server) */
    bool resolve;      /* --resolve: a unique part of a model's name stands for it */
    const char *stage; /* s3://BUCKET/PREFIX: pictures are put there, the request has links to them
                          (backend_stage_link); NULL: it holds them; borrowed */
    char *where; /* state_in_s3: where its results go, s3://BUCKET/...; NULL until the answer to its
                    submission told; owned */
    json_t *seen;     /* what answers have told, for the next question; the backend's own; owned */
    json_t *warnings; /* array of strings, for the result document; owned */
};

/* How an answer of status 200 reads. */
enum answer {
    ANSWER_JSON,    /* one JSON document, with base64 pictures where `tap` says */
    ANSWER_EVENTS,  /* server-sent events, each with a JSON document; `tap` is a preview's member */
    ANSWER_PICTURE, /* the picture itself */
    ANSWER_LISTING, /* S3's list of a bucket, in XML; read as {"keys": [{"key", "modified",
                       "size"}], "truncated": bool, "next": token} */
};

/* A request to be made. */
struct request {
    char path[2048];    /* with its query, percent-encoded: request_path() */
    json_t *body;       /* NULL: a GET; owned by whoever receives the request */
    bool form;          /* the body's members are sent as multipart/form-data, pictures as files */
    const char *accept; /* NULL: application/json */
    const char *tap;    /* where the answer has base64 pictures, as tap_init() takes it; or NULL */
    enum answer answer;
};

enum ask {
    ASK_SUBMIT,        /* the task itself */
    ASK_STATE,         /* how a submitted task stands, with its results when it has ended */
    ASK_QUEUE,         /* what runs and waits on the server, for a task whose state is in doubt */
    ASK_PROGRESS,      /* how this task is doing, while its submission is under way */
    ASK_PROGRESS_STEP, /* the step that the server is at, whoever's task it is */
    ASK_CANCEL,        /* stop what runs now */
    ASK_SKIP,          /* end the picture that is being made, go on with the next */
};

/* A GET that compose() wants the answer of. */
struct fact {
    const char *key; /* under which compose() finds it */
    char path[1024];
};

/* How a task is doing. Numbers are negative when unknown. */
struct progress {
    bool active, queued, completed; /* of this task */
    double fraction;                /* 0 .. 1 */
    double eta;                     /* seconds */
    long step, steps;
    long position, length; /* in the queue, from 1 */
    long preview;          /* number of the picture that came along */
};

/* Nothing is known. */
extern const struct progress progress_unknown;

/* What arrived as a picture. */
struct arrived {
    uint32_t width, height;
    const char *text; /* the generation parameters in it (infotext), borrowed; or NULL */
};

enum picture_role { ROLE_RESULT, ROLE_GRID, ROLE_EXTRA };

struct pictured {
    enum picture_role role;
    bool has_seed;
    json_int_t seed;
};

/* A result that is to be fetched. */
struct link {
    char *url; /* absolute, or a path on the service; owned */
    long ttl;  /* seconds until it expires; -1 when that is not known */
    struct pictured what;
};

/* Where a task stands. */
enum standing {
    STANDING_SUCCEEDED,
    STANDING_QUEUED,
    STANDING_RUNNING,
    STANDING_FAILED,
    STANDING_CANCELLED,
    STANDING_UNKNOWN, /* a word that is not known: it is asked again (B7) */
    STANDING_MISSING, /* the service has no such task */
};

/* What an answer means. */
struct outcome {
    enum standing standing;
    bool doubtful; /* only ASK_QUEUE tells whether the task still lives (D22), or how it ended */
    char *reason;  /* why it failed, in the server's words; owned, may be NULL */
    struct progress progress;
    json_t *info;              /* what the server said; owned, may be NULL */
    char *caption;             /* for interrogate; owned */
    struct pictured *pictures; /* one for each that arrived; owned */
    size_t n_pictures;
    struct link *links; /* results to fetch; owned */
    size_t n_links;
    size_t differences; /* how many of the task's warnings say "not as asked" */
};

/* A list of names that a server offers. */
struct catalogue {
    const char *kind; /* "samplers" */
    const char *path;
    const char *items; /* the array's dotted path in the answer; NULL: the answer itself */
};

/* How a long list comes in pages; dotted paths into the answer. */
struct paging {
    const char *items;     /* the array: "models" */
    const char *cursor;    /* the next page's cursor, "" or missing at the end */
    const char *parameter; /* how it is asked for: "pagination.cursor" */
};

/* Where compose() puts a neutral parameter that the table of native ones says nothing of, or not
 * all: for the table in sdctl(1). A row for what the other table has too says when it holds. */
struct composed {
    const char *neutral;
    const char *native;  /* its dotted name; NULL: it is understood, and not sent */
    unsigned operations; /* bits 1 << OPERATION_...; 0: both that repaint */
    const char *note;    /* what else is to be known of it, in a few words; or NULL */
};

#define COMPOSED_IN(operation) (1U << (operation))

struct backend {
    const char *name;
    const char *title;
    const char *default_url;
    const char *probe; /* a path to GET that only such servers have; NULL: not found by probing */
    enum secret_form key_form;
    const struct native *natives;      /* its parameters; ends with name == NULL */
    const struct composed *composed;   /* what compose() makes of others; neutral == NULL ends it;
                                          NULL: none */
    const struct catalogue *catalogue; /* what `endpoint check` lists; ends with kind == NULL */
    const char *const *name_keys;      /* members of a catalogue's items that may be the name, the
                                          best first; NULL-terminated */
    const struct paging *paging;       /* NULL: lists come whole */
    bool own_files;       /* result URLs are on the service itself, whatever host they name (D26) */
    bool state_in_s3;     /* ASK_STATE and ASK_QUEUE are asked of S3, of the bucket that task->where
                             names: paths are below the bucket, and so are own_files */
    bool takes_links;     /* fetches pictures itself: links may stand in their place */
    bool raw_pictures;    /* does not convert pictures that it opens (D25) */
    bool takes_id;        /* the task's id is made here */
    bool native_outpaint; /* extends the canvas itself: task->neutral "outpaint" is an object of
                             left, top, right, bottom */
    const struct task_service *tasks; /* tasks.h; NULL: it cannot list them */

    /* Whether the answer at `probe` is such a server's. */
    bool (*recognise)(const json_t *fact);

    /* Which server of its kind a URL says it is; NULL: URLs do not tell. */
    int (*flavour)(const char *url);

    /* Rewrites parameters that the user wrote (--set, --params) into the shape of the request:
     * PPInfra's may be given without their envelope. NULL: they are as they are. */
    int (*adopt)(json_t *native, struct error *err);

    /* What to GET before the task is sent, at most `cap`. Returns how many. */
    size_t (*facts_needed)(const struct task *task, struct fact *facts, size_t cap);

    /* Completes task->native from task->neutral (pictures, LoRAs, scripts ...) and from `facts`, an
     * object of the answers by key (null for a path that the server does not have; NULL when the
     * server was not asked). Refuses what the server would misread, and warns. EXIT_USAGE,
     * EXIT_INPUT, EXIT_REFUSED. */
    int (*compose)(struct task *task, const json_t *facts, struct error *err);

    /* Whether the task lives on without us: the answer to its submission is only an id. */
    bool (*lives_on)(const struct task *task);

    /* The request for `ask`. False when this server has no such thing. */
    bool (*request)(const struct task *task, enum ask ask, struct request *request);

    /* Reads an answer of status 200 to ASK_SUBMIT, ASK_STATE or ASK_QUEUE; of events each one; of
     * ANSWER_PICTURE only what arrived (`reply` is NULL). An
     * answer to ASK_SUBMIT may give the task its id. Appends warnings to the task. EXIT_FAILED when
     * it cannot be read; a task that failed is no error here but a standing. A 404 to ASK_STATE is
     * STANDING_MISSING and does not come here. */
    int (*outcome)(struct task *task, enum ask ask, const json_t *reply,
                   const struct arrived *arrived, size_t n_arrived, struct outcome *outcome,
                   struct error *err);

    /* Notes differences between what was fetched and what was asked as warnings; NULL:
     * backend_compare(). */
    void (*compare)(struct task *task, const struct arrived *arrived, size_t n_arrived,
                    struct outcome *outcome);

    /* Reads an answer about progress into what is known already; false when it says nothing. */
    bool (*progress)(enum ask ask, const json_t *reply, struct progress *progress);

    /* Adds to what --explain shows what follows from the parameters: {"NAME": {"value", "origin"}}.
     */
    bool (*explain)(const struct task *task, json_t *explained);

    /* Why a task may never end, for the error when the deadline has passed; NULL: nothing is known.
     */
    const char *never;

    /* The server's own words in an error answer, as a new buffer's text: `reply` is NULL when the
     * answer was no JSON. */
    void (*fault)(int status, const json_t *reply, struct buf *words);
};

/* All backends, NULL-terminated. */
extern const struct backend *const backends[];

/* By its name, or NULL. */
const struct backend *backend_find(const char *name);

/* Writes a path, printf-formed; the arguments must be encoded. False when it is too long. */
bool request_path(struct request *request, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Percent-encodes all but [A-Za-z0-9._~-] of text, at most cap - 1 bytes; false when it does not
 * fit. */
bool request_encode(char *to, size_t cap, const char *text);

/* A task's id out of an answer: 1 to TASK_ID_MAX printable ASCII characters. EXIT_FAILED. */
int backend_take_id(struct task *task, const char *id, struct error *err);

/* Adds a link to the outcome (the text is copied); false without memory. */
bool backend_add_link(struct outcome *outcome, const char *url, long ttl);

/* The link to a picture that is staged: task->stage, its SHA-256, its extension. False when it does
 * not fit. */
bool backend_stage_link(char *to, size_t cap, const char *stage, const struct input *input);

/* The word for a standing in a result document: "queued", "running" ... */
const char *standing_name(enum standing standing);

/* Adds a printf-formed warning to the task; false without memory. */
bool backend_warn(struct task *task, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Notes differences between what arrived and what was asked (count, size) as warnings. */
void backend_compare(struct task *task, const struct native *natives, const struct arrived *arrived,
                     size_t n_arrived, struct outcome *outcome);

/* Frees the members. NULL-safe. */
void backend_release_task(struct task *task);
void backend_release_outcome(struct outcome *outcome);

#endif
