#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "backend/ppinfra.h"
#include "base/text.h"

#define BRIEF_MAX 160 /* bytes of one fault when there are many */

void ppinfra_faults_init(struct ppinfra_faults *f)
{
    *f = (struct ppinfra_faults){
        .whole = json_array(), .brief = json_array(), .missing = json_array()};
    f->failed = f->whole == NULL || f->brief == NULL || f->missing == NULL;
}

void ppinfra_faults_release(struct ppinfra_faults *f)
{
    json_decref(f->whole);
    json_decref(f->brief);
    json_decref(f->missing);
    *f = (struct ppinfra_faults){0};
}

static void add(struct ppinfra_faults *f, json_t *list, const char *text, size_t max)
{
    char clean[ERROR_TEXT_MAX];
    json_t *told;
    size_t i;

    text_clean(clean, max, text, strlen(text), max);
    json_array_foreach(list, i, told)
    {
        if (strcmp(json_string_value(told), clean) == 0) {
            return; /* of --size both sides may be wrong in the same way */
        }
    }
    f->failed |= json_array_append_new(list, json_string(clean)) != 0;
}

void ppinfra_fault(struct ppinfra_faults *f, enum exit_code code, const char *more,
                   const char *format, ...)
{
    char text[1024], whole[2048];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(whole, sizeof whole, "%s%s", text, more != NULL ? more : "");
    add(f, f->whole, whole, ERROR_TEXT_MAX);
    add(f, f->brief, text, BRIEF_MAX);
    f->usage |= code != EXIT_INPUT;
}

void ppinfra_missing(struct ppinfra_faults *f, const char *option)
{
    json_t *item;
    size_t i;

    json_array_foreach(f->missing, i, item)
    {
        if (strcmp(json_string_value(item), option) == 0) {
            return;
        }
    }
    f->failed |= json_array_append_new(f->missing, json_string(option)) != 0;
    f->usage = true;
}

static void add_missing(const struct ppinfra_faults *f, struct buf *text)
{
    json_t *item;
    size_t i;

    json_array_foreach(f->missing, i, item)
    {
        buf_addf(text, "%s%s", i == 0 ? "required: " : ", ", json_string_value(item));
    }
}

/* As many as fit; false when that is not all. */
static bool join(const struct ppinfra_faults *f, const json_t *list, struct buf *text)
{
    static const char ending[] = "; and 999 more";
    size_t n = json_array_size(list), i;
    json_t *item;

    text->len = 0;
    buf_adds(text, "PPInfra would refuse this: ");
    add_missing(f, text);
    json_array_foreach(list, i, item)
    {
        const char *between = i > 0 || json_array_size(f->missing) > 0 ? "; " : "";
        size_t room = ERROR_TEXT_MAX - 1 - (i + 1 < n ? sizeof ending : 0);
        if (text->len + strlen(between) + json_string_length(item) > room) {
            buf_addf(text, "; and %zu more", n - i);
            return false;
        }
        buf_addf(text, "%s%s", between, json_string_value(item));
    }
    return true;
}

int ppinfra_report(const struct ppinfra_faults *f, struct error *err)
{
    struct buf text;

    if (f->failed) {
        return error_memory(err, "checking the request");
    }
    if (json_array_size(f->whole) == 0 && json_array_size(f->missing) == 0) {
        return 0;
    }
    buf_init(&text, 8192);
    if (!join(f, f->whole, &text)) {
        join(f, f->brief, &text);
    }
    error_set(err, f->usage ? EXIT_USAGE : EXIT_INPUT, "%s", text.len > 0 ? text.data : "");
    buf_release(&text);
    return -1;
}
