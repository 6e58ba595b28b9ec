#include "fields.h"

#include <math.h>
#include <stdlib.h>

#include "base/text.h"

const struct field FIELDS_IMG2IMG[] = {
    {"prompt", FIELD_TEXT, true, "\"\""},
    {"negative_prompt", FIELD_TEXT, true, "\"\""},
    {"styles", FIELD_TEXTS, true, "null"},
    {"seed", FIELD_INT, true, "-1"},
    {"subseed", FIELD_INT, true, "-1"},
    {"subseed_strength", FIELD_REAL, true, "0"},
    {"seed_resize_from_h", FIELD_INT, true, "-1"},
    {"seed_resize_from_w", FIELD_INT, true, "-1"},
    {"sampler_name", FIELD_TEXT, true, "null"},
    {"scheduler", FIELD_TEXT, true, "null"},
    {"batch_size", FIELD_INT, true, "1"},
    {"n_iter", FIELD_INT, true, "1"},
    {"steps", FIELD_INT, true, "50"},
    {"cfg_scale", FIELD_REAL, true, "7.0"},
    {"distilled_cfg_scale", FIELD_REAL, true, "3.5"},
    {"width", FIELD_INT, true, "512"},
    {"height", FIELD_INT, true, "512"},
    {"restore_faces", FIELD_FLAG, true, "null"},
    {"tiling", FIELD_FLAG, true, "null"},
    {"do_not_save_samples", FIELD_FLAG, true, "false"},
    {"do_not_save_grid", FIELD_FLAG, true, "false"},
    {"eta", FIELD_REAL, true, "null"},
    {"denoising_strength", FIELD_REAL, false, "0.75"},
    {"s_min_uncond", FIELD_REAL, true, "null"},
    {"s_churn", FIELD_REAL, true, "null"},
    {"s_tmax", FIELD_REAL, true, "null"},
    {"s_tmin", FIELD_REAL, true, "null"},
    {"s_noise", FIELD_REAL, true, "null"},
    {"override_settings", FIELD_OBJECT, true, "null"},
    {"override_settings_restore_afterwards", FIELD_FLAG, true, "true"},
    {"refiner_checkpoint", FIELD_TEXT, true, "null"},
    {"refiner_switch_at", FIELD_REAL, true, "null"},
    {"disable_extra_networks", FIELD_FLAG, true, "false"},
    {"firstpass_image", FIELD_TEXT, true, "null"},
    {"comments", FIELD_OBJECT, true, "null"},
    {"init_images", FIELD_LIST, true, "null"},
    {"resize_mode", FIELD_INT, true, "0"},
    {"image_cfg_scale", FIELD_REAL, true, "null"},
    {"mask", FIELD_TEXT, true, "null"},
    {"mask_blur_x", FIELD_INT, true, "4"},
    {"mask_blur_y", FIELD_INT, true, "4"},
    {"mask_blur", FIELD_INT, true, "null"},
    {"mask_round", FIELD_FLAG, true, "true"},
    {"inpainting_fill", FIELD_INT, true, "0"},
    {"inpaint_full_res", FIELD_FLAG, true, "true"},
    {"inpaint_full_res_padding", FIELD_INT, true, "0"},
    {"inpainting_mask_invert", FIELD_INT, true, "0"},
    {"initial_noise_multiplier", FIELD_REAL, true, "null"},
    {"latent_mask", FIELD_TEXT, true, "null"},
    {"force_task_id", FIELD_TEXT, true, "null"},
    {"hr_distilled_cfg", FIELD_REAL, true, "3.5"},
    {"sampler_index", FIELD_TEXT, false, "\"Euler\""},
    {"include_init_images", FIELD_FLAG, false, "false"},
    {"script_name", FIELD_TEXT, true, "null"},
    {"script_args", FIELD_LIST, false, "[]"},
    {"send_images", FIELD_FLAG, false, "true"},
    {"save_images", FIELD_FLAG, false, "false"},
    {"alwayson_scripts", FIELD_OBJECT, false, "{}"},
    {"infotext", FIELD_TEXT, true, "null"},
    {0},
};

const struct field FIELDS_INTERROGATE[] = {
    {"image", FIELD_TEXT, false, "\"\""},
    {"model", FIELD_TEXT, false, "\"clip\""},
    {0},
};

const struct field FIELDS_PNG_INFO[] = {
    {"image", FIELD_TEXT, false, NULL},
    {0},
};

