#include "fooocus_plan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fields.h"
#include "fooocus_fields.h"
#include "image/resize.h"
#include "infotext.h"
#include "rng.h"

void fooocus_order_forget(struct fooocus_order *order)
{
    fooocus_picture_release(&order->uov);
    fooocus_picture_release(&order->inpaint);
    fooocus_picture_release(&order->mask);
    fooocus_picture_release(&order->enhance);
    for (size_t i = 0; i < FOOOCUS_CONTROLS_MAX; i++)
        fooocus_picture_release(&order->controls[i]);
}

void fooocus_order_release(struct fooocus_order *order)
{
    json_decref(order->values);
    fooocus_order_forget(order);
    *order = (struct fooocus_order){0};
}

void fooocus_plan_release(struct fooocus_plan *plan)
{
    raster_release(&plan->base);
    raster_release(&plan->whole);
    raster_release(&plan->soft);
    *plan = (struct fooocus_plan){0};
}

double fooocus_plan_ceil(double height, double width)
{
    return ceil(sqrt(height * width) / 64.0) * 64.0;
}

void fooocus_plan_set_ceil(int *width, int *height, double wanted)
{
    for (int i = 0; i < 256; i++) {
        double now = fooocus_plan_ceil(*height, *width), k = wanted / now;

        if (fabs(now - wanted) < 0.1)
            break;
        *height = (int)(rint(*height * k / 64.0) * 64);
        *width = (int)(rint(*width * k / 64.0) * 64);
    }
}

/* Steps by performance_selection; with uov those of an upscale. */
static int steps_of(const json_t *values, bool uov)
{
    static const int STEPS[] = {60, 30, 8, 4, 4}, UOV[] = {36, 18, 8, 4, 4};
    const char *name = fields_text(values, "performance_selection", "Speed");
    int forced = (int)fields_int(values, "overwrite_step", -1);

    if (forced > 0)
        return forced;
    for (size_t i = 0; FOOOCUS_PERFORMANCE[i]; i++)
        if (strcmp(FOOOCUS_PERFORMANCE[i], name) == 0)
            return uov ? UOV[i] : STEPS[i];
    return 30;
}

/* "1152*896" or with a multiplication sign, then the overrides. ValueError for anything else. */
static int size_of(const json_t *values, int *width, int *height, struct failure *f)
{
    const char *text = fields_text(values, "aspect_ratios_selection", "");
    long long w = 0, h = 0;
    char first[16] = "", second[16] = "";
    int n = 0;

    if (sscanf(text, "%15[0-9]%n", first, &n) == 1) {
        text += n;
        text += strncmp(text, "\xC3\x97", 2) == 0 ? 2 : *text == '*' ? 1 : 0;
        snprintf(second, sizeof second, "%.*s", (int)strcspn(text, " "), text);
    }
    if (!text_to_int(first, &w) || !text_to_int(second, &h) || w < 8 || h < 8)
        return failure_set(f, 500, "ValueError", "invalid aspect_ratios_selection");
    if (fields_int(values, "overwrite_width", -1) > 0)
        w = fields_int(values, "overwrite_width", -1);
    if (fields_int(values, "overwrite_height", -1) > 0)
        h = fields_int(values, "overwrite_height", -1);
    *width = (int)w / 8 * 8;
    *height = (int)h / 8 * 8;
    if (w * h > SANDBOX_PIXELS_MAX || *width < 8 || *height < 8)
        return failure_set(f, 500, "OutOfMemoryError", "%lldx%lld pixels", w, h);
    return 0;
}

/* What text alone is painted over: soft patches of colour that the seed and the prompt choose. */
static int make_canvas(const json_t *values, int64_t seed, int width, int height, struct raster *to,
                       struct error *err)
{
    struct rng rng = rng_for((uint64_t)seed, fields_text(values, "prompt", ""));
    struct raster small;
    int result;

    if (raster_init(&small, 9, 7, 3, err) != 0)
        return -1;
    for (size_t i = 0; i < 63; i++) {
        double light = 90 + 110.0 * (1 - (double)(i / 9) / 6);

        for (size_t c = 0; c < 3; c++)
            small.pixels[3 * i + c] = (uint8_t)fmin(255, light + rng_between(&rng, -70, 50));
    }
    result =
        resize_raster(&small, (uint32_t)width, (uint32_t)height, RESIZE_BICUBIC, NULL, to, err);
    raster_release(&small);
    return result;
}

