#include "backend/infotext.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define PAIRS_LEAST 3 /* the last line is parameters when it has as many pairs */

enum value_type { AS_TEXT, AS_INT, AS_REAL };

static const struct {
    const char *label, *neutral;
    enum value_type type;
} labels[] = {
    {"Steps", "steps", AS_INT},
    {"Sampler", "sampler", AS_TEXT},
    {"Schedule type", "scheduler", AS_TEXT},
    {"CFG scale", "cfg_scale", AS_REAL},
    {"Seed", "seed", AS_INT},
    {"Denoising strength", "strength", AS_REAL},
    {"Model", "model", AS_TEXT},
    {"VAE", "vae", AS_TEXT},
    {"Clip skip", "clip_skip", AS_INT},
    {"Mask blur", "mask_blur", AS_INT},
    {"Masked area padding", "padding", AS_INT},
};

static bool is_label_char(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("_ -/", c) != NULL);
}

/* The length of the value at `at`: a whole JSON string, or up to the next comma. */
static size_t value_length(const char *at)
{
    size_t n = 1;

    if (*at == '"') {
        while (at[n] != '\0' && at[n] != '"') {
            n += at[n] == '\\' && at[n + 1] != '\0' ? 2 : 1;
        }
        if (at[n] == '"' && n > 1 && (at[n + 1] == ',' || at[n + 1] == '\0')) {
            return n + 1;
        }
    }
    return strcspn(at, ",");
}

/* The next "Label: value" of a line; false at its end. */
static bool next_pair(const char **line, const char **label, size_t *label_len, const char **value,
                      size_t *value_len)
{
    const char *at = *line;

    for (;;) {
        at += strspn(at, " \t");
        size_t n = 0;
        while (is_label_char(at[n])) {
            n++;
        }
        if (n > 0 && at[n] == ':') {
            *label = at;
            *label_len = n;
            at += n + 1;
            at += strspn(at, " \t");
            *value = at;
            *value_len = value_length(at);
            at += *value_len;
            *line = *at == ',' ? at + 1 : at;
            return true;
        }
        at += n + strcspn(at + n, ",");
        if (*at == '\0') {
            return false;
        }
        at++;
    }
}

static size_t count_pairs(const char *line)
{
    const char *label, *value;
    size_t label_len, value_len, n = 0;

    while (next_pair(&line, &label, &label_len, &value, &value_len)) {
        n++;
    }
    return n;
}

/* The value without its quotes. */
static json_t *unquote(const char *value, size_t n)
{
    json_t *text = n > 1 && *value == '"' ? json_loadb(value, n, JSON_DECODE_ANY, NULL) : NULL;

    return text != NULL ? text : json_stringn(value, n);
}

static json_t *typed(enum value_type type, json_t *text)
{
    const char *string = json_string_value(text);
    long long whole;
    double real;

    if (type == AS_INT) {
        return string != NULL && text_to_int(string, &whole) ? json_integer(whole) : NULL;
    }
    if (type == AS_REAL) {
        return string != NULL && text_to_real(string, &real) ? json_real(real) : NULL;
    }
    return json_incref(text);
}

static bool is_label(const char *label, size_t n, const char *name)
{
    return strlen(name) == n && memcmp(label, name, n) == 0;
}

/* "512x768" */
static void set_size(json_t *neutral, const char *text)
{
    char *end;
    long width = strtol(text, &end, 10);
    long height = *end == 'x' ? strtol(end + 1, NULL, 10) : 0;

    if (width > 0 && height > 0) {
        json_object_set_new(neutral, "width", json_integer(width));
        json_object_set_new(neutral, "height", json_integer(height));
    }
}

/* The choices that the page's words stand for. */
static void set_choice(json_t *neutral, const char *label, size_t n, const char *text)
{
    static const char *const fills[] = {"fill", "original", "latent noise", "latent nothing"};
    static const char *const ours[] = {"fill", "original", "latent-noise", "latent-nothing"};

    if (is_label(label, n, "Masked content")) {
        for (size_t i = 0; i < 4; i++) {
            if (strcmp(text, fills[i]) == 0) {
                json_object_set_new(neutral, "fill", json_string(ours[i]));
            }
        }
    } else if (is_label(label, n, "Inpaint area")) {
        bool masked = strcmp(text, "Only masked") == 0;
        json_object_set_new(neutral, "area", json_string(masked ? "masked" : "whole"));
    } else if (is_label(label, n, "Mask mode") && strcmp(text, "Inpaint not masked") == 0) {
        json_object_set_new(neutral, "invert_mask", json_true());
    } else if (is_label(label, n, "Size")) {
        set_size(neutral, text);
    }
}

static void set_pair(json_t *neutral, const char *label, size_t n, json_t *text)
{
    const char *string = json_string_value(text);

    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        bool automatic =
            labels[i].type == AS_TEXT && string != NULL && strcmp(string, "Automatic") == 0;
        if (is_label(label, n, labels[i].label) && !automatic) {
            json_t *value = typed(labels[i].type, text);
            if (value != NULL) {
                json_object_set_new(neutral, labels[i].neutral, value);
            }
            return;
        }
    }
    if (string != NULL) {
        set_choice(neutral, label, n, string);
    }
}

static void read_line(json_t *neutral, const char *line)
{
    const char *label, *value;
    size_t label_len, value_len;

    while (next_pair(&line, &label, &label_len, &value, &value_len)) {
        json_t *text = unquote(value, value_len);
        set_pair(neutral, label, label_len, text);
        json_decref(text);
    }
}

/* Trims white space off both ends, in place. */
static char *trim(char *text)
{
    size_t n;

    text += strspn(text, " \t\r\n");
    for (n = strlen(text); n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL; n--) {
        text[n - 1] = '\0';
    }
    return text;
}

/* Splits off the negative prompt, which begins at a line of its own; NULL when there is none. */
static char *split_negative(char *prompt)
{
    static const char mark[] = "Negative prompt:";
    char *at = prompt;

    while ((at = strstr(at, mark)) != NULL) {
        if (at == prompt || at[-1] == '\n') {
            *at = '\0';
            return trim(at + sizeof mark - 1);
        }
        at++;
    }
    return NULL;
}

json_t *infotext_parse(const char *text)
{
    char *copy = strdup(text);
    json_t *neutral = json_pack("{s:s,s:s,s:i,s:i}", "fill", "original", "area", "whole", "padding",
                                32, "clip_skip", 1);

    if (copy == NULL || neutral == NULL) {
        free(copy);
        json_decref(neutral);
        return NULL;
    }
    char *prompt = trim(copy);
    char *line = strrchr(prompt, '\n');
    char *last = line != NULL ? line + 1 : prompt;
    if (count_pairs(last) >= PAIRS_LEAST) {
        read_line(neutral, last);
        *(line != NULL ? line : prompt) = '\0';
    }
    char *negative = split_negative(prompt);
    json_object_set_new(neutral, "prompt", json_string(trim(prompt)));
    if (negative != NULL && *negative != '\0') {
        json_object_set_new(neutral, "negative_prompt", json_string(negative));
    }
    free(copy);
    return neutral;
}
