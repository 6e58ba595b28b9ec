#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "job/output.h"
#include "tests/unit/unit.h"

static void expands(const char *text, const char *kind, size_t number, bool seed,
                    const char *wanted)
{
    struct received p = {.framing = {.type = PICTURE_PNG}};
    struct output o, one = {0};
    struct error err;

    CHECK(output_init(&o, text, "in/cat.tar.png", "img2img", 3, false, &err) == 0, "%s: %s", text,
          err.text);
    o.has_seed = seed;
    o.seed = -7;
    CHECK(output_expand(&o, &p, kind, number, &one, &err) == 0 && strcmp(one.path, wanted) == 0,
          "%s: %s, not %s", text, one.path, wanted);
    output_release(&one);
    output_release(&o);
}

static void is_refused(const char *text, enum exit_code code)
{
    struct output o;
    struct error err = {0};

    CHECK(output_init(&o, text, "cat.png", "img2img", 1, false, &err) != 0 && err.code == code,
          "%s: %d, not %d", text, (int)err.code, (int)code);
    output_release(&o);
}

int main(void)
{
    expands("/tmp/{stem}-{seed}-{n}.{ext}", "", 2, true, "/tmp/cat.tar--7-2.png");
    expands("/tmp/{command}.{ext}", "", 1, true, "/tmp/img2img.png");
    expands("/tmp/{seed}", "", 1, false, "/tmp/unknown");
    expands("/tmp/{stem}{stem}.png", "grid", 1, true, "/tmp/cat.tarcat.tar-grid.png");
    is_refused("/tmp/{nothing}.png", EXIT_USAGE);
    is_refused("/tmp/{stem.png", EXIT_USAGE);
    is_refused("/tmp/{}", EXIT_USAGE);
    is_refused("/tmp/{stem}/x.png", EXIT_USAGE);
    is_refused("/nowhere/{stem}.png", EXIT_OUTPUT);
    return unit_done("output_template");
}