/* A picture that guides ("cn") shows through as much as it weighs. */
static int guide(const struct fooocus_order *order, struct raster *base, struct failure *f)
{
    const json_t *list = json_object_get(order->values, "controlnet_image");

    for (size_t i = 0; i < FOOOCUS_CONTROLS_MAX; i++) {
        const json_t *control = json_array_get(list, i);
        double weight = fields_real(control, "cn_weight", 0.6) * 0.9;
        struct raster rgb, fit;
        struct error err;
        int result;

        if (!order->controls[i].raster.pixels)
            continue;
        if (fooocus_picture_rgb(&order->controls[i], &rgb, f) != 0)
            return -1;
        result = resize_fit(&rgb, RESIZE_CROP, base->width, base->height, &fit, &err);
        raster_release(&rgb);
        if (result != 0)
            return failure_from(f, &err);
        weight = weight > 1 ? 1 : weight;
        for (size_t k = 0; k < (size_t)base->width * base->height * 3; k++)
            base->pixels[k] =
                (uint8_t)(base->pixels[k] * (1 - weight) + fit.pixels[k] * weight + 0.5);
        raster_release(&fit);
    }
    return 0;
}

/* The picture at a new size, cut to whole latent pixels unless it is the result. */
static int resized(const struct raster *from, int width, int height, bool cut, struct raster *to,
                   struct failure *f)
{
    struct crop_rect rect = {.x2 = width / 8 * 8, .y2 = height / 8 * 8};
    struct raster large;
    struct error err;
    int result;

    if ((int64_t)width * height > SANDBOX_PIXELS_MAX)
        return failure_set(f, 500, "OutOfMemoryError", "%dx%d pixels", width, height);
    if (resize_raster(from, (uint32_t)width, (uint32_t)height, RESIZE_LANCZOS, NULL, &large,
                      &err) != 0)
        return failure_from(f, &err);
    if (!cut) {
        *to = large;
        return 0;
    }
    result = crop_take(&large, &rect, to, &err);
    raster_release(&large);
    return result == 0 ? 0 : failure_from(f, &err);
}

static int plan_vary(const json_t *values, const char *method, const struct raster *rgb,
                     struct fooocus_plan *plan, struct failure *f)
{
    int width = (int)rgb->width, height = (int)rgb->height;
    double forced = fields_real(values, "overwrite_vary_strength", -1),
           side = fooocus_plan_ceil(height, width);

    plan->strength = forced > 0 ? forced : strstr(method, "Subtle") ? 0.5 : 0.85;
    fooocus_plan_set_ceil(&width, &height, fmin(fmax(side, 1024), 2048));
    return resized(rgb, width, height, true, &plan->base, f);
}

/* The new server looks for the factor in the text of the method: "(3.2x)" contains "2x" and is 2.
 * The old one takes any between 0 and 5, else 2. */
static double upscale_factor(const struct fooocus_order *order, const char *method)
{
    double multiple = fields_real(order->values, "upscale_multiple", 1);
    char number[32], text[64];

    if (strcmp(method, "Upscale (Custom)") == 0) {
        if (order->old)
            return multiple < 5 ? multiple : 2;
        infotext_real(number, multiple);
        snprintf(text, sizeof text, "Upscale (%sx)", number);
        method = text;
    }
    if (strstr(method, "1.5x"))
        return 1.5;
    if (strstr(method, "2x"))
        return 2;
    return fmin(fmax(multiple, 1), 5);
}

static int plan_upscale(const struct fooocus_order *order, const char *method,
                        const struct raster *rgb, struct fooocus_plan *plan, struct failure *f)
{
    const json_t *values = order->values;
    double factor = upscale_factor(order, method),
           side = fooocus_plan_ceil(rgb->height * factor, rgb->width * factor),
           forced = fields_real(values, "overwrite_upscale_strength", -1);
    int width = (int)(rgb->width * factor), height = (int)(rgb->height * factor);

    if (side < 1024) {
        width = (int)rgb->width * 4;
        height = (int)rgb->height * 4;
        fooocus_plan_set_ceil(&width, &height, 1024);
    }
    plan->direct = strstr(method, "Fast") || side > 2800;
    if (order->old && ((plan->direct && !strstr(method, "Fast")) ||
                       json_is_null(json_object_get(values, "upscale_multiple"))))
        return failure_set(f, 500, "TypeError", "unsupported operand: 'NoneType'");
    plan->strength = forced > 0 ? forced : 0.382;
    plan->steps = plan->direct ? 0 : steps_of(values, true);
    return resized(rgb, width, height, !plan->direct, &plan->base, f);
}

