#include "fault.h"

#include <stdio.h>
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

/* Row i of both tables, or NULL behind the last. */
static const struct fault *row(int i)
{
    int early = 0;

    while (FAULTS_EARLY[early].name)
        early++;
    if (i < early)
        return &FAULTS_EARLY[i];
    return FAULTS_LATE[i - early].name ? &FAULTS_LATE[i - early] : NULL;
}

static int row_of(const char *name, size_t n)
{
    for (int i = 0; row(i); i++)
        if (strlen(row(i)->name) == n && memcmp(row(i)->name, name, n) == 0)
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

/* The fault of row i if it strikes this request, else NULL. */
static const struct fault *striking(const struct request *request, int i)
{
    return request->faults[i / 32] >> i % 32 & 1 ? row(i) : NULL;
}

bool fault_answer(struct request *request, struct reply *reply)
{
    for (int i = 0; FAULTS_EARLY[i].name; i++)
        if (striking(request, i)) {
            reply->status = FAULTS_EARLY[i].status;
            FAULTS_EARLY[i].strike(request, reply);
            return true;
        }
    return false;
}

void fault_change(struct request *request, struct reply *reply)
{
    for (int i = 0; row(i); i++)
        if (striking(request, i))
            row(i)->strike(request, reply);
}

void fault_list(void)
{
    for (int i = 0; row(i); i++)
        printf("%-20s %s\n", row(i)->name, row(i)->about);
}
