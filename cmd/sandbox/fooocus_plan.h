#ifndef SANDBOX_FOOOCUS_PLAN_H
#define SANDBOX_FOOOCUS_PLAN_H

#include "fooocus_picture.h"
#include "image/crop.h"
#include "record.h"

#define FOOOCUS_CONTROLS_MAX 4

/* A request in the new server's names, as AsyncTask has it: what both servers hand to the worker.
 */
struct fooocus_order {
    json_t *values; /* fields of FOOOCUSAPI_REQUEST, all there; owned */
    char tab[12];   /* "enhance", "ip", "uov" or "inpaint" (D11) */
    bool old;       /* of the old server, whose worker differs a little */
    bool invert;    /* the old server only (D5) */
    struct fooocus_picture uov, inpaint, mask, enhance, controls[FOOOCUS_CONTROLS_MAX];
};

void fooocus_order_release(struct fooocus_order *order);

/* Frees the pictures only. */
void fooocus_order_forget(struct fooocus_order *order);

/* What is painted: async_worker.py's goals, sizes and strengths. */
struct fooocus_plan {
    struct raster base;    /* RGB: what the model is shown; the size of what it paints */
    double strength;       /* 0 to 1 */
    int steps;             /* sampling steps a picture; 0 when direct */
    bool direct;           /* base is the only result, unpainted: a fast or large upscale */
    bool processes_images; /* there is a goal besides text */
    /* Inpaint: the whole picture, which part of it is painted, and how much of the new shows. */
    struct raster whole;
    struct crop_rect area;
    struct raster soft; /* grey, the size of whole */
    /* Enhance: base is a picture to be bettered in so many rounds. */
    int rounds;
};

/* 500 where the real worker raises an exception; *plan is empty then. */
int fooocus_plan_make(const struct fooocus_order *order, int64_t seed, struct fooocus_plan *plan,
                      struct failure *f);
void fooocus_plan_release(struct fooocus_plan *plan);

/* util.get_shape_ceil and set_image_shape_ceil: the sides become multiples of 64 whose mean is
 * about `ceil`. */
double fooocus_plan_ceil(double height, double width);
void fooocus_plan_set_ceil(int *width, int *height, double ceil);

/* The inpaint part (fooocus_area.c): whole, soft, area and base; *found false when the mask marks
 * nothing and no side is to be painted outwards, so that nothing of it happens. */
int fooocus_area_make(const struct fooocus_order *order, struct fooocus_plan *plan, bool *found,
                      struct failure *f);

#endif