const struct field FIELDS_PROGRESS[] = {
    {"id_task", FIELD_TEXT, false, "null"},
    {"id_live_preview", FIELD_INT, false, "-1"},
    {"live_preview", FIELD_FLAG, false, "true"},
    {0},
};

const struct field FIELDS_DETECT[] = {
    {"controlnet_module", FIELD_TEXT, false, "\"none\""},
    {"controlnet_input_images", FIELD_TEXTS, false, "[]"},
    {"controlnet_processor_res", FIELD_INT, false, "512"},
    {"controlnet_threshold_a", FIELD_REAL, false, "64"},
    {"controlnet_threshold_b", FIELD_REAL, false, "64"},
    {0},
};

/* An error's type and message in both generations of pydantic. */
struct wrong {
    const char *type2, *message2, *type1, *message1;
};

static const struct wrong WRONG_TEXT = {"string_type", "Input should be a valid string",
                                        "type_error.str", "str type expected"};
static const struct wrong WRONG_INT = {"int_type", "Input should be a valid integer",
                                       "type_error.integer", "value is not a valid integer"};
static const struct wrong WRONG_INT_TEXT = {
    "int_parsing", "Input should be a valid integer, unable to parse string as an integer",
    "type_error.integer", "value is not a valid integer"};
static const struct wrong WRONG_INT_PART = {
    "int_from_float", "Input should be a valid integer, got a number with a fractional part",
    "type_error.integer", "value is not a valid integer"};
static const struct wrong WRONG_REAL = {"float_type", "Input should be a valid number",
                                        "type_error.float", "value is not a valid float"};
static const struct wrong WRONG_REAL_TEXT = {
    "float_parsing", "Input should be a valid number, unable to parse string as a number",
    "type_error.float", "value is not a valid float"};
static const struct wrong WRONG_FLAG = {"bool_type", "Input should be a valid boolean",
                                        "type_error.bool",
                                        "value could not be parsed to a boolean"};
static const struct wrong WRONG_FLAG_TEXT = {
    "bool_parsing", "Input should be a valid boolean, unable to interpret input", "type_error.bool",
    "value could not be parsed to a boolean"};
static const struct wrong WRONG_LIST = {"list_type", "Input should be a valid list",
                                        "type_error.list", "value is not a valid list"};
static const struct wrong WRONG_OBJECT = {"dict_type", "Input should be a valid dictionary",
                                          "type_error.dict", "value is not a valid dict"};
static const struct wrong WRONG_MISSING = {"missing", "Field required", "value_error.missing",
                                           "field required"};

static const struct wrong *to_int(const json_t *v, bool old, json_t **out)
{
    long long n;
    double real;

    if (json_is_boolean(v)) {
        *out = json_integer(json_is_true(v));
        return NULL;
    }
    if (json_is_real(v)) {
        real = json_real_value(v);
        if (fabs(real) > 9e15 || (!old && real != floor(real)))
            return &WRONG_INT_PART;
        *out = json_integer((json_int_t)real);
        return NULL;
    }
    if (json_is_string(v)) {
        if (!text_to_int(json_string_value(v), &n))
            return &WRONG_INT_TEXT;
        *out = json_integer(n);
        return NULL;
    }
    if (!json_is_integer(v))
        return &WRONG_INT;
    *out = json_integer(json_integer_value(v));
    return NULL;
}

static const struct wrong *to_real(const json_t *v, json_t **out)
{
    double real;

    if (json_is_boolean(v)) {
        *out = json_real(json_is_true(v));
        return NULL;
    }
    if (json_is_string(v)) {
        if (!text_to_real(json_string_value(v), &real))
            return &WRONG_REAL_TEXT;
        *out = json_real(real);
        return NULL;
    }
    if (!json_is_number(v))
        return &WRONG_REAL;
    *out = json_real(json_number_value(v));
    return NULL;
}

static const struct wrong *to_flag(const json_t *v, json_t **out)
{
    static const char *const YES[] = {"1", "true", "t", "yes", "y", "on"};
    static const char *const NO[] = {"0", "false", "f", "no", "n", "off"};

    if (json_is_number(v)) {
        double n = json_number_value(v);

        if (n != 0 && n != 1)
            return &WRONG_FLAG_TEXT;
        *out = json_boolean(n != 0);
        return NULL;
    }
    for (size_t i = 0; json_is_string(v) && i < sizeof YES / sizeof *YES; i++) {
        bool yes = text_casecmp(json_string_value(v), YES[i]) == 0;

        if (yes || text_casecmp(json_string_value(v), NO[i]) == 0) {
            *out = json_boolean(yes);
            return NULL;
        }
    }
    if (json_is_string(v))
        return &WRONG_FLAG_TEXT;
    if (!json_is_boolean(v))
        return &WRONG_FLAG;
    *out = json_boolean(json_is_true(v));
    return NULL;
}

