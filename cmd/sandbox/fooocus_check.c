#include "fooocus_check.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static json_t *object(const struct fooocus_field *table, const json_t *body, const json_t *where,
                      json_t *errors);

/* ctx (may be NULL) is taken over. */
static void wrong(json_t *errors, const json_t *where, const char *type, const char *message,
                  const json_t *input, json_t *ctx)
{
    json_t *error = json_object();

    json_object_set_new(error, "type", json_string(type));
    json_object_set_new(error, "loc", json_deep_copy(where));
    json_object_set_new(error, "msg", json_string(message));
    json_object_set_new(error, "input", input ? json_deep_copy(input) : json_null());
    if (ctx)
        json_object_set_new(error, "ctx", ctx);
    json_array_append_new(errors, error);
}

static json_t *place(const json_t *where, const char *name, size_t index)
{
    json_t *longer = json_deep_copy(where);

    json_array_append_new(longer, name ? json_string(name) : json_integer((json_int_t)index));
    return longer;
}

static json_t *to_int(const json_t *v, const json_t *where, json_t *errors)
{
    long long n;

    if (json_is_boolean(v))
        return json_integer(json_is_true(v));
    if (json_is_integer(v))
        return json_integer(json_integer_value(v));
    if (json_is_real(v)) {
        if (fabs(json_real_value(v)) < 9e15 && json_real_value(v) == floor(json_real_value(v)))
            return json_integer((json_int_t)json_real_value(v));
        wrong(errors, where, "int_from_float",
              "Input should be a valid integer, got a number with a fractional part", v, NULL);
    } else if (json_is_string(v)) {
        if (text_to_int(json_string_value(v), &n))
            return json_integer(n);
        wrong(errors, where, "int_parsing",
              "Input should be a valid integer, unable to parse string as an integer", v, NULL);
    } else {
        wrong(errors, where, "int_type", "Input should be a valid integer", v, NULL);
    }
    return NULL;
}

static json_t *to_real(const json_t *v, const json_t *where, json_t *errors)
{
    double real;

    if (json_is_boolean(v))
        return json_real(json_is_true(v));
    if (json_is_number(v))
        return json_real(json_number_value(v));
    if (json_is_string(v)) {
        if (text_to_real(json_string_value(v), &real))
            return json_real(real);
        wrong(errors, where, "float_parsing",
              "Input should be a valid number, unable to parse string as a number", v, NULL);
    } else {
        wrong(errors, where, "float_type", "Input should be a valid number", v, NULL);
    }
    return NULL;
}

static json_t *to_flag(const json_t *v, const json_t *where, json_t *errors)
{
    static const char *const WORDS[] = {"0", "off", "f", "false", "n", "no",
                                        "1", "on",  "t", "true",  "y", "yes"};

    if (json_is_boolean(v))
        return json_boolean(json_is_true(v));
    if (json_is_number(v) && (json_number_value(v) == 0 || json_number_value(v) == 1))
        return json_boolean(json_number_value(v) == 1);
    for (size_t i = 0; json_is_string(v) && i < sizeof WORDS / sizeof *WORDS; i++)
        if (text_casecmp(json_string_value(v), WORDS[i]) == 0)
            return json_boolean(i >= sizeof WORDS / sizeof *WORDS / 2);
    if (json_is_string(v) || json_is_number(v))
        wrong(errors, where, "bool_parsing",
              "Input should be a valid boolean, unable to interpret input", v, NULL);
    else
        wrong(errors, where, "bool_type", "Input should be a valid boolean", v, NULL);
    return NULL;
}

/* 'a', 'b' or 'c' */
static void say_choices(const char *const *choices, struct buf *to)
{
    buf_init(to, 4096);
    for (size_t i = 0; choices[i]; i++)
        buf_addf(to, "%s'%s'", i == 0 ? "" : choices[i + 1] ? ", " : " or ", choices[i]);
}

static json_t *to_choice(const struct fooocus_field *f, const json_t *v, const json_t *where,
                         json_t *errors)
{
    struct buf words, message;

    for (size_t i = 0; json_is_string(v) && f->choices[i]; i++)
        if (strcmp(json_string_value(v), f->choices[i]) == 0)
            return json_string(f->choices[i]);
    say_choices(f->choices, &words);
    buf_init(&message, 8192);
    buf_addf(&message, "Input should be %s", buf_str(&words));
    wrong(errors, where, "enum", buf_str(&message), v,
          json_pack("{s:s}", "expected", buf_str(&words)));
    buf_release(&message);
    buf_release(&words);
    return NULL;
}

/* Takes the number over; NULL when it is outside of the limits. */
static json_t *limit(const struct fooocus_field *f, json_t *number, const json_t *v,
                     const json_t *where, json_t *errors)
{
    double n = json_number_value(number), bound = n < f->low ? f->low : f->high;
    char message[80];
    json_t *ctx;

    if ((f->low == 0 && f->high == 0) || (n >= f->low && n <= f->high))
        return number;
    json_decref(number);
    snprintf(message, sizeof message, "Input should be %s than or equal to %g",
             n < f->low ? "greater" : "less", bound);
    ctx = f->type == FOOOCUS_INT ? json_integer((json_int_t)bound) : json_real(bound);
    wrong(errors, where, n < f->low ? "greater_than_equal" : "less_than_equal", message, v,
          json_pack("{s:o}", n < f->low ? "ge" : "le", ctx));
    return NULL;
}

