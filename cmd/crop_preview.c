#include "cmd/crop_preview.h"

#include <string.h>

#include "base/outfile.h"
#include "cmd/image.h"
#include "cmd/mask.h"
#include "cmd/run.h"
#include "image/preview.h"
#include "image/resize.h"
#include "image/rows.h"
#include "image/webui_prepare.h"

#define PREVIEW_BYTES_MAX (64UL * 1024 * 1024)

/* Everything on the way from the job to the picture. */
struct preparation {
    json_t *effective; /* neutral parameters that hold */
    struct webui_prepare how;
    struct raster image, mask;
    struct webui_mask made;
    struct raster shown, latent;
    struct raster picture;
};

static void release(struct preparation *p)
{
    json_decref(p->effective);
    raster_release(&p->image);
    raster_release(&p->mask);
    webui_mask_release(&p->made);
    raster_release(&p->shown);
    raster_release(&p->latent);
    raster_release(&p->picture);
}

static int number(const struct preparation *p, const char *name)
{
    return (int)json_integer_value(json_object_get(p->effective, name));
}

/* The place of a neutral choice in a list of them. */
static int choice(const struct preparation *p, const char *name, const char *const *names)
{
    const char *value = json_string_at(p->effective, name);
    int i = 0;

    while (names[i] != NULL && (value == NULL || strcmp(names[i], value) != 0)) {
        i++;
    }
    return names[i] != NULL ? i : 0;
}

/* What the server is told, and its defaults for the rest (A4). */
static int read_parameters(const struct job *job, struct preparation *p, struct error *err)
{
    static const char *const resizes[] = {"just", "crop", "fill", "latent", NULL};
    static const char *const fills[] = {"fill", "original", "latent-noise", "latent-nothing", NULL};
    static const char *const areas[] = {"whole", "masked", NULL};

    p->effective = native_effective(job->backend->natives, job->task.native);
    if (p->effective == NULL) {
        return error_memory(err, "previewing");
    }
    if (json_object_get(p->effective, "area") == NULL) {
        return error_set(err, EXIT_USAGE, "--crop-preview: %s does not crop as the WebUI does",
                         job->backend->title);
    }
    bool both = json_object_get(p->effective, "mask_blur") != NULL;
    json_t *invert = json_object_get(job->task.native, "inpainting_mask_invert");
    p->how = (struct webui_prepare){.width = number(p, "width"),
                                    .height = number(p, "height"),
                                    .resize_mode = choice(p, "resize", resizes),
                                    .fill = choice(p, "fill", fills),
                                    .blur_x = number(p, both ? "mask_blur" : "mask_blur_x"),
                                    .blur_y = number(p, both ? "mask_blur" : "mask_blur_y"),
                                    .padding = number(p, "padding"),
                                    .masked_only = choice(p, "area", areas) == 1,
                                    .invert = json_integer_value(invert) == 1};
    return p->how.width >= 8 && p->how.height >= 8
               ? 0
               : error_set(err, EXIT_USAGE, "a size of %dx%d leaves nothing to work on",
                           p->how.width, p->how.height);
}

static int read_picture(const struct job *job, size_t at, const char *what, struct raster *r,
                        struct error *err)
{
    if (at == job->n_sources) {
        return error_set(err, EXIT_USAGE, "--crop-preview needs the %s as a file, not as a link",
                         what);
    }
    const struct png_source source = {.fd = job->sources[at].fd, .name = job->sources[at].name};
    return rows_read(&source, CROP_PREVIEW_PIXELS_MAX, r, err);
}

/* What is left of a multiple of 8 the model does not see. */
static int cut_to_eights(struct raster *r, struct error *err)
{
    const struct crop_rect whole = {.x2 = (int)(r->width / 8 * 8), .y2 = (int)(r->height / 8 * 8)};
    struct raster to;

    if (crop_take(r, &whole, &to, err) != 0) {
        return -1;
    }
    raster_release(r);
    *r = to;
    return 0;
}

static int compute(struct preparation *p, struct error *err)
{
    bool resized = p->how.width != (int)p->image.width || p->how.height != (int)p->image.height;

    if (p->how.resize_mode == 3 && !p->how.masked_only && p->how.fill != 1 && resized) {
        return error_set(err, EXIT_USAGE,
                         "with --resize latent the server resizes the mask but not the image, and "
                         "cannot fill: use just, crop or fill, or --fill original");
    }
    if (webui_prepare_mask(&p->how, &p->mask, &p->made, err) != 0 ||
        webui_prepare_image(&p->how, &p->made, NULL, &p->image, &p->shown, NULL, err) != 0 ||
        cut_to_eights(&p->shown, err) != 0) {
        return -1;
    }
    return p->made.mask.pixels == NULL
               ? 0
               : webui_prepare_latent(&p->made.mask, p->how.width, p->how.height, &p->latent, err);
}

static bool repaints(const struct raster *latent)
{
    return latent->pixels != NULL &&
           memchr(latent->pixels, 255, (size_t)latent->width * latent->height) != NULL;
}

static int warn(struct job *job, const struct preparation *p, struct error *err)
{
    bool told = true;

    if (p->made.mask.pixels == NULL) {
        told = backend_warn(&job->task, "the mask is blank: the server makes img2img of it");
    } else if (!repaints(&p->latent)) {
        told = backend_warn(&job->task, "nothing is repainted: nowhere is the mask over a half of "
                                        "white on the 8-pixel grid that the model works on");
    }
    return told ? 0 : error_memory(err, "previewing");
}

