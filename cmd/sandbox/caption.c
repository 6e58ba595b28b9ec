#include "caption.h"

#include <math.h>
#include <string.h>

#include "fields.h"
#include "input.h"
#include "routes.h"

static const char *const COLOURS[] = {"black",  "grey",  "white", "red",  "orange", "brown",
                                      "yellow", "green", "teal",  "blue", "purple", "pink"};
#define COLOUR_COUNT (sizeof COLOURS / sizeof *COLOURS)

/* What the pixels say. */
struct look {
    size_t share[COLOUR_COUNT]; /* pixels of each colour */
    int order[COLOUR_COUNT];    /* most frequent first */
    size_t pixels;
    double mean, spread; /* of brightness, 0 to 255 */
};

static int colour_of(const uint8_t *p, unsigned channels)
{
    int r = p[0], g = channels == 1 ? r : p[1], b = channels == 1 ? r : p[2];
    int high = r > g ? (r > b ? r : b) : (g > b ? g : b);
    int low = r < g ? (r < b ? r : b) : (g < b ? g : b), range = high - low;
    double hue;

    if (high < 40)
        return 0;
    if (range * 100 < high * 18)
        return high > 205 ? 2 : high < 60 ? 0 : 1;
    if (high == r)
        hue = 60.0 * (g - b) / range;
    else if (high == g)
        hue = 120 + 60.0 * (b - r) / range;
    else
        hue = 240 + 60.0 * (r - g) / range;
    hue = hue < 0 ? hue + 360 : hue;
    if (hue < 16 || hue >= 345)
        return low > 120 ? 11 : 3;
    if (hue < 45)
        return high < 170 ? 5 : 4;
    if (hue < 70)
        return high < 120 ? 5 : 6;
    if (hue < 165)
        return 7;
    if (hue < 195)
        return 8;
    if (hue < 260)
        return 9;
    return hue < 300 ? 10 : 11;
}

static void look_at(const struct raster *r, struct look *look)
{
    double sum = 0, squares = 0;

    *look = (struct look){.pixels = (size_t)r->width * r->height};
    for (size_t i = 0; i < look->pixels; i++) {
        const uint8_t *p = r->pixels + i * r->channels;
        double luma = r->channels == 1 ? p[0] : 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];

        sum += luma;
        squares += luma * luma;
        look->share[colour_of(p, r->channels)]++;
    }
    look->mean = sum / (double)look->pixels;
    look->spread = sqrt(fmax(0, squares / (double)look->pixels - look->mean * look->mean));
    for (int i = 0; i < (int)COLOUR_COUNT; i++) {
        int at = i;

        for (; at > 0 && look->share[look->order[at - 1]] < look->share[i]; at--)
            look->order[at] = look->order[at - 1];
        look->order[at] = i;
    }
}

static const char *shape(const struct raster *r)
{
    return r->width > r->height ? "wide" : r->width < r->height ? "tall" : "square";
}

static const char *light(const struct look *l)
{
    return l->mean < 60 ? "dark" : l->mean < 110 ? "dim" : l->mean < 170 ? "evenly lit" : "bright";
}

static const char *contrast(const struct look *l)
{
    return l->spread < 25 ? "low contrast" : l->spread < 60 ? "soft contrast" : "high contrast";
}

/* Whether the i-th most frequent colour covers at least a twelfth of the picture. */
static bool counts(const struct look *l, int i)
{
    return l->share[l->order[i]] * 12 >= l->pixels && l->share[l->order[i]] > 0;
}

void caption_sentence(const struct raster *picture, struct buf *to)
{
    struct look l;

    look_at(picture, &l);
    buf_addf(to, "%s %s %s picture in %s", *light(&l) == 'e' ? "an" : "a", light(&l),
             shape(picture), COLOURS[l.order[0]]);
    if (counts(&l, 1))
        buf_addf(to, " and %s", COLOURS[l.order[1]]);
    buf_addf(to, ", %s, %ux%u pixels", contrast(&l), (unsigned)picture->width,
             (unsigned)picture->height);
    if (counts(&l, 2))
        buf_addf(to, ", %s accents", COLOURS[l.order[2]]);
}

void caption_tags(const struct raster *picture, struct buf *to)
{
    struct look l;

    look_at(picture, &l);
    buf_adds(to, COLOURS[l.order[0]]);
    for (int i = 1; i < 4 && counts(&l, i); i++)
        buf_addf(to, ", %s", COLOURS[l.order[i]]);
    buf_addf(to, ", %s, %s, %s image", contrast(&l), light(&l), shape(picture));
}

void caption_serve(struct request *request, struct reply *reply)
{
    json_t *values = routes_fields(request, reply, FIELDS_INTERROGATE);
    struct raster picture = {0};
    struct failure f = {0};
    struct buf bytes, text;
    const char *model;
    bool entered;

    if (!values)
        return;
    buf_init(&bytes, 0);
    buf_init(&text, 4096);
    model = fields_text(values, "model", "");
    if (input_bytes(fields_text(values, "image", ""), &bytes, &f) == 0) {
        record_picture(request->folder, "image", -1, &bytes, NULL);
        input_picture(&bytes, &picture, &f);
    }
    entered = f.status == 0 && state_enter(&request->box->state);
    if (entered) {
        if (strcmp(model, "clip") == 0)
            caption_sentence(&picture, &text);
        else if (strcmp(model, "deepdanbooru") == 0)
            caption_tags(&picture, &text);
        else
            failure_set(&f, 404, "HTTPException", "Model not found");
        state_sleep(&request->box->state, request->box->pace);
        state_leave(&request->box->state);
    }
    if (f.status)
        reply_failure(request, reply, &f);
    else
        reply_json(reply, 200, json_pack("{s:s}", "caption", buf_str(&text)));
    raster_release(&picture);
    buf_release(&bytes);
    buf_release(&text);
    json_decref(values);
}
