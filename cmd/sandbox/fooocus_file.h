#ifndef SANDBOX_FOOOCUS_FILE_H
#define SANDBOX_FOOOCUS_FILE_H

#include "fooocus_engine.h"
#include "reply.h"

/* Saves a result below the engine's folder as RESULTS/DATE/NAME and adds "DATE/NAME" to
 * task->files (private_logger.py, file_utils.change_filename). `output_format` and the metadata
 * come from the order. 500 ValueError for a format that cannot be written. */
int fooocus_file_save(struct fooocus_engine *engine, struct fooocus_task *task,
                      const struct raster *picture, int64_t seed, int steps, struct failure *f);

/* Keeps a picture in --root's folder of the request as NAME.png; nothing when either is empty. */
void fooocus_file_record(const char *folder, const char *name, const struct raster *picture);

/* The same for task.json with the task's id. */
void fooocus_file_record_id(const struct fooocus_task *task);

/* Answers GET for a file below the engine's folder: as it is, or in the format that an Accept of
 * exactly "x/png", "x/jpeg", "x/webp" asks for, without its metadata. "x/jpg" gives an empty 200,
 * no Accept at all a 500, a missing file `missing`, 404 or 500 (D15, D16). */
void fooocus_file_serve(const struct request *request, struct reply *reply,
                        const struct fooocus_engine *engine, const char *path, bool any_name,
                        unsigned missing);

/* The format that an Accept header asks for: "png" ..., "" when it has no single slash. *image
 * tells whether its type is image. */
void fooocus_file_accept(const char *accept, char ext[16], bool *image);

/* Stores a picture as inputs/SHA256.png, named by the hash of its base64 as the server does, and
 * puts the link to it, or "" for no picture, into `link`. */
void fooocus_file_keep_input(const struct fooocus_engine *engine, const struct raster *picture,
                             const char *base_url, char link[256]);

#endif
