#ifndef SANDBOX_JOB_H
#define SANDBOX_JOB_H

#include "image/webui_prepare.h"
#include "lists.h"
#include "sandbox.h"

/*
 * One img2img run, after StableDiffusionProcessingImg2Img: what is to be done (struct job, which
 * scripts may change between runs), what the model is shown (struct prepared) and what came of it
 * (struct processed).
 */
struct job {
    struct sandbox *box;
    json_t *settings; /* the settings that hold for this job; owned */
    char *prompt, *negative_prompt;
    int64_t seed, subseed;
    int64_t first_seed; /* the seed in use, set by process_job() */
    double subseed_strength, cfg_scale, strength, noise_multiplier;
    int batch_size, n_iter, steps, width, height;
    int resize_mode, fill, padding, blur_x, blur_y;
    bool full_res, invert, save_grid;
    const char *sampler, *scheduler; /* names from lists.h */
    const struct lists_model *model;
    struct raster *init; /* as received */
    size_t n_init;
    struct raster mask;        /* grey; empty when there is none */
    struct raster latent_mask; /* what a script wants repainted instead; else empty */
    json_t *extra;             /* extra_generation_params */
    struct raster *extra_images;
    size_t n_extra_images;
    const char *folder; /* where to keep what the model sees, or NULL */
};

/* Fills a job from checked fields. Pictures are added by the caller. */
int job_init(struct job *job, struct sandbox *box, const json_t *values, struct failure *f);
void job_release(struct job *job);

/* Takes the raster over into the list of init images. */
int job_add_init(struct job *job, struct raster *image, struct failure *f);
void job_clear_init(struct job *job);
int job_add_extra(struct job *job, struct raster *image, struct failure *f);

/* Strings of extra_generation_params, kept in the order in which they came up first. */
void job_note(struct job *job, const char *key, json_t *value);

struct prepared {
    struct raster *images; /* width x height, RGB */
    struct raster *overlays;
    size_t n, n_overlays;
    struct webui_mask mask; /* its .mask is empty when the whole picture is repainted */
};

/* StableDiffusionProcessingImg2Img.init: webui_prepare.h, what it notes for the infotext, and the
 * latent's noise or nothing. On failure *p is empty. */
int prepare_job(struct job *job, struct prepared *p, struct failure *f);
void prepare_release(struct prepared *p);

struct picture {
    struct raster raster;
    char *infotext; /* or NULL */
};

struct processed {
    struct picture *pictures;
    size_t n;
    size_t index_of_first_image;
    int64_t seed, subseed;
    json_t *seeds, *subseeds; /* arrays of integers */
    json_t *infotexts;        /* array of strings */
};

/* process_images: every batch painted, put back, described; masks and grid as the settings say.
 * On failure *done is empty. */
int process_job(struct job *job, struct processed *done, struct failure *f);
void process_release(struct processed *done);

/* Takes raster and infotext (may be NULL; copied) over into the list, at the front or the end. */
int process_add(struct processed *done, struct raster *raster, const char *infotext, bool first,
                struct failure *f);

/* A seed as given, or a random one for -1. */
int64_t process_seed(int64_t seed);

#endif
