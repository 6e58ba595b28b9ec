#ifndef SANDBOX_EKS_H
#define SANDBOX_EKS_H

#include <signal.h>

#include "dialect.h"
#include "net/s3.h"
#include "record.h"

/*
 * Stable Diffusion on Amazon EKS (the AWS guidance for asynchronous inference): an API gateway
 * takes a task and answers at once, a queue keeps it, an agent beside a WebUI carries it out and
 * writes what came of it into S3. What is asked and answered follows seed 002, contracts.md 4.5
 * and C1 to C11.
 *
 * The three are one process here. S3 is a real one, at AWS_ENDPOINT_URL_S3 with the keys and the
 * region of the AWS_ variables; without keys tasks are accepted and nothing ever appears. The
 * WebUI is this program's own, a server on a port of its own.
 */

/* A pod's runtime: the tasks that SNS lets through to it, and how its agent is set up. */
struct eks_runtime {
    const char *name;       /* v1alpha2: metadata.runtime */
    const char *checkpoint; /* v1alpha1: alwayson_scripts.sd_model_checkpoint */
    bool dynamic;           /* dynamicModel: true */
};

/* What one delivery of a task comes to, by the fault that struck its submission. */
enum eks_end {
    EKS_WORKS,
    EKS_FAILS,   /* the WebUI runs out of memory */
    EKS_CRASHES, /* the agent's handler itself fails */
    EKS_DIES,    /* the pod goes after the first picture; no .out */
    EKS_LOSES,   /* everything but the pictures */
    EKS_GARBLES, /* the .out is no JSON */
};

#define EKS_ID_MAX 64 /* the agent cuts longer ones (C4) */
#define EKS_DELIVERIES_MAX 2

/* A message in the queue. */
struct eks_task {
    const struct eks_runtime *runtime;
    json_t *message; /* {"metadata", "content"} */
    char folder[RECORD_PATH_MAX];
    double wait; /* seconds before each delivery */
    bool stuck;  /* never delivered */
    enum eks_end ends[EKS_DELIVERIES_MAX];
    size_t n_ends; /* how often it is delivered */
};

/* box->own */
struct eks {
    struct sandbox *box;
    struct sandbox webui;
    struct s3 s3;
    bool has_s3;
    volatile sig_atomic_t stop; /* for net_config.stop */
    pthread_t worker;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    struct eks_task **queue; /* first come first served */
    size_t n_queue;
    unsigned long long n_accepted;
};

extern const struct fault FAULTS_EKS[];

/* eks_lambda.c: what the gateway's function makes of a body: the answer, and a task for the queue,
 * or NULL when there was an error or no runtime subscribes to it (C3). */
struct eks_task *eks_lambda(struct request *request, bool alpha1, struct reply *reply);

/* eks_queue.c: starts and ends the thread that works on the tasks; takes a task over. */
bool eks_queue_start(struct eks *e);
void eks_queue_stop(struct eks *e);
bool eks_queue_add(struct eks *e, struct eks_task *task);
void eks_queue_free(struct eks_task *task);

/* eks_agent.c: one delivery of a task, from its message to the objects in S3. */
void eks_agent(struct eks *e, const struct eks_task *task, enum eks_end end);

/* eks_runtime.c: the task at the WebUI, `content` changed as the agent changes it. The WebUI's
 * answer, owned by the caller; or NULL and *f: `exception` and `detail` are Python's, `status` is
 * the WebUI's when it answered with an error and *reason its JSON, 0 when it was not asked. */
json_t *eks_runtime_handle(struct eks *e, const struct eks_task *task, const char *type,
                           json_t *content, json_t **reason, struct failure *f);

/* eks_extra.c: what a WebUI answers that is not in the sandbox's one: POST extra-single-image, and
 * txt2img as the fields of an img2img over a plain picture. */
json_t *eks_extra_single(const json_t *content, struct failure *f);
bool eks_extra_canvas(json_t *content);

/* eks_links.c: the object, or what is behind an http(s) link, appended; and writing one. -1 and an
 * explanation in `err`. */
int eks_links_get(struct eks *e, const char *url, struct buf *to, struct error *err);
int eks_links_put(struct eks *e, const char *key, const char *type, const void *bytes, size_t n,
                  struct error *err);

#endif
