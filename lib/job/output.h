#ifndef SDCTL_JOB_OUTPUT_H
#define SDCTL_JOB_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "job/receive.h"

/*
 * Where pictures go. A path with {stem}, {seed}, {n}, {ext} or {command} in it is a template: each
 * picture's name is made of it (its image's stem, its seed, its number, its type). "PATH": exactly
 * there, or PATH-1, PATH-2 ... when there are several; "DIR/" or an existing folder, or nothing
 * (the current folder): STEM-COMMAND-N with the next free N; "-": standard output. Names end as the
 * picture's real type does. A result is never thrown away: if its name was taken meanwhile, the
 * next free one is used.
 */

enum output_kind { OUTPUT_PATH, OUTPUT_FOLDER, OUTPUT_STDOUT, OUTPUT_TEMPLATE };

struct output {
    enum output_kind kind;
    char *base; /* path up to the number: "out", "dir/cat-img2img"; owned */
    char *path; /* OUTPUT_PATH: as given; OUTPUT_FOLDER: the folder with its '/'; owned */
    bool force;
    unsigned long next;  /* OUTPUT_FOLDER: the number to try next */
    char stem[160];      /* OUTPUT_TEMPLATE: {stem}, */
    const char *command; /* and {command}; borrowed */
    bool has_seed;       /* {seed} of the picture that is placed next */
    long long seed;
    size_t rounds; /* how often the job is run in all; 0 is once */
    size_t total;  /* pictures of all roles that the run has */

    /* NULL, or called before a picture gets a name, once more for each name that is tried: what is
     * about to be can be noted, so that it is known again whatever happens next. */
    void (*naming)(void *ctx, const struct received *p, const char *path);
    void *naming_ctx;
    size_t placed[3]; /* pictures placed so far, in all rounds, by their role */
};

/* Plans the output. `text` is what -o said or NULL; `image` is the first input's name (its stem is
 * used); `count` is how many results are expected. Finds out what can be found out before anything
 * is sent: EXIT_OUTPUT. */
int output_init(struct output *o, const char *text, const char *image, const char *command,
                size_t count, bool force, struct error *err);

/* Whether a path (not empty) means a folder: it ends in '/', or is one. */
bool output_is_folder(const char *path);

/* The path to receive temporaries next to (a folder with its '/', or a file in it). */
const char *output_place(const struct output *o);

/*
 * Gives picture `p` its name: the number-th (from 1) of `total` of its kind, kind being "" for
 * results, "grid" or "extra" otherwise. *path is malloc'd (NULL for standard output); *renamed is
 * set when PATH itself could not be used.
 */
int output_place_picture(struct output *o, struct received *p, const char *kind, size_t number,
                         size_t total, char **path, bool *renamed, struct error *err);

/* The plan as the journal keeps it, to be gone on with from any folder: {"kind", "path", "base",
 * "force"}, paths absolute; one to standard output becomes one to the current folder. A new object;
 * NULL without memory. */
json_t *output_to_json(const struct output *o);

/* A path from the root; malloc'd, NULL without memory. */
char *output_absolute(const char *path);

/* The way back. EXIT_INPUT when it is no such plan. Nothing is refused because of what exists: the
 * result is there and must go somewhere. */
int output_from_json(struct output *o, const json_t *plan, struct error *err);

/* A plan to put pictures into another folder under the names that they were planned to have: `base`
 * is the last part of the old plan's. EXIT_OUTPUT. */
int output_resume_folder(struct output *o, const char *folder, const char *base, bool force,
                         struct error *err);

/* OUTPUT_TEMPLATE: takes the template, and finds out whether its folder can be written. EXIT_USAGE
 * for a name in braces that there is not, EXIT_OUTPUT. */
int output_plan_template(struct output *o, const char *text, struct error *err);

/* The plan for one picture of a template, which has a path of its own. */
int output_expand(const struct output *o, const struct received *p, const char *kind, size_t number,
                  struct output *one, struct error *err);

/* NULL-safe. */
void output_release(struct output *o);

#endif