static json_t *to_value(const struct fooocus_field *f, const json_t *v, const json_t *where,
                        json_t *errors)
{
    json_t *number;

    switch (f->type) {
    case FOOOCUS_TEXT:
        if (json_is_string(v))
            return json_copy((json_t *)(uintptr_t)v);
        wrong(errors, where, "string_type", "Input should be a valid string", v, NULL);
        return NULL;
    case FOOOCUS_INT:
        number = to_int(v, where, errors);
        return number ? limit(f, number, v, where, errors) : NULL;
    case FOOOCUS_REAL:
        number = to_real(v, where, errors);
        return number ? limit(f, number, v, where, errors) : NULL;
    case FOOOCUS_FLAG:
        return to_flag(v, where, errors);
    case FOOOCUS_CHOICE:
        return to_choice(f, v, where, errors);
    case FOOOCUS_OBJECT:
        if (json_is_object(v))
            return object(f->model, v, where, errors);
        wrong(errors, where, "model_attributes_type",
              "Input should be a valid dictionary or object to extract fields from", v, NULL);
        return NULL;
    }
    return NULL;
}

static json_t *to_list(const struct fooocus_field *f, const json_t *v, const json_t *where,
                       json_t *errors)
{
    json_t *list = json_array();
    const json_t *item;
    size_t i;

    if (!json_is_array(v)) {
        wrong(errors, where, "list_type", "Input should be a valid list", v, NULL);
        return list;
    }
    json_array_foreach(v, i, item)
    {
        json_t *at = place(where, NULL, i), *value = to_value(f, item, at, errors);

        if (value)
            json_array_append_new(list, value);
        json_decref(at);
    }
    return list;
}

static json_t *object(const struct fooocus_field *table, const json_t *body, const json_t *where,
                      json_t *errors)
{
    json_t *values = json_object();

    for (const struct fooocus_field *f = table; f->name; f++) {
        const json_t *given = json_object_get(body, f->name);
        json_t *at = place(where, f->name, 0), *value = NULL;

        if (!given && f->fallback && f->type == FOOOCUS_OBJECT && !f->list)
            value = fooocus_check_defaults(f->model);
        else if (!given && f->fallback)
            value = json_loads(f->fallback, JSON_DECODE_ANY, NULL);
        else if (!given)
            wrong(errors, at, "missing", "Field required", body, NULL);
        else if (json_is_null(given) && f->nullable)
            value = json_null();
        else if (f->list)
            value = to_list(f, given, at, errors);
        else
            value = to_value(f, given, at, errors);
        if (value)
            json_object_set_new(values, f->name, value);
        json_decref(at);
    }
    return values;
}

json_t *fooocus_check(const struct fooocus_field *table, const json_t *body, json_t **errors)
{
    json_t *where = json_pack("[s]", "body"), *values;

    *errors = json_array();
    values = object(table, body, where, *errors);
    json_decref(where);
    if (json_array_size(*errors) > 0) {
        json_decref(values);
        return NULL;
    }
    json_decref(*errors);
    *errors = NULL;
    return values;
}

json_t *fooocus_check_defaults(const struct fooocus_field *table)
{
    json_t *nothing = json_object(), *errors, *values = fooocus_check(table, nothing, &errors);

    json_decref(nothing);
    json_decref(errors);
    return values;
}

static json_t *schema_of(const struct fooocus_field *f)
{
    static const char *const NAMES[] = {"string",  "integer", "number",
                                        "boolean", "string",  "object"};
    json_t *one = json_pack("{s:s}", "type", NAMES[f->type]), *names;

    if (f->type == FOOOCUS_OBJECT) {
        json_decref(one);
        one = fooocus_check_schema(f->model);
    }
    if (f->low != 0 || f->high != 0) {
        json_object_set_new(one, "minimum", json_real(f->low));
        json_object_set_new(one, "maximum", json_real(f->high));
    }
    if (f->choices) {
        names = json_array();
        for (size_t i = 0; f->choices[i]; i++)
            json_array_append_new(names, json_string(f->choices[i]));
        json_object_set_new(one, "enum", names);
    }
    if (f->list)
        one = json_pack("{s:s, s:o}", "type", "array", "items", one);
    if (f->nullable)
        one = json_pack("{s:[o, {s:s}]}", "anyOf", one, "type", "null");
    if (f->fallback)
        json_object_set_new(one, "default", json_loads(f->fallback, JSON_DECODE_ANY, NULL));
    return one;
}

json_t *fooocus_check_schema(const struct fooocus_field *table)
{
    json_t *fields = json_object(), *required = json_array();

    for (const struct fooocus_field *f = table; f->name; f++) {
        json_object_set_new(fields, f->name, schema_of(f));
        if (!f->fallback)
            json_array_append_new(required, json_string(f->name));
    }
    return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", fields, "required",
                     required);
}
