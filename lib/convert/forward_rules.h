#ifndef SDCTL_CONVERT_FORWARD_RULES_H
#define SDCTL_CONVERT_FORWARD_RULES_H

#include "convert/convert_state.h"

/* What becomes of each member of an old request: a rule for each row of the mapping. */

/* What the members together mean. */
struct forward {
    bool inverts;       /* the mask is to be inverted */
    bool inpaints;      /* an image to inpaint goes along */
    bool mixes_uov;     /* image prompts together with an image to upscale or vary */
    bool mixes_inpaint; /* and with one to inpaint */
    unsigned missing;   /* directions with a distance that are not selected */
    bool merged;        /* the distances are planned */
};

/* The four distances in the new server's order: left, top, right, bottom. */
extern const enum request_name forward_rules_distances[];

/* What input_image is called for the request's kind. */
const char *forward_rules_image(const struct convert *c);

/* Plans what becomes of a member, and notes it. EXIT_INPUT when that cannot be. */
int forward_rules_member(struct convert *c, struct forward *f, const struct scan_member *m,
                         struct error *err);

#endif
