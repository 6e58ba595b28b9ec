#ifndef SANDBOX_RECORD_H
#define SANDBOX_RECORD_H

#include "base/buf.h"
#include "job.h"
#include "sandbox.h"

/* --root: keeps what was received and sent, a numbered folder a request, for tests and the curious.
 * A file that cannot be written is reported on standard error and otherwise ignored. Every
 * function does nothing when `folder` is NULL or empty. */

#define RECORD_PATH_MAX 1024

/* Makes the next folder, DIR/0001 and so on; "" without --root or when it cannot be made. */
void record_folder(struct sandbox *box, char folder[RECORD_PATH_MAX]);

/* Writes bytes to folder/name. */
void record_bytes(const char *folder, const char *name, const void *bytes, size_t n);

/* JSON, indented. */
void record_json(const char *folder, const char *name, const json_t *value);

/* request.json: the body of an img2img request, its pictures replaced by the names of their files,
 * "init-0" and "mask", without the extension. */
void record_without_pictures(const char *folder, const json_t *body);

/* The bytes of a picture as received, name-INDEX with the extension that fits them ("init-0.png");
 * `file` (may be NULL) becomes that name. */
void record_picture(const char *folder, const char *name, int index, const struct buf *bytes,
                    char file[64]);

/* What the model sees: processed-init.png (and -1 ...), processed-mask.png, overlay-mask.png, and
 * processed.json with the crop rectangle. */
void record_prepared(const char *folder, const struct prepared *p);

#endif
