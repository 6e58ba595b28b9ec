#include "fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define LINE_MAX_BYTES 256

/* A fault as written, taken apart. */
struct written {
    int row; /* of FAULTS, or -1 */
    double value;
    char path[LINE_MAX_BYTES];
    long long count; /* -1: always */
};

static int row_of(const char *name, size_t n)
{
    for (int i = 0; FAULTS[i].name; i++)
        if (strlen(FAULTS[i].name) == n && memcmp(FAULTS[i].name, name, n) == 0)
            return i;
    return -1;
}

static struct written take_apart(const char *text)
{
    struct written w = {.count = -1};
    size_t name = strcspn(text, "=@:"), n;
    char number[64];

    w.row = row_of(text, name);
    text += name;
    while (*text) {
        char kind = *text++;

        n = strcspn(text, kind == '@' ? ":" : "@:");
        snprintf(number, sizeof number, "%.*s", (int)n, text);
        if (kind == '=' && !text_to_real(number, &w.value))
            w.row = -1;
        else if (kind == ':' && !text_to_int(number, &w.count))
            w.row = -1;
        else if (kind == '@')
            snprintf(w.path, sizeof w.path, "%.*s", (int)n, text);
        text += n;
    }
    return w;
}

bool fault_is_known(const char *written)
{
    return take_apart(written).row >= 0;
}

/* Whether a counted fault still strikes; counts the stroke. */
static bool still_counts(struct sandbox *box, const char *written, long long count)
{
    json_int_t struck;

    pthread_mutex_lock(&box->fault_lock);
    struck = json_integer_value(json_object_get(box->fault_counts, written));
    if (struck < count)
        json_object_set_new(box->fault_counts, written, json_integer(struck + 1));
    pthread_mutex_unlock(&box->fault_lock);
    return struck < count;
}

static bool is_for(const struct request *request, const char *path)
{
    if (*path)
        return strstr(request->path, path) != NULL;
    return strcmp(request->path, "/sdapi/v1/img2img") == 0 ||
           strcmp(request->path, "/sdapi/v1/interrogate") == 0;
}

static void consider(struct request *request, const char *written)
{
    struct written w = take_apart(written);

    if (w.row < 0 || !is_for(request, w.path) ||
        (w.count >= 0 && !still_counts(request->box, written, w.count)))
        return;
    request->faults[w.row / 32] |= 1u << w.row % 32;
    if (w.value > 0)
        request->fault_value = w.value;
}

void fault_select(struct request *request)
{
    char line[LINE_MAX_BYTES];
    FILE *f;

    for (size_t i = 0; i < request->box->n_faults; i++)
        consider(request, request->box->faults[i]);
    f = request->box->fault_file ? fopen(request->box->fault_file, "r") : NULL;
    if (!f)
        return;
    while (fgets(line, sizeof line, f)) {
        line[strcspn(line, " \t\r\n#")] = '\0';
        if (*line && !fault_is_known(line))
            fprintf(stderr, "sdctl-sandbox: no such fault: '%s'\n", line);
        else if (*line)
            consider(request, line);
    }
    fclose(f);
}

static bool strikes(const struct request *request, int row)
{
    return request->faults[row / 32] >> row % 32 & 1;
}

bool fault_early(struct request *request, struct reply *reply)
{
    for (int i = 0; FAULTS[i].name; i++) {
        if (!strikes(request, i) || !FAULTS[i].early)
            continue;
        reply->status = FAULTS[i].status ? FAULTS[i].status : 200;
        FAULTS[i].early(request, reply);
        return true;
    }
    return false;
}

void fault_late(struct request *request, struct reply *reply)
{
    for (int i = 0; FAULTS[i].name; i++)
        if (strikes(request, i) && FAULTS[i].late)
            FAULTS[i].late(request, reply);
}

void fault_list(void)
{
    for (const struct fault *f = FAULTS; f->name; f++)
        printf("%-20s %s\n", f->name, f->about);
}
