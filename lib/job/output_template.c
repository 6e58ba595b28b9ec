#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "job/output.h"

#define PATH_MAX_BYTES 4096

static const char *const names[] = {"stem", "seed", "n", "ext", "command"};

/* Which name stands at text, behind its brace: its number, or -1. */
static int name_at(const char *text)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        if (strncmp(text, names[i], n) == 0 && text[n] == '}') {
            return (int)i;
        }
    }
    return -1;
}

int output_plan_template(struct output *o, const char *text, struct error *err)
{
    const char *brace = strchr(text, '{'), *slash = NULL;

    for (const char *at = text; (at = strchr(at, '{')) != NULL; at++) {
        if (name_at(at + 1) < 0) {
            return error_set(err, EXIT_USAGE,
                             "--output '%s': a template has {stem}, {seed}, {n}, {ext}, {command}",
                             text);
        }
    }
    for (const char *at = text; at < brace; at++) {
        slash = *at == '/' ? at : slash;
    }
    if (strchr(brace, '/') != NULL) {
        return error_set(err, EXIT_USAGE, "--output '%s': folders cannot be named by a template",
                         text);
    }
    o->kind = OUTPUT_TEMPLATE;
    o->base = strdup(text);
    o->path = slash == NULL ? strdup("./") : strndup(text, (size_t)(slash - text) + 1);
    return o->base != NULL && o->path != NULL ? outfile_check(o->path, false, err)
                                              : error_memory(err, "planning the output");
}

static void add_value(const struct output *o, const struct received *p, int name, size_t number,
                      struct buf *to)
{
    switch (name) {
    case 0:
        buf_adds(to, o->stem);
        break;
    case 1:
        if (o->has_seed) {
            buf_addf(to, "%lld", o->seed);
        } else {
            buf_adds(to, "unknown");
        }
        break;
    case 2:
        buf_addf(to, "%zu", number);
        break;
    case 3:
        buf_adds(to, picture_extension(p->framing.type));
        break;
    default:
        buf_adds(to, o->command);
    }
}

int output_expand(const struct output *o, const struct received *p, const char *kind, size_t number,
                  struct output *one, struct error *err)
{
    const char *dot = strrchr(o->base, '.');
    struct buf path;

    *one = (struct output){.kind = OUTPUT_PATH,
                           .force = o->force,
                           .next = 1,
                           .naming = o->naming,
                           .naming_ctx = o->naming_ctx};
    buf_init(&path, PATH_MAX_BYTES);
    for (const char *at = o->base; *at != '\0';) {
        if (at == dot && *kind != '\0') {
            buf_addf(&path, "-%s", kind); /* grids and maps beside the results */
        }
        if (*at != '{') {
            buf_add(&path, at++, 1);
            continue;
        }
        add_value(o, p, name_at(at + 1), number, &path);
        at = strchr(at, '}') + 1;
    }
    one->path = path.failed ? NULL : strdup(buf_str(&path));
    const char *end = one->path == NULL ? NULL : strrchr(one->path, '.');
    const char *slash = one->path == NULL ? NULL : strrchr(one->path, '/');
    bool ending = end != NULL && (slash == NULL || end > slash);
    one->base = one->path == NULL ? NULL
                : ending          ? strndup(one->path, (size_t)(end - one->path))
                                  : strdup(one->path);
    buf_release(&path);
    return one->base != NULL ? 0 : error_memory(err, "naming a picture");
}
