#include <string.h>

#include "backend/eks.h"
#include "wire/json.h"

static bool count(void *ctx, const char *text, size_t n)
{
    (void)text;
    *(uint64_t *)ctx += n;
    return true;
}

/* As json.dumps() writes it: the writer escapes the same characters in the same way, and a number
 * is not more than a few bytes off. */
static uint64_t text_size(const json_t *value)
{
    uint64_t n = 0;
    const struct json_writer w = {.sink = count, .ctx = &n, .ascii = true};

    json_write(&w, value);
    return n;
}

static uint64_t name_size(const char *name)
{
    json_t *value = json_string(name);
    uint64_t n = text_size(value);

    json_decref(value);
    return n;
}

/* A picture of the task as base64 in quotation marks; 0 when it is none. */
static uint64_t picture_size(const struct task *task, const json_t *node)
{
    for (size_t i = 0; i < task->n_inputs; i++) {
        if (task->inputs[i].node == node) {
            return (task->inputs[i].bytes + 2) / 3 * 4 + 2;
        }
    }
    return 0;
}

uint64_t eks_size(const struct task *task, const json_t *value)
{
    uint64_t n = json_is_object(value) ? picture_size(task, value) : 0;
    union {
        const json_t *in;
        json_t *out; /* jansson's iterators want it so; they change nothing */
    } of = {.in = value};
    const char *name;
    json_t *item;
    size_t i;

    if (n > 0) {
        return n;
    }
    if (!json_is_object(value) && !json_is_array(value)) {
        return text_size(value);
    }
    n = 2;
    json_array_foreach(of.out, i, item)
    {
        n += eks_size(task, item) + (i > 0 ? 2 : 0);
    }
    i = 0;
    json_object_foreach(json_is_object(value) ? of.out : NULL, name, item)
    {
        n += name_size(name) + 2 + eks_size(task, item) + (i++ > 0 ? 2 : 0);
    }
    return n;
}
