#ifndef SDCTL_CMD_IMAGE_H
#define SDCTL_CMD_IMAGE_H

#include "job/job.h"

/* Pictures on their way into a job. Each of these gives the node that stands for the picture in the
 * request (a new reference), or NULL with the error set. */

/* The file as it is. */
json_t *image_open(struct job *job, const char *path, struct error *err);

/* The file as an init image: transparency is laid over white, and one that is turned by its EXIF
 * orientation is refused, since servers disagree on both (A21). */
json_t *image_open_init(struct job *job, const char *path, struct error *err);

/*
 * Puts nodes in the place of base64 text in native parameters (--params, --set; NULL is fine), so
 * that init images given like that are treated as --image is and do not swell the result document.
 * http and https links are left as they are: the server fetches them. EXIT_INPUT when the text is
 * no picture.
 */
int image_lift(struct job *job, json_t *native, struct error *err);

/* The name of the first parameter of type `type` that `native` has, by the table of the job's
 * backend, or of any while it is not known; NULL when there is none. */
const char *image_parameter(const struct job *job, const json_t *native, enum native_type type);

/* Whether text in a picture's place is an address. */
bool image_is_link(const char *text);

/* Decodes one base64 picture (a data: prefix is taken off) into an anonymous file. -1 on error. */
int image_decode(const char *base64, const char *name, struct error *err);

#endif
