#ifndef SDCTL_CMD_MASK_REPORT_H
#define SDCTL_CMD_MASK_REPORT_H

#include "base/error.h"
#include "image/mask.h"

/* Prints what a mask is and what is suspicious about it as one JSON object (sdctl-mask-invert, THE
 * REPORT). path is what it calls the mask, fit the file that fit_width and fit_height come from, or
 * NULL. EXIT_INPUT when the mask is unusable, EXIT_OUTPUT. */
int mask_report_print(const struct png_source *source, const char *path,
                      const struct mask_options *options, const char *fit, struct error *err);

#endif