/* What of the image is worked on: the crop rectangle, or with resize crop what is not cut off. */
static struct crop_rect worked_on(const struct preparation *p)
{
    int width = (int)p->image.width, height = (int)p->image.height;
    uint64_t w, h;

    if (p->made.has_crop || p->how.resize_mode != RESIZE_CROP) {
        return p->made.has_crop ? p->made.crop : (struct crop_rect){.x2 = width, .y2 = height};
    }
    resize_fit_size(&p->image, RESIZE_CROP, (uint32_t)p->how.width, (uint32_t)p->how.height, &w,
                    &h);
    int x = (int)((double)width * (double)p->how.width / (double)w);
    int y = (int)((double)height * (double)p->how.height / (double)h);
    x = x > width ? width : x;
    y = y > height ? height : y;
    return (struct crop_rect){(width - x) / 2, (height - y) / 2, (width + x) / 2, (height + y) / 2};
}

static int draw(struct preparation *p, struct error *err)
{
    static const enum preview_latent latents[] = {PREVIEW_IMAGE, PREVIEW_IMAGE, PREVIEW_NOISE,
                                                  PREVIEW_NOTHING};
    const struct crop_rect rectangle = worked_on(p);
    const struct preview preview = {.image = &p->image,
                                    .mask = &p->mask,
                                    .blurred = &p->made.blurred,
                                    .rectangle = rectangle,
                                    .shown = &p->shown,
                                    .latent = latents[p->how.fill],
                                    .repainted = p->latent.pixels != NULL ? &p->latent : NULL};

    return preview_draw(&preview, &p->picture, err);
}

static int store(const struct preparation *p, const char *path, bool force, struct error *err)
{
    struct outfile file = OUTFILE_INIT;
    struct buf png;
    bool exists;
    int result = -1;

    buf_init(&png, PREVIEW_BYTES_MAX);
    if (raster_write_png(&p->picture, NULL, &png, err) == 0 &&
        outfile_open(&file, path, err) == 0 &&
        outfile_write(&file, png.data, png.len, path, err) == 0) {
        result = outfile_commit(&file, path, force, false, &exists, err);
    }
    outfile_discard(&file);
    buf_release(&png);
    return result;
}

/* The size of the picture itself in what the model sees, over its size before. */
static json_t *describe_scale(const struct preparation *p)
{
    const struct crop_rect *crop = &p->made.crop;
    struct raster from = {.width = p->image.width, .height = p->image.height};
    int mode = p->how.resize_mode == 3 ? RESIZE_JUST : p->how.resize_mode;
    uint64_t w, h;

    if (p->made.has_crop) {
        mode = RESIZE_FILL;
        from.width = (uint32_t)(crop->x2 - crop->x1);
        from.height = (uint32_t)(crop->y2 - crop->y1);
    }
    resize_fit_size(&from, mode, (uint32_t)p->how.width, (uint32_t)p->how.height, &w, &h);
    return json_pack("{s:f,s:f}", "x", (double)w / from.width, "y", (double)h / from.height);
}

static json_t *describe(const struct job *job, const struct preparation *p, const char *path)
{
    const struct crop_rect *crop = &p->made.crop;
    json_t *rectangle = p->made.has_crop
                            ? json_pack("{s:i,s:i,s:i,s:i}", "left", crop->x1, "top", crop->y1,
                                        "right", crop->x2, "bottom", crop->y2)
                            : json_null();

    return json_pack(
        "{s:s,s:s,s:{s:i,s:i},s:s,s:o,s:o,s:{s:i,s:i},s:i,s:i,s:i,s:s,s:s,s:O}", "command",
        job->command, "crop_preview", path, "image", "width", (int)p->image.width, "height",
        (int)p->image.height, "area", p->how.masked_only ? "masked" : "whole", "crop", rectangle,
        "scale", describe_scale(p), "processing", "width", p->how.width, "height", p->how.height,
        "mask_blur_x", p->how.blur_x, "mask_blur_y", p->how.blur_y, "padding", p->how.padding,
        "fill", json_string_at(p->effective, "fill"), "resize",
        json_string_at(p->effective, "resize"), "warnings", job->task.warnings);
}

int crop_preview_run(struct job *job, const struct generation *g, struct error *err)
{
    const char *path = g->inpaint.crop_preview;
    struct preparation p = {0};
    json_t *document = NULL;
    int result = -1;

    if (strcmp(path, "-") == 0) {
        return error_set(err, EXIT_USAGE,
                         "--crop-preview needs a file: standard output takes the document");
    }
    if (outfile_check(path, g->output.force, err) != 0 || read_parameters(job, &p, err) != 0 ||
        read_picture(job, image_first(job), "image", &p.image, err) != 0 ||
        read_picture(job, mask_find(job), "mask", &p.mask, err) != 0 || compute(&p, err) != 0 ||
        warn(job, &p, err) != 0 || draw(&p, err) != 0 ||
        store(&p, path, g->output.force, err) != 0) {
        goto out;
    }
    document = describe(job, &p, path);
    result = document == NULL ? error_memory(err, "previewing") : run_print(document, err);
out:
    json_decref(document);
    release(&p);
    return result;
}
