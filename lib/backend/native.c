#include "backend/native.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "wire/json.h"

#define ROWS_MAX 128
#define PATH_LONGEST 256 /* of a parameter, dotted */

const struct native *native_find(const struct native *table, const char *name)
{
    for (const struct native *row = table; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0) {
            return row;
        }
    }
    return NULL;
}

const char *native_nearest(const struct native *table, const char *name)
{
    const char *names[ROWS_MAX], *tails[ROWS_MAX];
    size_t n = 0;

    for (; n < ROWS_MAX && table[n].name != NULL; n++) {
        const char *dot = strrchr(table[n].name, '.');
        names[n] = table[n].name;
        tails[n] = dot != NULL ? dot + 1 : names[n];
    }
    const char *nearest = text_nearest(name, names, n);
    const char *tail = nearest == NULL ? text_nearest(name, tails, n) : NULL;
    for (size_t i = 0; tail != NULL && i < n; i++) {
        nearest = tails[i] == tail ? names[i] : nearest;
    }
    return nearest;
}

/* What a type is called in errors. */
static const char *type_name(enum native_type type)
{
    static const char *const names[] = {"a whole number",
                                        "a number",
                                        "true or false",
                                        "a string",
                                        "an array of strings",
                                        "an array",
                                        "an object",
                                        "a base64 string",
                                        "an array of base64 strings",
                                        "a base64 string",
                                        "anything"};

    return names[type];
}

static bool is_string_array(const json_t *value, bool pictures)
{
    size_t i;
    json_t *item;

    if (!json_is_array(value)) {
        return false;
    }
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item) && !(pictures && json_is_object(item))) {
            return false;
        }
    }
    return true;
}

/* The value in the form that is sent (new reference), or NULL when it is of another type. */
static json_t *convert(enum native_type type, json_t *value)
{
    double real = json_number_value(value);
    bool fits = false;

    switch (type) {
    case NATIVE_INT:
        if (json_is_real(value) && real == floor(real) && fabs(real) < 9e15) {
            return json_integer((json_int_t)real);
        }
        fits = json_is_integer(value);
        break;
    case NATIVE_REAL:
        fits = json_is_number(value);
        break;
    case NATIVE_BOOL:
        if (json_is_number(value) && (real == 0 || real == 1)) {
            return json_boolean(real == 1);
        }
        fits = json_is_boolean(value);
        break;
    case NATIVE_STRING:
        fits = json_is_string(value);
        break;
    case NATIVE_STRINGS:
        fits = is_string_array(value, false);
        break;
    case NATIVE_ARRAY:
        fits = json_is_array(value);
        break;
    case NATIVE_OBJECT:
        fits = json_is_object(value);
        break;
    case NATIVE_PICTURE:
    case NATIVE_MASK:
        fits = json_is_string(value) || json_is_object(value);
        break;
    case NATIVE_PICTURES:
        fits = is_string_array(value, true);
        break;
    case NATIVE_ANY:
        fits = true;
        break;
    }
    return fits ? json_incref(value) : NULL;
}

int native_check(const struct native *row, const char *label, json_t *value, json_t **checked,
                 struct error *err)
{
    if (row->nullable && json_is_null(value)) {
        *checked = json_incref(value);
        return 0;
    }
    *checked = convert(row->type, value);
    if (*checked == NULL) {
        return error_set(err, EXIT_USAGE, "%s: %s takes %s%s", label, row->name,
                         type_name(row->type), row->nullable ? " or null" : "");
    }
    double number = json_number_value(*checked);
    if (json_is_number(*checked) && row->min < row->max &&
        (number < row->min || number > row->max)) {
        json_decref(*checked);
        *checked = NULL;
        return error_set(err, EXIT_USAGE, "%s: %s must be from %g to %g, not %g", label, row->name,
                         row->min, row->max, number);
    }
    return 0;
}

static int refuse_unknown(const struct native *table, const char *label, const char *name,
                          struct error *err)
{
    const char *nearest = native_nearest(table, name);

