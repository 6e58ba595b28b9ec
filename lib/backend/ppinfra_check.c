#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backend/ppinfra.h"
#include "base/text.h"
#include "wire/json.h"

#define LABEL_MAX 96
#define SHOWN_MAX 48 /* characters of a value */
#define CHOICES_MAX 32

struct checking {
    const struct task *task;
    struct ppinfra_faults *faults;
    int operation; /* PPINFRA_IMG2IMG or PPINFRA_INPAINT */
};

static size_t characters(const char *utf8)
{
    size_t n = 0;

    for (; *utf8 != '\0'; utf8++) {
        n += ((unsigned char)*utf8 & 0xc0) != 0x80;
    }
    return n;
}

static const char *show(char *to, size_t cap, const json_t *value)
{
    const char *text = json_string_value(value);

    if (text != NULL) {
        char clean[4 * SHOWN_MAX];
        text_clean(clean, sizeof clean, text, strlen(text), SHOWN_MAX);
        snprintf(to, cap, "'%s'", clean);
    } else if (json_is_integer(value)) {
        snprintf(to, cap, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else {
        snprintf(to, cap, "%g", json_number_value(value));
    }
    return to;
}

static const char *range(char *to, size_t cap, const struct ppinfra_rule *rule)
{
    if (rule->max >= PPINFRA_OPEN) {
        snprintf(to, cap, "%g or more", rule->min);
    } else if (rule->above_min) {
        snprintf(to, cap, "above %g, at most %g", rule->min, rule->max);
    } else {
        snprintf(to, cap, "%g to %g", rule->min, rule->max);
    }
    return to;
}

static void check_range(struct checking *c, const struct ppinfra_rule *rule, const char *label,
                        const json_t *value)
{
    char shown[5 * SHOWN_MAX], limits[64];
    const char *text = json_string_value(value);
    double number = text != NULL ? (double)characters(text) : json_number_value(value);

    if (rule->min >= rule->max ||
        (number >= rule->min && number <= rule->max && !(rule->above_min && number <= rule->min))) {
        return;
    }
    if (text != NULL && *text == '\0') {
        ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s is empty", label);
    } else if (text != NULL) {
        ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s has %.0f characters: %s", label, number,
                      range(limits, sizeof limits, rule));
    } else {
        ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s %s: %s", label,
                      show(shown, sizeof shown, value), range(limits, sizeof limits, rule));
    }
}

static void check_choice(struct checking *c, const struct ppinfra_rule *rule, const char *label,
                         const json_t *value)
{
    const char *text = json_string_value(value);
    char shown[5 * SHOWN_MAX], all[1024] = " (one of ";
    size_t n = 0, at = strlen(all);

    for (; rule->choices[n] != NULL; n++) {
        if (strcmp(rule->choices[n], text) == 0) {
            return;
        }
        at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", n > 0 ? ", " : "",
                               rule->choices[n]);
    }
    snprintf(all + at, sizeof all - at, ")");
    const char *nearest = text_nearest(text, rule->choices, n);
    if (c->task->unchecked) {
        return;
    }
    ppinfra_fault(c->faults, EXIT_USAGE, all, "%s %s: unknown%s%s%s", label,
                  show(shown, sizeof shown, value), nearest != NULL ? ", did you mean '" : "",
                  nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

/* Base64 that was given as a string; of a picture's node the file is checked. */
static void check_picture(struct checking *c, const char *label, const json_t *value)
{
    const char *text = json_string_value(value);

    if (text == NULL) {
        return;
    }
    if (*text == '\0') {
        ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s is empty", label);
    } else if (memchr(text, ':', strnlen(text, 16)) != NULL) {
        ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s takes base64 only, no link", label);
    } else if (json_string_length(value) / 4 * 3 > PPINFRA_BYTES_MAX) {
        ppinfra_fault(c->faults, EXIT_INPUT, NULL, "%s has over 30 MB", label);
    }
}

/* The rule's member, the fallback where it is missing; false when it is no number. */
static bool number_at(const struct ppinfra_rule *rule, const json_t *object, double *number)
{
    json_t *value = json_object_get(object, rule->name);

    *number = value == NULL ? rule->fallback : json_number_value(value);
    return value == NULL || json_is_number(value);
}

static const struct ppinfra_rule *find(const struct ppinfra_rule *rules, const char *name)
{
    for (; rules->name != NULL; rules++) {
        if (strcmp(rules->name, name) == 0) {
            return rules;
        }
    }
    return NULL;
}

static void check_order(struct checking *c, const struct ppinfra_rule *rules,
                        const struct ppinfra_rule *rule, const char *parent, const json_t *object)
{
    const struct ppinfra_rule *above = find(rules, rule->below);
    double low, high;

    if (json_object_get(object, rule->name) == NULL &&
        json_object_get(object, above->name) == NULL) {
        return;
    }
    if (number_at(rule, object, &low) && number_at(above, object, &high) && low >= high) {
        ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s %s %g: must be less than %s, %g", parent,
                      rule->option, low, above->option, high);
    }
}

static void check_members(struct checking *c, const struct ppinfra_rule *rules, const char *parent,
                          const json_t *object);

static void check_items(struct checking *c, const struct ppinfra_rule *rule, const char *label,
                        const json_t *array)
{
    size_t n = json_array_size(array), i;
    char each[LABEL_MAX];
    json_t *item;

    if (n == 0 && rule->required != 0) {
        ppinfra_missing(c->faults, label);
    }
    if (rule->most > 0 && n > rule->most) {
        ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s given %zu times: at most %zu", label, n,
                      rule->most);
    }
    json_array_foreach(array, i, item)
    {
        snprintf(each, sizeof each, n > 1 ? "%s %zu" : "%s", label, i + 1);
        if (json_is_object(item)) {
            check_members(c, rule->members, each, item);
        } else {
            ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s takes an object", each);
        }
    }
}

