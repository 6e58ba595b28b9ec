#include "outpaint.h"

#include <stdlib.h>
#include <string.h>

#include "image/channels.h"
#include "rng.h"
#include "tiles.h"

/* Pixels to add on each side, and the size that comes of it. */
struct growth {
    int left, right, up, down, width, height;
};

static int whole(const json_t *arguments, size_t i, int fallback)
{
    const json_t *v = json_array_get(arguments, i);

    return json_is_number(v) ? (int)json_number_value(v) : fallback;
}

static bool has_side(const json_t *sides, const char *name)
{
    size_t i;
    json_t *side;

    json_array_foreach(sides, i, side)
    {
        if (json_is_string(side) && strcmp(json_string_value(side), name) == 0)
            return true;
    }
    return false;
}

static struct growth grow(const struct raster *picture, int pixels, const json_t *sides)
{
    struct growth g = {
        .left = has_side(sides, "left") ? pixels : 0,
        .right = has_side(sides, "right") ? pixels : 0,
        .up = has_side(sides, "up") ? pixels : 0,
        .down = has_side(sides, "down") ? pixels : 0,
    };
    int w = (int)picture->width, h = (int)picture->height;

    g.width = (w + g.left + g.right + 63) / 64 * 64;
    g.height = (h + g.up + g.down + 63) / 64 * 64;
    if (g.left > 0)
        g.left = g.left * (g.width - w) / (g.left + g.right);
    if (g.right > 0)
        g.right = g.width - w - g.left;
    if (g.up > 0)
        g.up = g.up * (g.height - h) / (g.up + g.down);
    if (g.down > 0)
        g.down = g.height - h - g.up;
    return g;
}

/* Copies a picture into another at (x, y); channels are equal. */
static void put(struct raster *on, const struct raster *piece, int x, int y)
{
    size_t channels = on->channels;

    for (uint32_t row = 0; row < piece->height && (uint32_t)y + row < on->height; row++) {
        uint32_t n =
            piece->width < on->width - (uint32_t)x ? piece->width : on->width - (uint32_t)x;

        memcpy(on->pixels + (((size_t)y + row) * on->width + (size_t)x) * channels,
               piece->pixels + (size_t)row * piece->width * channels, n * channels);
    }
}

/* White, with a black rectangle (right and bottom inclusive, as ImageDraw has them). */
static int make_mask(const struct growth *g, int inset, struct raster *mask, struct error *err)
{
    int x1 = g->left + (g->left > 0 ? inset : 0),
        x2 = g->width - g->right - (g->right > 0 ? inset : 0);
    int y1 = g->up + (g->up > 0 ? inset : 0), y2 = g->height - g->down - (g->down > 0 ? inset : 0);

    if (raster_init(mask, (uint32_t)g->width, (uint32_t)g->height, 1, err) != 0)
        return -1;
    memset(mask->pixels, 255, (size_t)g->width * (size_t)g->height);
    for (int y = y1; y <= y2 && y < g->height; y++)
        for (int x = x1; x <= x2 && x < g->width; x++)
            mask->pixels[(size_t)y * (size_t)g->width + (size_t)x] = 0;
    return 0;
}

static int fill_index(const json_t *v)
{
    static const char *const NAMES[] = {"fill", "original", "latent noise", "latent nothing"};

    for (int i = 0; json_is_string(v) && i < 4; i++)
        if (strcmp(json_string_value(v), NAMES[i]) == 0)
            return i;
    return json_is_number(v) ? (int)json_number_value(v) : 0;
}

static void swap(struct raster *to, struct raster *from)
{
    raster_release(to);
    *to = *from;
    *from = (struct raster){0};
}

/* Adds one picture without masks or grid as the script's only result, described as the first run
 * was. */
static int give(struct processed *done, struct processed *first, struct raster *picture,
                struct failure *f)
{
    const char *infotext = json_string_value(json_array_get(first->infotexts, 0));

    *done = *first;
    done->pictures = NULL;
    done->n = 0;
    for (size_t i = 0; i < first->n; i++) {
        raster_release(&first->pictures[i].raster);
        free(first->pictures[i].infotext);
    }
    free(first->pictures);
    *first = (struct processed){0};
    return process_add(done, picture, infotext, false, f);
}

/* Runs the job on one tile; the result replaces it. */
static int run_tile(struct job *job, struct tile *tile, struct raster *mask, struct raster *latent,
                    struct processed *first, struct failure *f)
{
    struct processed done;
    struct raster init;
    struct error err;

    job_clear_init(job);
    if (channels_copy(&tile->raster, &init, &err) != 0)
        return failure_from(f, &err);
    if (job_add_init(job, &init, f) != 0)
        return -1;
    if (mask)
        swap(&job->mask, mask);
    if (latent)
        swap(&job->latent_mask, latent);
    if (process_job(job, &done, f) != 0)
        return -1;
    job->seed = done.seed + 1;
    if (done.n > 0)
        swap(&tile->raster, &done.pictures[0].raster);
    if (!first->seeds) {
        *first = done;
        return 0;
    }
    json_decref(first->seeds);
    first->seeds = json_incref(done.seeds);
    process_release(&done);
    return 0;
}

static int count_work(const struct tiles *t, const struct growth *g, bool *work)
{
    int n = 0;

    for (int i = 0; i < t->columns * t->rows; i++) {
        const struct tile *tile = &t->tiles[i];

        work[i] = !(tile->x >= g->left && tile->x + t->tile_width <= t->width - g->right &&
                    tile->y >= g->up && tile->y + t->tile_height <= t->height - g->down);
        n += work[i];
    }
    return n;
}

