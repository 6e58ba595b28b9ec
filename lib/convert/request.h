#ifndef SDCTL_CONVERT_REQUEST_H
#define SDCTL_CONVERT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "convert/scan.h"

/* The members of the request that was scanned, by name, and what their values mean to the servers.
 */

/* Names that rules ask for. */
enum request_name {
    REQUEST_INPUT_IMAGE,
    REQUEST_INPUT_MASK,
    REQUEST_UOV_METHOD,
    REQUEST_UPSCALE_VALUE,
    REQUEST_SELECTIONS,
    REQUEST_ADDITIONAL_PROMPT,
    REQUEST_LEFT,
    REQUEST_TOP,
    REQUEST_RIGHT,
    REQUEST_BOTTOM,
    REQUEST_IMAGE_PROMPTS,
    REQUEST_ENHANCE_IMAGE,
    REQUEST_ENHANCE_CTRLNETS,
    REQUEST_ENHANCE_CHECKBOX,
    REQUEST_INVERT,
    REQUEST_MIX_UOV,
    REQUEST_MIX_INPAINT,
    REQUEST_UOV_IMAGE,
    REQUEST_INPAINT_IMAGE,
    REQUEST_CONTROLNET,
    REQUEST_DISTANCE,
    REQUEST_NAMES,
};

struct request {
    const struct scan *scan;
    const char *text;
    int16_t ids[REQUEST_NAMES];       /* places in the index */
    int16_t at[2][MAPPING_NAMES_MAX]; /* members by place in the index; -1; [1]: advanced */
};

/* Looks the names up. Once. */
void request_init(struct request *r, const struct mapping_index *index);

/* Takes the members that were scanned. */
void request_load(struct request *r, const struct scan *scan);

/* A member of the request itself, or of advanced_params; NULL when it is not there. */
const struct scan_member *request_find(const struct request *r, enum request_name name,
                                       bool advanced);

/* The text of a member's value. */
static inline const char *request_value(const struct request *r, const struct scan_member *m)
{
    return r->text + m->value;
}

/* All of these are false for NULL. */

/* Whether the value is this JSON text (true, null, 1.0). */
bool request_is(const struct request *r, const struct scan_member *m, const char *json);

/* Whether it is this string, escapes undone. */
bool request_says(const struct request *r, const struct scan_member *m, const char *what);

/* Whether the servers' models read it as true. */
bool request_truth(const struct request *r, const struct scan_member *m);

/* Whether it is a string that is not empty. */
bool request_has_text(const struct request *r, const struct scan_member *m);

/* Whether it is an image to the servers: a string that is not one of "", "None", "null", "none" and
 * "string" (FooocusAPI, read_input_image). */
bool request_has_image(const struct request *r, const struct scan_member *m);

/* The same for any value of n bytes in the request's text. */
bool request_image_at(const struct request *r, const char *value, size_t n);

/* Whether it is an array with an element. */
bool request_has_elements(const struct request *r, const struct scan_member *m);

/* Whether it is a number; *number is its value. */
bool request_number(const struct request *r, const struct scan_member *m, double *number);

/* Whether an object in the array has an image as its cn_img. *first tells whether the first has. */
bool request_has_prompts(const struct request *r, const struct scan_member *m, bool *first);

#endif
