#ifndef SDCTL_CMD_CROP_PREVIEW_H
#define SDCTL_CMD_CROP_PREVIEW_H

#include "cmd/generation.h"

#define CROP_PREVIEW_PIXELS_MAX (64ULL * 1024 * 1024)

/*
 * inpaint --crop-preview: computes what the server will make of image and mask, draws it, and
 * prints one JSON document: {"command","crop_preview","image":{"width","height"},"area",
 * "crop":{"left","top","right","bottom"} or null,"scale":{"x","y"},"processing":{"width","height"},
 * "mask_blur_x","mask_blur_y","padding","fill","resize","warnings"}. The job was prepared offline;
 * nothing is sent. Image and mask are held in memory, CROP_PREVIEW_PIXELS_MAX each at most.
 * EXIT_INPUT, EXIT_OUTPUT.
 */
int crop_preview_run(struct job *job, const struct generation *g, struct error *err);

#endif