    nearest = nearest != NULL && strcmp(nearest, name) != 0 ? nearest : NULL;
    return error_set(err, EXIT_USAGE,
                     "%s: unknown parameter '%s'%s%s%s; --set-unchecked sends it anyway", label,
                     name, nearest != NULL ? "; did you mean '" : "",
                     nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

bool native_has_members(const struct native *table, const char *path)
{
    size_t n = strlen(path);

    for (; table->name != NULL; table++) {
        if (strncmp(table->name, path, n) == 0 && table->name[n] == '.') {
            return true;
        }
    }
    return false;
}

struct check {
    const struct native *table;
    const char *label;
    bool unchecked;
};

/* Checks the members of an object that is at `prefix`, "" or ending in a dot. A name with a dot in
 * it is no path. */
static int check_members(const struct check *check, json_t *object, const char *prefix,
                         struct error *err)
{
    char path[PATH_LONGEST];
    void *next;
    const char *name;
    json_t *value, *checked;

    json_object_foreach_safe(object, next, name, value)
    {
        int n = snprintf(path, sizeof path, "%s%s", prefix, name);
        bool usable = n > 0 && (size_t)n + 1 < sizeof path && strchr(name, '.') == NULL;
        const struct native *row = usable ? native_find(check->table, path) : NULL;
        if (row == NULL && usable && native_has_members(check->table, path)) {
            if (!json_is_object(value)) {
                return error_set(err, EXIT_USAGE, "%s: %s takes an object", check->label, path);
            }
            memcpy(path + n, ".", 2);
            if (check_members(check, value, path, err) != 0) {
                return -1;
            }
            continue;
        }
        if (row == NULL && check->unchecked) {
            continue;
        }
        if (row == NULL) {
            return refuse_unknown(check->table, check->label, path, err);
        }
        if (native_check(row, check->label, value, &checked, err) != 0) {
            return -1;
        }
        if (json_object_set_new(object, name, checked) != 0) {
            return error_memory(err, "checking parameters");
        }
    }
    return 0;
}

int native_check_object(const struct native *table, json_t *object, const char *label,
                        bool unchecked, struct error *err)
{
    const struct check check = {.table = table, .label = label, .unchecked = unchecked};

    return check_members(&check, object, "", err);
}

/* The neutral value in the native form: a choice becomes its index. New reference. */
static json_t *translated(const struct native *row, json_t *value)
{
    if (row->choices == NULL || !json_is_string(value)) {
        return convert(row->type, value);
    }
    for (int i = 0; row->choices[i] != NULL; i++) {
        if (strcmp(row->choices[i], json_string_value(value)) == 0) {
            return row->type == NATIVE_BOOL ? json_boolean(i) : json_integer(i);
        }
    }
    return NULL;
}

int native_translate(const struct native *table, const json_t *neutral, json_t *native,
                     struct error *err)
{
    for (const struct native *row = table; row->name != NULL; row++) {
        json_t *value = row->neutral == NULL ? NULL : json_object_get(neutral, row->neutral);
        if (value == NULL) {
            continue;
        }
        json_t *sent = translated(row, value);
        if (sent == NULL) {
            return error_set(err, EXIT_USAGE, "parameter '%s' cannot be %s here", row->neutral,
                             json_is_string(value) ? json_string_value(value) : "of this type");
        }
        if (json_set_path(native, row->name, sent, err) != 0) {
            return -1;
        }
    }
    return 0;
}

json_t *native_to_neutral(const struct native *table, const json_t *native)
{
    json_t *neutral = json_object();
    int bad = neutral == NULL;

    for (const struct native *row = table; row->name != NULL && bad == 0; row++) {
        json_t *value = row->neutral == NULL ? NULL : json_get_path(native, row->name);
        if (value == NULL || json_is_null(value)) {
            continue;
        }
        if (row->choices == NULL) {
            bad = json_object_set(neutral, row->neutral, value);
            continue;
        }
        double number = json_number_value(value);
        json_int_t index = json_is_boolean(value) ? json_is_true(value)
                           : number >= 0 && number < 1000 && number == floor(number)
                               ? (json_int_t)number
                               : -1; /* between two choices */
        json_int_t n = 0;
        while (row->choices[n] != NULL && n < index) {
            n++;
        }
        if (n == index && row->choices[n] != NULL) {
            bad = json_object_set_new(neutral, row->neutral, json_string(row->choices[n]));
        }
    }
    if (bad != 0) {
        json_decref(neutral);
        return NULL;
    }
    return neutral;
}

json_t *native_effective(const struct native *table, const json_t *native)
{
    json_t *whole = json_object(), *neutral = NULL;
    struct error ignored;
    int bad = whole == NULL;

    for (const struct native *row = table; row->name != NULL && bad == 0; row++) {
        json_t *value = json_get_path(native, row->name);
        if (row->neutral == NULL || (value == NULL && row->fallback == NULL)) {
            continue;
        }
        value =
            value != NULL ? json_incref(value) : json_loads(row->fallback, JSON_DECODE_ANY, NULL);
        bad = value == NULL || json_set_path(whole, row->name, value, &ignored);
    }
    neutral = bad == 0 ? native_to_neutral(table, whole) : NULL;
    json_decref(whole);
    return neutral;
}
