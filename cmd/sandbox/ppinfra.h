#ifndef SANDBOX_PPINFRA_H
#define SANDBOX_PPINFRA_H

#include "dialect.h"
#include "encode.h"
#include "record.h"

/*
 * PPInfra (Novita AI): a task is submitted, asked for until it has ended, and its pictures are
 * fetched from links to another host that hold for a while. What is asked and answered follows seed
 * 003 and contracts.md, 4.2; names of errors novita.ai/docs/api-reference/basic-error-code.
 *
 * The other host is a second server on a port of its own (ppinfra_files.c). It must never see the
 * key: a request that has one is refused and "KEY LEAKED" printed.
 */

#define PPINFRA_ID_MAX 40

enum ppinfra_status { PPINFRA_QUEUED, PPINFRA_PROCESSING, PPINFRA_SUCCEED, PPINFRA_FAILED };

struct ppinfra_file {
    char path[160]; /* on the second server */
    struct buf bytes;
};

struct ppinfra_task {
    char id[PPINFRA_ID_MAX];
    bool inpainting;
    enum encode_format format;
    json_t *values; /* the job in the WebUI's fields */
    struct raster image, mask;
    int64_t seed;
    char folder[RECORD_PATH_MAX];

    double wait; /* seconds before it starts, once it is its turn */
    bool stuck, fails;

    /* guarded by ppinfra.lock */
    enum ppinfra_status status;
    char reason[200];
    int64_t submitted, started, ended; /* milliseconds since 1970; 0: not yet */
    struct ppinfra_file *files;
    size_t n_files;
};

/* box->own of both servers. */
struct ppinfra {
    struct sandbox *box;
    struct sandbox files;
    unsigned char key[32]; /* of the links' signatures */
    pthread_t worker;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    struct ppinfra_task **tasks;
    size_t n_tasks;
};

extern const struct dialect dialect_ppinfra_files;
extern const struct fault FAULTS_PPINFRA[];

/* ppinfra_check.c: the fields, against their types, ranges, choices and models. The failure's
 * exception is the error's reason. */
int ppinfra_check(const struct ppinfra_task *task, const json_t *body, struct failure *f);

/* ppinfra_read.c: the same with the pictures, and fills the task's format, values, pictures and
 * seed. Pictures in `body` are replaced by the names of the files that --root keeps. */
int ppinfra_read(struct ppinfra_task *task, json_t *body, const char *folder, struct failure *f);

/* The picture in a field's base64, at most `side` pixels wide and high and `pixels` altogether (0:
 * any), 30 MB. */
int ppinfra_picture(const char *base64, const char *where, uint32_t side, uint64_t pixels,
                    struct buf *bytes, struct raster *to, struct failure *f);

/* ppinfra_models.c: GET /v3/model, and whether there is a model that a request may name so. */
void ppinfra_models(struct request *request, struct reply *reply);
bool ppinfra_has_model(const char *type, const char *name);

/* ppinfra_work.c: starts and ends the thread that works on the tasks; takes a task over. */
bool ppinfra_work_start(struct ppinfra *p);
void ppinfra_work_stop(struct ppinfra *p);
bool ppinfra_work_add(struct ppinfra *p, struct ppinfra_task *task);
void ppinfra_free_task(struct ppinfra_task *task);
int64_t ppinfra_now(void);

/* ppinfra_result.c: GET /v3/async/task-result. */
void ppinfra_result(struct request *request, struct reply *reply);

/* A link to a file that holds for `ttl` seconds. */
void ppinfra_link(const struct ppinfra *p, const char *path, double ttl, char *to, size_t cap);

#endif
