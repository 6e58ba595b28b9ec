#ifndef SDCTL_BACKEND_PPINFRA_H
#define SDCTL_BACKEND_PPINFRA_H

#include "backend/backend.h"

/*
 * PPInfra, and Novita, which answers the same paths. Facts: seed 003 for img2img, contracts.md B1
 * to B12 and 4.2 for the rest. The request tree is the whole body, {"extra": {...}, "request":
 * {...}}.
 */
extern const struct backend ppinfra_backend;

/* The rest is shared by the ppinfra_*.c files only. */

#define PPINFRA_SIDE_MAX 2048 /* pixels, of each picture (B6) */

/* "30 Mb" of a picture file (B6). Whether a million bytes or 2^20 is meant is not said: the smaller
 * of the two is never refused by the service. */
#define PPINFRA_BYTES_MAX (30ULL * 1000 * 1000)

/* Keys of facts: checkpoints like the one that is asked for, and those made for inpainting. */
#define PPINFRA_CHECKPOINT "checkpoint"
#define PPINFRA_INPAINTING "inpainting_checkpoint"

extern const struct native ppinfra_natives[];
extern const struct composed ppinfra_composed[];

/* Which operations something holds for; in a rule of an object inside the request: both. */
enum { PPINFRA_IMG2IMG = 1, PPINFRA_INPAINT = 2, PPINFRA_BOTH = 3 };

/* What a member of the request must be. Rules end with name == NULL. */
struct ppinfra_rule {
    const char *name;
    const char *option; /* how the user says it: "--steps", inside a KEY=VALUE option the key; NULL:
                           only by --set */
    enum native_type type;
    bool nullable;
    int taken, required; /* operations */
    double min, max;     /* of a number, or of a string's characters; inclusive; min == max means no
                            limit, max PPINFRA_OPEN none above */
    bool above_min;      /* min itself is too little */
    const char *const *choices; /* NULL-terminated; a name that is not among them may be sent
                                   with --set-unchecked */
    const char *below;          /* the member that must be greater */
    double fallback;            /* what counts when a member with or under `below` is missing */
    const struct ppinfra_rule *members; /* of the object, or of each object of the array */
    size_t most;                        /* items of the array; 0: any number */
    const char *instead;                /* said where it is not taken */
};

#define PPINFRA_OPEN 1e19 /* more than any JSON integer */

extern const struct ppinfra_rule ppinfra_request_rules[];
extern const struct ppinfra_rule ppinfra_extra_rules[];

/* Everything that is wrong with a request, told in one error. */
struct ppinfra_faults {
    json_t *whole;   /* strings: each fault with all it can say */
    json_t *brief;   /* the same, shorter */
    json_t *missing; /* strings: options */
    bool usage;      /* something else than a file is at fault */
    bool failed;     /* no memory */
};

void ppinfra_faults_init(struct ppinfra_faults *f);
void ppinfra_faults_release(struct ppinfra_faults *f);

/* Adds one, printf-formed. `code` is EXIT_USAGE or EXIT_INPUT; `more` is added where there is room,
 * or is NULL. */
void ppinfra_fault(struct ppinfra_faults *f, enum exit_code code, const char *more,
                   const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Adds what is missing, once. */
void ppinfra_missing(struct ppinfra_faults *f, const char *option);

/* 0 when there are none; else one error with all that fit: EXIT_INPUT when only files are at fault,
 * else EXIT_USAGE. */
int ppinfra_report(const struct ppinfra_faults *f, struct error *err);

/* Whether it is the service's inpainting that does the task: so it is with a canvas that
 * `img2img --outpaint` has extended, too, since its img2img takes no mask. */
bool ppinfra_inpaints(const struct task *task);

/* Checks the whole request tree and the pictures in it. */
void ppinfra_check(const struct task *task, struct ppinfra_faults *f);

/* Moves what stands in `native` by its bare name to where it belongs in the request. EXIT_USAGE
 * when it is there already. */
int ppinfra_adopt(json_t *native, struct error *err);

int ppinfra_compose(struct task *task, const json_t *facts, struct error *err);

/* What is to be searched for to find the checkpoint of this name: the name without the file's
 * ending and the number in front of it, which the service's search may not know. False when it does
 * not fit. */
bool ppinfra_search(const char *name, char *to, size_t cap);

/* Finds the checkpoint among the models that the service listed, and puts the name in the request
 * by which it is asked for. EXIT_REFUSED when there is none or more than one. */
int ppinfra_check_model(struct task *task, const json_t *facts, struct error *err);

int ppinfra_outcome(struct task *task, enum ask ask, const json_t *reply,
                    const struct arrived *arrived, size_t n_arrived, struct outcome *outcome,
                    struct error *err);

#endif
