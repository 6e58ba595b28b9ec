#include "fault.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dialect.h"

#define LINE_MAX_BYTES 256

/* A fault as written, taken apart. */
struct written {
    int row; /* see row(), or -1 */
    double value;
    char path[LINE_MAX_BYTES];
    long long count; /* -1: always */
};

/* Row i of the common tables and then of the dialect's, or NULL behind the last. */
static const struct fault *row(const struct dialect *dialect, int i)
{
    const struct fault *tables[] = {FAULTS_EARLY, FAULTS_LATE, dialect->faults};

    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct fault *f = tables[t]; f && f->name; f++)
            if (i-- == 0)
                return f;
    return NULL;
}

static int row_of(const struct dialect *dialect, const char *name, size_t n)
{
    const struct fault *f;

    for (int i = 0; (f = row(dialect, i)); i++)
        if (strlen(f->name) == n && memcmp(f->name, name, n) == 0)
            return i;
    return -1;
}

static struct written take_apart(const struct dialect *dialect, const char *text)
{
    struct written w = {.count = -1};
    size_t name = strcspn(text, "=@:"), n;
    char number[64];

    w.row = row_of(dialect, text, name);
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
    for (size_t i = 0; dialects[i]; i++)
        if (take_apart(dialects[i], written).row >= 0)
            return true;
    return false;
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

static bool is_for(const struct request *request, const struct written *w)
{
    const struct dialect *dialect = request->box->dialect;
    const char *path = *w->path ? w->path : row(dialect, w->row)->path;

    if (path)
        return strstr(request->path, path) != NULL;
    for (size_t i = 0; dialect->paths[i]; i++)
        if (strcmp(request->path, dialect->paths[i]) == 0)
            return true;
    return false;
}

static void consider(struct request *request, const char *written)
{
    struct written w = take_apart(request->box->dialect, written);

    if (w.row < 0 || w.row >= REQUEST_FAULTS_MAX || !is_for(request, &w) ||
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

static bool strikes(const struct request *request, int i)
{
    return i >= 0 && i < REQUEST_FAULTS_MAX && request->faults[i / 32] >> i % 32 & 1;
}

bool fault_strikes(const struct request *request, const char *name)
{
    return strikes(request, row_of(request->box->dialect, name, strlen(name)));
}

bool fault_answer(struct request *request, struct reply *reply)
{
    bool common = true; /* one of FAULTS_EARLY */
    const struct fault *f;

    for (int i = 0; (f = row(request->box->dialect, i)); i++) {
        common = common && f != FAULTS_LATE;
        if (!strikes(request, i) || !f->strike || (!common && f->status == 0))
            continue;
        reply->status = f->status;
        f->strike(request, reply);
        return true;
    }
    return false;
}

void fault_change(struct request *request, struct reply *reply)
{
    const struct fault *f;

    for (int i = 0; (f = row(request->box->dialect, i)); i++)
        if (strikes(request, i) && f->strike)
            f->strike(request, reply);
}

static void list(const char *dialect, const struct fault *table)
{
    for (; table && table->name; table++)
        printf("%-20s %s%s%s\n", table->name, dialect, *dialect ? ": " : "", table->about);
}

void fault_list(void)
{
    list("", FAULTS_EARLY);
    list("", FAULTS_LATE);
    for (size_t i = 0; dialects[i]; i++)
        list(dialects[i]->name, dialects[i]->faults);
}
