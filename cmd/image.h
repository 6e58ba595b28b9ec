#ifndef SDCTL_CMD_IMAGE_H
#define SDCTL_CMD_IMAGE_H

#include "job/job.h"

/* Pictures on their way into a job. Each of these gives the node that stands for the picture in the
 * request (a new reference), or NULL with the error set. */

/* The file as it is. */
json_t *image_open(struct job *job, const char *path, struct error *err);

/* The file as an init image: transparency is laid over white, and one that is turned by its EXIF
 * orientation is turned, both as a PNG, since servers disagree on them (A21); any other goes out as
 * its own bytes. If it had transparent parts and `erased` is not NULL, that gets a descriptor of
 * the file as it was, to be closed by the caller; else it is left alone. */
json_t *image_open_init(struct job *job, const char *path, int *erased, struct error *err);

/* Puts the file at `path`, a result, in the place of the job's picture `at`. */
int image_replace(struct job *job, size_t at, const char *path, struct error *err);

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

/* Which of the job's pictures is its first init image: of --image or --from, else of native
 * parameters. n_sources when there is none, or when it is a link. */
size_t image_first(const struct job *job);

/* How many init images there are, links included. */
size_t image_count(const struct job *job);

/* Which of the job's pictures a node stands for, or n_sources. */
size_t image_find(const struct job *job, const json_t *node);

/* Whether text in a picture's place is an address. */
bool image_is_link(const char *text);

/* Decodes one base64 picture (a data: prefix is taken off) into an anonymous file. -1 on error. */
int image_decode(const char *base64, const char *name, struct error *err);

#endif
