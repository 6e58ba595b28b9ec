#include "cmd/options_line.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/groups.h"
#include "tests/unit/unit.h"

struct settings {
    struct remote_options remote;
    struct generation_options generation;
    struct output_options output;
    struct inpaint_options inpaint;
};

static const struct option_use uses[] = {
    {.group = &generation_group, .base = offsetof(struct settings, generation)},
    {.group = &inpaint_group, .base = offsetof(struct settings, inpaint)},
    {.group = &output_group, .base = offsetof(struct settings, output)},
    {.group = &remote_group, .base = offsetof(struct settings, remote)},
    {.group = NULL},
};

static const struct command command = {.name = "paint",
                                       .summary = "test",
                                       .operands = "",
                                       .uses = uses,
                                       .settings_size = sizeof(struct settings)};

static const struct option_group *const excluded[] = {&remote_group, NULL};

static json_t *keep;

static int set(struct parsed *p, const char *text, struct error *err)
{
    json_t *line = json_loads(text, 0, NULL), *value;
    const char *key;
    int result = 0;

    json_array_append_new(keep, line);
    json_object_foreach(line, key, value)
    {
        result = result == 0 ? options_set(&command, p, key, value, excluded, keep, err) : result;
    }
    return result;
}

static void sets(struct parsed *p)
{
    const struct settings *s = p->settings;
    struct error err;

    CHECK(set(p, "{\"mask\": \"m.png\", \"output\": \"{stem}.png\", \"force\": true, \"steps\": 7}",
              &err) == 0,
          "%s", err.text);
    CHECK(strcmp(s->inpaint.mask, "m.png") == 0 && s->output.force, "not set");
    CHECK(json_integer_value(json_object_get(p->neutral, "steps")) == 7, "no steps");
    CHECK(set(p, "{\"cfg_scale\": 5.5, \"cfg-scale\": \"6.5\", \"mask_blur\": 3}", &err) == 0, "%s",
          err.text);
    CHECK(json_real_value(json_object_get(p->neutral, "cfg_scale")) == 6.5, "no cfg_scale");
    CHECK(set(p, "{\"image\": [\"a.png\", \"b.png\"]}", &err) == 0 && s->generation.image.n == 2,
          "an array");
    CHECK(set(p, "{\"image\": \"c.png\"}", &err) == 0 && s->generation.image.n == 1 &&
              strcmp(s->generation.image.v[0], "c.png") == 0,
          "not in place of what was");
    CHECK(set(p, "{\"controlnet\": {\"image\": \"d.png\", \"weight\": 0.5}}", &err) == 0 &&
              strcmp(s->generation.controlnet.v[0], "image=d.png,weight=0.5") == 0,
          "an object: %s", s->generation.controlnet.v[0]);
}

static void refuses(struct parsed *p)
{
    static const char *const wrong[] = {"{\"steps\": \"many\"}",
                                        "{\"steps\": [1, 2]}",
                                        "{\"steps\": true}",
                                        "{\"steps\": null}",
                                        "{\"force\": 1}",
                                        "{\"loopback\": 3}",
                                        "{\"crop_preview\": \"x.png\"}",
                                        "{\"steps\": 0}",
                                        "{\"image\": [[]]}"};
    static const char *const unknown[] = {"{\"endpoint\": \"x\"}", "{\"quiet\": true}",
                                          "{\"nothing\": 1}", "{\"step\": 1}", "{\"\": 1}"};
    struct error err;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK(set(p, wrong[i], &err) == -1 && err.code == EXIT_USAGE, "%s is taken", wrong[i]);
    }
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        CHECK(set(p, unknown[i], &err) == 1, "%s is an option", unknown[i]);
    }
}

static void take(void *ctx, const struct option_row *row, const char *value)
{
    size_t *seen = ctx;

    *seen += strcmp(row->name, "mask") == 0 && strcmp(value, "m.png") == 0;
    CHECK(strcmp(row->name, "endpoint") != 0, "an excluded group is told");
}

int main(void)
{
    const char *argv[] = {"paint", "-i", "x.png", "--steps", "9"};
    struct parsed first, second;
    struct error err;
    size_t seen = 0;

    keep = json_array();
    CHECK(options_parse(&command, 5, (char **)(size_t)argv, &first, &err) == 0, "%s", err.text);
    CHECK(options_copy(&command, &first, &second, &err) == 0, "%s", err.text);
    sets(&second);
    refuses(&second);
    options_tell(&command, &second, excluded, take, &seen);
    CHECK(seen == 1, "the mask is told %zu times", seen);
    const struct settings *s = first.settings;
    CHECK(s->generation.image.n == 1 && strcmp(s->generation.image.v[0], "x.png") == 0 &&
              s->inpaint.mask == NULL &&
              json_integer_value(json_object_get(first.neutral, "steps")) == 9,
          "the first was changed");
    options_release(&command, &second);
    options_release(&command, &first);
    json_decref(keep);
    return unit_done("options_line");
}
