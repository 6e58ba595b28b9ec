#ifndef SANDBOX_ROUTES_H
#define SANDBOX_ROUTES_H

#include "reply.h"

/* routes.c has dialect_webui: it finds the route for method and path and lets it fill the reply. */

/* Checks the request's body against a table of fields: the values, owned by the caller, or NULL
 * with a 422 in the reply. */
struct field;
json_t *routes_fields(struct request *request, struct reply *reply, const struct field *table);

/* Routes that have files of their own: img2img.c, sdcpp.c, caption.c, control.c, progress.c. */
void img2img_serve(struct request *request, struct reply *reply);
void sdcpp_serve(struct request *request, struct reply *reply);
void caption_serve(struct request *request, struct reply *reply);
void control_serve(struct request *request, struct reply *reply);
void progress_serve(struct request *request, struct reply *reply);
void progress_serve_task(struct request *request, struct reply *reply);
void progress_serve_pending(struct request *request, struct reply *reply);

#endif
