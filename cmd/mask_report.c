#include "cmd/mask_report.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "cmd/run.h"

#define MOSTLY_WHITE 0.5

static json_t *path_value(const char *path)
{
    char shown[1024];

    if (text_is_utf8(path, strlen(path))) {
        return json_string(path);
    }
    text_clean(shown, sizeof shown, path, strlen(path), sizeof shown);
    return json_string(shown);
}

/* Nine digits: a share of all pixels that a mask may have is told apart from none. */
static json_t *share_value(uint64_t part, const struct mask_stats *s)
{
    double share = (double)part / ((double)s->width * s->height);

    return json_real(round(share * 1e9) / 1e9);
}

static json_t *box_value(const struct mask_stats *s)
{
    return mask_stats_blank(s)
               ? json_null()
               : json_pack("[i,i,i,i]", (int)s->left, (int)s->top, (int)s->right, (int)s->bottom);
}

static json_t *suspicions(const struct mask_report *r, const struct mask_options *o)
{
    const struct mask_stats *s = &r->stats;
    bool full = s->white == (uint64_t)s->width * s->height;
    bool unclear = o->from == MASK_FROM_UNSET;
    const struct {
        bool is;
        const char *name;
    } all[] = {
        {mask_stats_blank(s), "blank"},
        {full, "full"},
        {!full && mask_stats_white(s) > MOSTLY_WHITE, "inverted"},
        {unclear && r->translucent, "translucent"},
        {unclear && r->opposite, "alpha-opposite-to-luma"},
        {r->orientation != 1, "rotated"},
        {o->fit_width != 0 && (o->fit_width != s->width || o->fit_height != s->height),
         "size-mismatch"},
    };
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].is) {
            json_array_append_new(list, json_string(all[i].name));
        }
    }
    return list;
}

static json_t *document(const char *name, const struct mask_report *r, const struct mask_options *o,
                        const char *fit)
{
    const struct mask_stats *s = &r->stats;
    uint64_t grey = (uint64_t)s->width * s->height - s->black - s->white;
    json_t *d = json_pack(
        "{s:o,s:i,s:i,s:s,s:s,s:i,s:o,s:o,s:o,s:o,s:o}", "path", path_value(name), "width",
        (int)s->width, "height", (int)s->height, "type", r->type, "form", r->form, "orientation",
        (int)r->orientation, "white", share_value(s->white, s), "black", share_value(s->black, s),
        "grey", share_value(grey, s), "box", box_value(s), "suspicions", suspicions(r, o));

    if (d != NULL && fit != NULL &&
        json_object_set_new(d, "fit",
                            json_pack("{s:o,s:i,s:i}", "path", path_value(fit), "width",
                                      (int)o->fit_width, "height", (int)o->fit_height)) != 0) {
        json_decref(d);
        return NULL;
    }
    return d;
}

int mask_report_print(const struct png_source *source, const char *path,
                      const struct mask_options *options, const char *fit, struct error *err)
{
    struct mask_report report;

    if (mask_check(source, options, &report, err) != 0) {
        return -1;
    }
    json_t *d = document(path, &report, options, fit);
    int result = d != NULL ? run_print(d, err) : error_memory(err, "reporting on a mask");
    json_decref(d);
    return result;
}
