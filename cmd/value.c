#include "cmd/value.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "cmd/describe.h"

#define VALUE_SHOWN 60 /* characters of a wrong value that an error shows */

static int wrong(const struct option_row *row, const char *text, const char *what,
                 struct error *err)
{
    char shown[4 * VALUE_SHOWN + 1];

    text_clean(shown, sizeof shown, text, strlen(text), VALUE_SHOWN);
    return error_set(err, EXIT_USAGE, "option '--%s': '%s' %s", row->name, shown, what);
}

static bool in_range(const struct option_row *row, double value)
{
    if (row->min >= row->max) {
        return true;
    }
    return value <= row->max && (row->above_min ? value > row->min : value >= row->min);
}

static int out_of_range(const struct option_row *row, const char *text, const char *which,
                        struct error *err)
{
    char range[DESCRIBE_MAX], what[DESCRIBE_MAX + 64];

    describe_range(range, row);
    snprintf(what, sizeof what, "is out of range%s%s%s%s", which, *range ? " (" : "", range,
             *range ? ")" : "");
    return wrong(row, text, what, err);
}

static int not_a_number(const struct option_row *row, const char *text, struct error *err)
{
    const char *kind = row->type == OPTION_INT ? "whole" : "decimal";
    char range[DESCRIBE_MAX], what[DESCRIBE_MAX + 64];

    describe_range(range, row);
    snprintf(what, sizeof what, "is not a %s number%s%s%s", kind, *range ? " (" : "", range,
             *range ? ")" : "");
    return wrong(row, text, what, err);
}

/* Takes over `value`, which is NULL when memory ran out. */
static int set_param(const struct option_row *row, json_t *neutral, json_t *value,
                     struct error *err)
{
    json_t *array;

    if (!row->repeats) {
        if (json_object_set_new(neutral, row->param, value) < 0) {
            return error_memory(err, "reading the options");
        }
        return 0;
    }
    array = json_object_get(neutral, row->param);
    if (!array) {
        array = json_array();
        if (json_object_set_new(neutral, row->param, array) < 0) {
            json_decref(value);
            return error_memory(err, "reading the options");
        }
    }
    if (json_array_append_new(array, value) < 0) {
        return error_memory(err, "reading the options");
    }
    return 0;
}

static int store_string(const struct option_row *row, void *field, json_t *neutral,
                        const char *text, struct error *err)
{
    struct option_list *list = field;
    const char **v;

    if (row->param) {
        return set_param(row, neutral, json_string(text), err);
    }
    if (!row->repeats) {
        *(const char **)field = text;
        return 0;
    }
    if (list->n >= SIZE_MAX / sizeof *v - 1) {
        return error_memory(err, "reading the options");
    }
    v = realloc(list->v, (list->n + 1) * sizeof *v);
    if (!v) {
        return error_memory(err, "reading the options");
    }
    v[list->n++] = text;
    list->v = v;
    return 0;
}

static int store_flag(const struct option_row *row, void *field, json_t *neutral, struct error *err)
{
    if (row->param) {
        return set_param(row, neutral, json_true(), err);
    }
    *(bool *)field = true;
    return 0;
}

/* Whether the text is a number all the same, one too large to be read. */
static bool is_digits(const char *text)
{
    text += *text == '-';
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static int store_int(const struct option_row *row, void *field, json_t *neutral, const char *text,
                     struct error *err)
{
    long long value = 0;
    bool fits = text_to_int(text, &value);

    if (!fits && !is_digits(text)) {
        return not_a_number(row, text, err);
    }
    if (!fits || !in_range(row, (double)value)) {
        return out_of_range(row, text, "", err);
    }
    if (row->param) {
        return set_param(row, neutral, json_integer(value), err);
    }
    *(struct option_int *)field = (struct option_int){.set = true, .value = value};
    return 0;
}

static int store_real(const struct option_row *row, void *field, json_t *neutral, const char *text,
                      struct error *err)
{
    double value;

    if (!text_to_real(text, &value)) {
        return not_a_number(row, text, err);
    }
    if (!in_range(row, value)) {
        return out_of_range(row, text, "", err);
    }
    if (row->param) {
        return set_param(row, neutral, json_real(value), err);
    }
    *(struct option_real *)field = (struct option_real){.set = true, .value = value};
    return 0;
}

static int store_size(const struct option_row *row, json_t *neutral, const char *text,
                      struct error *err)
{
    const char *x = strchr(text, 'x');
    long long width, height;
    char digits[24];

    if (!x || (size_t)(x - text) >= sizeof digits) {
        return wrong(row, text, "is not WxH, such as 512x768", err);
    }
    memcpy(digits, text, (size_t)(x - text));
    digits[x - text] = '\0';
    if (!text_to_int(digits, &width) || !text_to_int(x + 1, &height)) {
        return wrong(row, text, "is not WxH, such as 512x768", err);
    }
    if (!in_range(row, (double)width)) {
        return out_of_range(row, digits, " for the width", err);
    }
    if (!in_range(row, (double)height)) {
        return out_of_range(row, x + 1, " for the height", err);
    }
    if (json_object_set_new(neutral, "width", json_integer(width)) < 0 ||
        json_object_set_new(neutral, "height", json_integer(height)) < 0) {
        return error_memory(err, "reading the options");
    }
    return 0;
}

static int store_choice(const struct option_row *row, void *field, json_t *neutral,
                        const char *text, struct error *err)
{
    char choices[DESCRIBE_MAX], what[DESCRIBE_MAX + 64];

    for (const char *const *c = row->choices; *c; c++) {
        if (strcmp(*c, text) == 0) {
            return store_string(row, field, neutral, *c, err);
        }
    }
    snprintf(what, sizeof what, "is not %s%s", row->choices[1] ? "one of " : "",
             describe_choices(choices, row, ", "));
    return wrong(row, text, what, err);
}

static int store_text(const struct option_row *row, void *field, json_t *neutral, const char *text,
                      struct error *err)
{
    if (!text_is_utf8(text, strlen(text))) {
        return wrong(row, text, "is not UTF-8 text", err);
    }
    if (row->type == OPTION_TEXT && text[0] == '\0') {
        return error_set(err, EXIT_USAGE, "option '--%s': the value is empty", row->name);
    }
    if (row->type == OPTION_PAIR && (text[0] == '=' || !strchr(text, '='))) {
        return wrong(row, text, "is not KEY=VALUE", err);
    }
    return store_string(row, field, neutral, text, err);
}

int value_store(const struct option_row *row, void *field, json_t *neutral, const char *text,
                struct error *err)
{
    switch (row->type) {
    case OPTION_FLAG:
        return store_flag(row, field, neutral, err);
    case OPTION_INT:
        return store_int(row, field, neutral, text, err);
    case OPTION_REAL:
        return store_real(row, field, neutral, text, err);
    case OPTION_SIZE:
        return store_size(row, neutral, text, err);
    case OPTION_CHOICE:
        return store_choice(row, field, neutral, text, err);
    case OPTION_TEXT:
    case OPTION_PROMPT:
    case OPTION_PAIR:
        return store_text(row, field, neutral, text, err);
    case OPTION_FILE:
    case OPTION_OUTPUT:
        if (text[0] == '\0') {
            return error_set(err, EXIT_USAGE, "option '--%s': the value is empty", row->name);
        }
        return store_string(row, field, neutral, text, err);
    case OPTION_HELP:
        break;
    }
    return 0;
}