/* Whether the value is of the rule's type; tells when it is not. */
static bool is_typed(struct checking *c, const struct ppinfra_rule *rule, const char *label,
                     json_t *value)
{
    static const char *const names[] = {[NATIVE_INT] = "a whole number",
                                        [NATIVE_REAL] = "a number",
                                        [NATIVE_BOOL] = "true or false",
                                        [NATIVE_STRING] = "a string",
                                        [NATIVE_ARRAY] = "an array",
                                        [NATIVE_OBJECT] = "an object",
                                        [NATIVE_PICTURE] = "a picture in base64",
                                        [NATIVE_MASK] = "a picture in base64"};
    const struct native row = {.name = rule->name, .type = rule->type};
    char shown[5 * SHOWN_MAX];
    struct error ignored;
    json_t *checked = NULL;

    if (native_check(&row, "", value, &checked, &ignored) != 0) {
        bool plain = json_is_string(value) || json_is_number(value);
        ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s%s%s: takes %s", label, plain ? " " : "",
                      plain ? show(shown, sizeof shown, value) : "", names[rule->type]);
        return false;
    }
    json_decref(checked);
    return true;
}

static void check_value(struct checking *c, const struct ppinfra_rule *rule, const char *label,
                        json_t *value)
{
    if ((rule->nullable && json_is_null(value)) || !is_typed(c, rule, label, value)) {
        return;
    }
    if (rule->type == NATIVE_PICTURE || rule->type == NATIVE_MASK) {
        check_picture(c, label, value);
    } else if (rule->type == NATIVE_ARRAY) {
        check_items(c, rule, label, value);
    } else if (rule->type == NATIVE_OBJECT && rule->members != NULL) {
        check_members(c, rule->members, label, value);
    } else if (rule->choices != NULL) {
        check_choice(c, rule, label, value);
    } else {
        check_range(c, rule, label, value);
    }
}

/* How the user names a member: by its option, or its key in one, or as a parameter. */
static const char *label_of(char *to, const struct ppinfra_rule *rule, const char *parent)
{
    if (rule->option != NULL && *parent == '-') {
        snprintf(to, LABEL_MAX, "%s%s%s", parent, *rule->option != '\0' ? " " : "", rule->option);
    } else if (rule->option != NULL) {
        snprintf(to, LABEL_MAX, "%s", rule->option);
    } else {
        snprintf(to, LABEL_MAX, "--set %s.%s", parent, rule->name);
    }
    return to;
}

/* Members of an object inside the request that no rule names. */
static void check_unknown(struct checking *c, const struct ppinfra_rule *rules, const char *parent,
                          const json_t *object)
{
    const char *names[CHOICES_MAX], *name;
    json_t *value;
    size_t n = 0;

    for (; n < CHOICES_MAX && rules[n].name != NULL; n++) {
        names[n] = rules[n].name;
    }
    json_object_foreach((json_t *)(size_t)object, name, value)
    {
        if (find(rules, name) == NULL) {
            const char *nearest = text_nearest(name, names, n);
            ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s: unknown '%.*s'%s%s%s", parent,
                          SHOWN_MAX, name, nearest != NULL ? ", did you mean '" : "",
                          nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
        }
    }
}

static void check_members(struct checking *c, const struct ppinfra_rule *rules, const char *parent,
                          const json_t *object)
{
    char label[LABEL_MAX];

    for (const struct ppinfra_rule *rule = rules; rule->name != NULL; rule++) {
        json_t *value = json_object_get(object, rule->name);
        label_of(label, rule, parent);
        if (value == NULL && (rule->required & c->operation) != 0) {
            ppinfra_missing(c->faults, label);
        } else if (value != NULL && (rule->taken & c->operation) == 0) {
            ppinfra_fault(c->faults, EXIT_USAGE, NULL, "%s: %s", label, rule->instead);
        } else if (value != NULL) {
            check_value(c, rule, label, value);
        }
        if (rule->below != NULL) {
            check_order(c, rules, rule, parent, object);
        }
    }
    if (*parent == '-' && !c->task->unchecked) {
        check_unknown(c, rules, parent, object);
    }
}

/* Each picture that goes along, those of ControlNet and IP-Adapter too (B6). */
static void check_inputs(struct checking *c)
{
    for (size_t i = 0; i < c->task->n_inputs; i++) {
        const struct input *input = &c->task->inputs[i];
        if (input->width > PPINFRA_SIDE_MAX || input->height > PPINFRA_SIDE_MAX) {
            ppinfra_fault(c->faults, EXIT_INPUT, NULL,
                          "'%s' is %" PRIu32 "x%" PRIu32 ": at most 2048x2048", input->name,
                          input->width, input->height);
        }
        if (input->bytes > PPINFRA_BYTES_MAX) {
            ppinfra_fault(c->faults, EXIT_INPUT, NULL, "'%s' has %" PRIu64 " bytes: at most %llu",
                          input->name, input->bytes, PPINFRA_BYTES_MAX);
        }
    }
}

void ppinfra_check(const struct task *task, struct ppinfra_faults *f)
{
    struct checking c = {.task = task,
                         .faults = f,
                         .operation = ppinfra_inpaints(task) ? PPINFRA_INPAINT : PPINFRA_IMG2IMG};

    check_members(&c, ppinfra_request_rules, "request", json_object_get(task->native, "request"));
    check_members(&c, ppinfra_extra_rules, "extra", json_object_get(task->native, "extra"));
    check_inputs(&c);
}
