#include "backend/backend.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/webui.h"
#include "base/text.h"

const struct backend *const backends[] = {&webui_backend, NULL};

const struct backend *backend_find(const char *name)
{
    for (size_t i = 0; backends[i] != NULL; i++) {
        if (strcmp(backends[i]->name, name) == 0) {
            return backends[i];
        }
    }
    return NULL;
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

void backend_release_task(struct task *task)
{
    if (task != NULL) {
        json_decref(task->neutral);
        json_decref(task->native);
        json_decref(task->warnings);
        *task = (struct task){0};
    }
}

void backend_release_outcome(struct outcome *outcome)
{
    if (outcome != NULL) {
        json_decref(outcome->info);
        free(outcome->caption);
        free(outcome->pictures);
        *outcome = (struct outcome){0};
    }
}
