#ifndef SDCTL_BACKEND_EKS_H
#define SDCTL_BACKEND_EKS_H

#include "backend/backend.h"

/*
 * Stable Diffusion on Amazon EKS (AWS's guidance for asynchronous image generation): an API gateway
 * takes the task, a queue carries it to a runtime with a WebUI, and results appear in S3. Facts:
 * seed 002, contracts.md C1 to C11 and 4.5. The request tree is the envelope of API v1alpha2,
 * {"task": {"metadata": {...}, "content": {...}}}, its content what the WebUI takes; for v1alpha1,
 * which an endpoint's URL asks for by its path, the body is made of the same tree.
 */
extern const struct backend eks_backend;

/* The rest is shared by the eks_*.c files only. */

/* By the endpoint's URL: whether it ends with the API's version, and which. */
enum eks_flavour { EKS_UNNAMED, EKS_V1ALPHA2, EKS_V1ALPHA1 };

#define EKS_METADATA "task.metadata"
#define EKS_CONTENT "task.content"
#define EKS_ID_MAX 64          /* the agent cuts longer ones off (C4) */
#define EKS_PREFIX_MAX 512     /* a key in S3 has 1024 bytes */
#define EKS_MESSAGE_MAX 262144 /* bytes of a message in SNS and SQS (C6) */
#define EKS_MESSAGE_ROOM 1024  /* of these for its attributes and what the gateway adds */

extern const struct native eks_natives[];
extern const struct composed eks_composed[];

/* Moves parameters that stand in `native` by their bare names, or as in v1alpha1, into the
 * envelope. EXIT_USAGE when one is there already. */
int eks_adopt(json_t *native, struct error *err);

int eks_compose(struct task *task, const json_t *facts, struct error *err);

/* Completes the metadata, and tells what type of task it is. */
int eks_compose_metadata(struct task *task, const char **type, struct error *err);

/* The object at a path of the request; made when it is missing. NULL with the error. */
json_t *eks_object_at(json_t *native, const char *path, struct error *err);

/* The body that is sent; a new reference, NULL without memory. */
json_t *eks_body(const struct task *task);

/* How many bytes of text Python makes of a value, which is how the queue counts: everything that is
 * not ASCII escaped, ", " and ": " between members (C6). Pictures of the task count as base64. */
uint64_t eks_size(const struct task *task, const json_t *value);

/* Reads answers of the gateway, and of S3. */
int eks_outcome(struct task *task, enum ask ask, const json_t *reply, const struct arrived *arrived,
                size_t n_arrived, struct outcome *outcome, struct error *err);

/* Holds what came against what was asked, as for a WebUI. */
void eks_compare(struct task *task, const struct arrived *arrived, size_t n_arrived,
                 struct outcome *outcome);

/* The key of the .out that is to be read next, borrowed; NULL when there is none. */
const char *eks_out_key(const struct task *task);

/* The key prefix under which a task's results are: task->where without the bucket, "/" at its end.
 * False when there is none or it is too long. */
bool eks_results_prefix(const struct task *task, char *to, size_t cap);

/* A key as a path below the bucket, percent-encoded but for its slashes. */
bool eks_key_path(char *to, size_t cap, const char *key);

#endif