static const struct wrong *to_text(const json_t *v, bool old, json_t **out)
{
    if (old && json_is_number(v)) {
        char *text = json_dumps(v, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));

        *out = json_string(text ? text : "");
        free(text);
        return NULL;
    }
    if (!json_is_string(v))
        return &WRONG_TEXT;
    *out = json_copy((json_t *)(uintptr_t)v);
    return NULL;
}

static const struct wrong *convert(const struct field *f, const json_t *v, bool old, json_t **out)
{
    switch (f->type) {
    case FIELD_TEXT:
        return to_text(v, old, out);
    case FIELD_INT:
        return to_int(v, old, out);
    case FIELD_REAL:
        return to_real(v, out);
    case FIELD_FLAG:
        return to_flag(v, out);
    case FIELD_LIST:
    case FIELD_TEXTS:
        if (!json_is_array(v))
            return &WRONG_LIST;
        break;
    case FIELD_OBJECT:
        if (!json_is_object(v))
            return &WRONG_OBJECT;
        break;
    }
    *out = json_copy((json_t *)(uintptr_t)v);
    return NULL;
}

static void add_error(json_t *errors, const char *name, int index, const struct wrong *w, bool old,
                      const json_t *input)
{
    json_t *where = json_pack("[s, s]", "body", name), *error;

    if (index >= 0)
        json_array_append_new(where, json_integer(index));
    if (old)
        error = json_pack("{s:o, s:s, s:s}", "loc", where, "msg", w->message1, "type", w->type1);
    else
        error = json_pack("{s:s, s:o, s:s, s:O?}", "type", w->type2, "loc", where, "msg",
                          w->message2, "input", input);
    json_array_append_new(errors, error);
}

static void check_items(const struct field *f, const json_t *list, bool old, json_t *errors)
{
    size_t i;
    json_t *item;

    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item) && !(old && json_is_number(item)))
            add_error(errors, f->name, (int)i, &WRONG_TEXT, old, item);
    }
}

json_t *fields_check(const struct field *table, const json_t *body, enum flavour flavour,
                     json_t **errors)
{
    bool old = flavour == FLAVOUR_A1111;
    json_t *values = json_object();

    *errors = json_array();
    for (const struct field *f = table; f->name; f++) {
        const json_t *given = json_object_get(body, f->name);
        const struct wrong *w = NULL;
        json_t *value = NULL;

        if (!given && f->fallback)
            value = json_loads(f->fallback, JSON_DECODE_ANY, NULL);
        else if (!given)
            w = &WRONG_MISSING;
        else if (json_is_null(given) && f->nullable)
            value = json_null();
        else
            w = convert(f, given, old, &value);
        if (w)
            add_error(*errors, f->name, -1, w, old, given ? given : body);
        else if (f->type == FIELD_TEXTS && json_is_array(value))
            check_items(f, value, old, *errors);
        if (value && f->type == FIELD_REAL && json_is_integer(value)) {
            double real = (double)json_integer_value(value);

            json_decref(value);
            value = json_real(real);
        }
        if (value)
            json_object_set_new(values, f->name, value);
    }
    if (json_array_size(*errors) == 0) {
        json_decref(*errors);
        *errors = NULL;
        return values;
    }
    json_decref(values);
    return NULL;
}

const char *fields_text(const json_t *values, const char *name, const char *fallback)
{
    const char *text = json_string_value(json_object_get(values, name));

    return text ? text : fallback;
}

int64_t fields_int(const json_t *values, const char *name, int64_t fallback)
{
    const json_t *v = json_object_get(values, name);

    return json_is_number(v) ? (int64_t)json_number_value(v) : fallback;
}

double fields_real(const json_t *values, const char *name, double fallback)
{
    const json_t *v = json_object_get(values, name);

    return json_is_number(v) ? json_number_value(v) : fallback;
}

bool fields_flag(const json_t *values, const char *name)
{
    return json_is_true(json_object_get(values, name));
}