static int plan_uov(const struct fooocus_order *order, const char *method,
                    const struct fooocus_picture *from, struct fooocus_plan *plan,
                    struct failure *f)
{
    struct raster rgb;
    int result;

    if (fooocus_picture_rgb(from, &rgb, f) != 0)
        return -1;
    plan->processes_images = true;
    if (strncmp(method, "Vary", 4) == 0)
        result = plan_vary(order->values, method, &rgb, plan, f);
    else
        result = plan_upscale(order, method, &rgb, plan, f);
    raster_release(&rgb);
    return result;
}

/* As many rounds as there are enabled controls, and one for a method. */
static int plan_enhance(const struct fooocus_order *order, struct fooocus_plan *plan,
                        struct failure *f)
{
    const json_t *values = order->values, *control;
    const char *method = fields_text(values, "enhance_uov_method", "Disabled");
    size_t i;

    plan->processes_images = true;
    plan->strength = 0.45;
    if (fields_flag(values, "enhance_checkbox")) {
        json_array_foreach(json_object_get(values, "enhance_ctrls"), i, control) plan->rounds +=
            fields_flag(control, "enhance_enabled");
        plan->rounds += strcmp(method, "Disabled") != 0;
    }
    if (strcmp(method, "Disabled") != 0 && plan->rounds > 0) {
        if (plan_uov(order, method, &order->enhance, plan, f) != 0)
            return -1;
        plan->direct = false;
        return 0;
    }
    return fooocus_picture_rgb(&order->enhance, &plan->base, f);
}

static int plan_text(const struct fooocus_order *order, int64_t seed, struct fooocus_plan *plan,
                     struct failure *f)
{
    int width = 0, height = 0;
    struct error err;

    if (size_of(order->values, &width, &height, f) != 0)
        return -1;
    plan->strength = 1;
    if (make_canvas(order->values, seed, width, height, &plan->base, &err) != 0)
        return failure_from(f, &err);
    return 0;
}

static int make(const struct fooocus_order *order, int64_t seed, struct fooocus_plan *plan,
                struct failure *f)
{
    const json_t *values = order->values;
    const char *method = fields_text(values, "uov_method", "Disabled");
    bool ip = strcmp(order->tab, "ip") == 0, inpaint = false;
    bool mixes_uov = ip && fields_flag(values, "mixing_image_prompt_and_vary_upscale");
    bool mixes_inpaint = ip && fields_flag(values, "mixing_image_prompt_and_inpaint");
    const char *model = fields_text(values, "base_model_name", "");
    int width, height;

    if (!fooocus_fields_has(FOOOCUS_MODELS, model))
        return failure_set(f, 500, "FileNotFoundError", "no model %s", model);
    if (size_of(values, &width, &height, f) != 0)
        return -1;
    plan->steps = steps_of(values, false);
    if (strcmp(order->tab, "enhance") == 0)
        return plan_enhance(order, plan, f);
    if (strcmp(order->tab, "inpaint") == 0 || mixes_inpaint) {
        if (!order->inpaint.raster.pixels)
            return failure_set(f, 500, "TypeError", "'NoneType' object is not subscriptable");
        if (fooocus_area_make(order, plan, &inpaint, f) != 0)
            return -1;
    }
    if (inpaint)
        plan->processes_images = true;
    else if ((strcmp(order->tab, "uov") == 0 || mixes_uov) && strcmp(method, "Disabled") != 0 &&
             order->uov.raster.pixels) {
        if (plan_uov(order, method, &order->uov, plan, f) != 0)
            return -1;
    } else if (plan_text(order, seed, plan, f) != 0) {
        return -1;
    }
    if (ip && !inpaint && !plan->direct) {
        plan->processes_images = true;
        return guide(order, &plan->base, f);
    }
    return 0;
}

int fooocus_plan_make(const struct fooocus_order *order, int64_t seed, struct fooocus_plan *plan,
                      struct failure *f)
{
    *plan = (struct fooocus_plan){0};
    if (make(order, seed, plan, f) == 0)
        return 0;
    fooocus_plan_release(plan);
    return -1;
}
