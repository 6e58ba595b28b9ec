#ifndef SANDBOX_ROUTES_H
#define SANDBOX_ROUTES_H

#include "http.h"

/* Finds the route for method and path and lets it fill the reply; 404 and 405 when there is none.
 */
void routes_serve(struct request *request, struct reply *reply);

/* Checks the request's body against a table of fields: the values, owned by the caller, or NULL
 * with a 422 in the reply. */
struct field;
json_t *routes_fields(struct request *request, struct reply *reply, const struct field *table);

/* Routes that have files of their own. */
void routes_img2img(struct request *request, struct reply *reply);     /* img2img.c */
void routes_sdcpp(struct request *request, struct reply *reply);       /* sdcpp.c */
void routes_interrogate(struct request *request, struct reply *reply); /* caption.c */
void routes_detect(struct request *request, struct reply *reply);      /* control.c */

#endif
