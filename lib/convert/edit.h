#ifndef SDCTL_CONVERT_EDIT_H
#define SDCTL_CONVERT_EDIT_H

#include "convert/convert_state.h"

/*
 * Values that change in places: arrays of objects. The value of m becomes pieces of the planned
 * member `to`, which the functions begin themselves; what is not touched is carried as it is.
 */

/* loras: every element has `enabled` (D12). */
void edit_loras(struct convert *c, const struct scan_member *m, const char *to);

/* image_prompts to controlnet_image: 0 and null of cn_stop and cn_weight become the defaults of the
 * type, and those that are absent, too, when defaults are pinned (D7). Elements without an image
 * before one with an image are left out, for the new server looks at the first only. */
void edit_prompts(struct convert *c, const struct scan_member *m, const char *to);

/* controlnet_image to image_prompts: 0 becomes 0.0001, absent ones the new default when pinned. */
void edit_prompts_back(struct convert *c, const struct scan_member *m, const char *to);

/* enhance_ctrlnets to enhance_ctrls or back: the default of enhance_mask_dino_prompt when pinned.
 */
void edit_ctrls(struct convert *c, const struct scan_member *m, const char *to);

#endif
