#include "backend/backend.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/eks.h"
#include "backend/fooocus_api.h"
#include "backend/fooocusapi.h"
#include "backend/ppinfra.h"
#include "backend/webui.h"
#include "base/text.h"

const struct backend *const backends[] = {&webui_backend,       &fooocusapi_backend,
                                          &fooocus_api_backend, &ppinfra_backend,
                                          &eks_backend,         NULL};

const struct progress progress_unknown = {.fraction = -1,
                                          .eta = -1,
                                          .step = -1,
                                          .steps = -1,
                                          .position = -1,
                                          .length = -1,
                                          .preview = -1};

const struct backend *backend_find(const char *name)
{
    for (size_t i = 0; backends[i] != NULL; i++) {
        if (strcmp(backends[i]->name, name) == 0) {
            return backends[i];
        }
    }
    return NULL;
}

bool request_path(struct request *request, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n = vsnprintf(request->path, sizeof request->path, format, args);
    va_end(args);
    return n >= 0 && (size_t)n < sizeof request->path;
}

bool request_encode(char *to, size_t cap, const char *text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._~";
    static const char hex[] = "0123456789ABCDEF";
    size_t n = 0;

    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (n + 4 > cap) {
            return false;
        }
        if (strchr(plain, c) != NULL) {
            to[n++] = (char)c;
        } else {
            to[n++] = '%';
            to[n++] = hex[c >> 4];
            to[n++] = hex[c & 15];
        }
    }
    to[n] = '\0';
    return true;
}

int backend_take_id(struct task *task, const char *id, struct error *err)
{
    size_t n = id == NULL ? 0 : strlen(id);

    for (size_t i = 0; i < n; i++) {
        n = id[i] > ' ' && id[i] < 0x7f ? n : 0;
    }
    if (n == 0 || n > TASK_ID_MAX) {
        return error_set(err, EXIT_FAILED, "the server's answer has no usable task id");
    }
    memcpy(task->id, id, n + 1);
    return 0;
}

bool backend_add_link(struct outcome *outcome, const char *url, long ttl)
{
    struct link *more = realloc(outcome->links, (outcome->n_links + 1) * sizeof *more);

    if (more == NULL) {
        return false;
    }
    outcome->links = more;
    more[outcome->n_links] = (struct link){.url = strdup(url), .ttl = ttl};
    return more[outcome->n_links++].url != NULL;
}

bool backend_stage_link(char *to, size_t cap, const char *stage, const struct input *input)
{
    size_t n = strlen(stage);

    while (n > 0 && stage[n - 1] == '/') {
        n--;
    }
    int length = snprintf(to, cap, "%.*s/%s.%s", (int)n, stage, input->sha256, input->extension);
    return length > 0 && (size_t)length < cap;
}

const char *standing_name(enum standing standing)
{
    static const char *const names[] = {"succeeded", "queued",  "running", "failed",
                                        "cancelled", "unknown", "unknown"};

    return names[standing];
}

bool backend_warn(struct task *task, const char *format, ...)
{
    char raw[1024], text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_clean(text, sizeof text, raw, strlen(raw), sizeof text);
    return json_array_append_new(task->warnings, json_string(text)) == 0;
}

void backend_compare(struct task *task, const struct native *natives, const struct arrived *arrived,
                     size_t n_arrived, struct outcome *outcome)
{
    json_t *asked = native_effective(natives, task->native);
    json_int_t count = json_integer_value(json_object_get(asked, "count"));
    json_int_t width = json_integer_value(json_object_get(asked, "width"));
    json_int_t height = json_integer_value(json_object_get(asked, "height"));

    if (count > 0 && (size_t)count != n_arrived) {
        backend_warn(task, "count: asked for %lld images, %zu came back", (long long)count,
                     n_arrived);
        outcome->differences++;
    }
    for (size_t i = 0; i < n_arrived && width > 0 && height > 0; i++) {
        if (arrived[i].width != (uint32_t)width || arrived[i].height != (uint32_t)height) {
            backend_warn(task, "size: asked for %lldx%lld, picture %zu is %ux%u", (long long)width,
                         (long long)height, i + 1, (unsigned)arrived[i].width,
                         (unsigned)arrived[i].height);
            outcome->differences++;
        }
    }
    json_decref(asked);
}

void backend_release_task(struct task *task)
{
    if (task != NULL) {
        json_decref(task->neutral);
        json_decref(task->native);
        json_decref(task->warnings);
        json_decref(task->seen);
        free(task->where);
        *task = (struct task){0};
    }
}

void backend_release_outcome(struct outcome *outcome)
{
    if (outcome != NULL) {
        json_decref(outcome->info);
        free(outcome->caption);
        free(outcome->pictures);
        free(outcome->reason);
        for (size_t i = 0; i < outcome->n_links; i++) {
            free(outcome->links[i].url);
        }
        free(outcome->links);
        *outcome = (struct outcome){0};
    }
}