static int paint_tiles(struct job *job, struct tiles *grid, struct tiles *masks,
                       struct tiles *latents, const struct growth *g, struct processed *first,
                       struct failure *f)
{
    int n = grid->columns * grid->rows, result = 0;
    bool *work = calloc((size_t)n, sizeof *work);

    if (!work)
        return failure_set(f, 500, "MemoryError", "out of memory");
    state_force_count(&job->box->state, count_work(grid, g, work));
    for (int i = 0; i < n && result == 0; i++)
        if (work[i])
            result = run_tile(job, &grid->tiles[i], &masks->tiles[i].raster,
                              &latents->tiles[i].raster, first, f);
    free(work);
    return result;
}

int outpaint_poor(struct job *job, const json_t *arguments, struct processed *done,
                  struct failure *f)
{
    int pixels = whole(arguments, 0, 128), blur = whole(arguments, 1, 4);
    struct tiles grid = {0}, masks = {0}, latents = {0};
    struct raster picture = {0}, mask = {0}, latent = {0}, result = {0}, plain = {0};
    struct processed first = {0};
    struct error err;
    struct growth g;
    int status = -1;

    if (job->n_init == 0)
        return failure_set(f, 500, "IndexError", "list index out of range");
    job->blur_x = job->blur_y = 2 * blur;
    job->fill = fill_index(json_array_get(arguments, 2));
    job->full_res = false;
    job->n_iter = job->batch_size = 1;
    job->save_grid = false;
    g = grow(&job->init[0], pixels, json_array_get(arguments, 3));
    if (raster_init(&picture, (uint32_t)g.width, (uint32_t)g.height, 3, &err) != 0 ||
        channels_rgb(&job->init[0], &plain, &err) != 0 ||
        make_mask(&g, 2 * blur, &mask, &err) != 0 || make_mask(&g, blur / 2, &latent, &err) != 0) {
        failure_from(f, &err);
        goto out;
    }
    put(&picture, &plain, g.left, g.up);
    if (tiles_split(&picture, job->width, job->height, pixels, &grid, f) != 0 ||
        tiles_split(&mask, job->width, job->height, pixels, &masks, f) != 0 ||
        tiles_split(&latent, job->width, job->height, pixels, &latents, f) != 0 ||
        paint_tiles(job, &grid, &masks, &latents, &g, &first, f) != 0 ||
        tiles_combine(&grid, &result, f) != 0)
        goto out;
    if (!first.seeds)
        failure_set(f, 500, "TypeError", "no side to grow towards");
    else
        status = give(done, &first, &result, f);
out:
    tiles_release(&grid);
    tiles_release(&masks);
    tiles_release(&latents);
    raster_release(&picture);
    raster_release(&plain);
    raster_release(&mask);
    raster_release(&latent);
    raster_release(&result);
    process_release(&first);
    return status;
}

/* Colours picked at random from the picture, for the new part: mk2 matches its noise to them. */
static void add_noise(struct raster *r, const struct raster *mask, const struct raster *source,
                      uint64_t seed)
{
    struct rng rng = {.state = seed};
    size_t n = (size_t)r->width * r->height, m = (size_t)source->width * source->height;

    for (size_t i = 0; i < n; i++)
        if (mask->pixels[i])
            memcpy(r->pixels + 3 * i, source->pixels + 3 * (size_t)rng_below(&rng, (uint32_t)m), 3);
}

int outpaint_mk2(struct job *job, const json_t *arguments, struct processed *done,
                 struct failure *f)
{
    static const char *const SIDES[] = {"left", "right", "up", "down"};
    int pixels = whole(arguments, 1, 128), blur = whole(arguments, 2, 8);
    const json_t *sides = json_array_get(arguments, 3);
    struct raster picture = {0};
    struct processed first = {0};
    struct error err;
    int status = -1, count = 0;

    if (job->n_init == 0)
        return failure_set(f, 500, "IndexError", "list index out of range");
    job->full_res = false;
    job->fill = 1;
    job->save_grid = false;
    job->blur_x = has_side(sides, "left") || has_side(sides, "right") ? 4 * blur : 0;
    job->blur_y = has_side(sides, "up") || has_side(sides, "down") ? 4 * blur : 0;
    job->n_iter = job->batch_size = 1;
    for (int i = 0; i < 4; i++)
        count += has_side(sides, SIDES[i]);
    state_force_count(&job->box->state, count);
    if (channels_rgb(&job->init[0], &picture, &err) != 0)
        return failure_from(f, &err);
    for (int i = 0; i < 4; i++) {
        json_t *one = json_pack("[s]", SIDES[i]);
        struct growth g = grow(&picture, pixels, one);
        struct tile tile = {0};
        struct raster mask = {0};

        json_decref(one);
        if (!has_side(sides, SIDES[i]))
            continue;
        job->width = g.width;
        job->height = g.height;
        if (raster_init(&tile.raster, (uint32_t)g.width, (uint32_t)g.height, 3, &err) != 0 ||
            make_mask(&g, blur, &mask, &err) != 0) {
            raster_release(&tile.raster);
            failure_from(f, &err);
            goto out;
        }
        put(&tile.raster, &picture, g.left, g.up);
        add_noise(&tile.raster, &mask, &picture, (uint64_t)job->seed + (uint64_t)i);
        status = run_tile(job, &tile, &mask, NULL, &first, f);
        swap(&picture, &tile.raster);
        raster_release(&mask);
        if (status != 0)
            goto out;
    }
    if (!first.seeds)
        status = failure_set(f, 500, "TypeError", "no side to grow towards");
    else
        status = give(done, &first, &picture, f);
out:
    raster_release(&picture);
    process_release(&first);
    return status;
}
