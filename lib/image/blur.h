#ifndef SDCTL_IMAGE_BLUR_H
#define SDCTL_IMAGE_BLUR_H

#include "base/error.h"
#include "image/raster.h"

/*
 * The two Gaussian blurs that a WebUI server applies: OpenCV's to masks and Pillow's to pictures.
 * Both work in place on 8-bit rasters of any channels.
 */

#define BLUR_SIGMA_MAX 4096.0

/* cv2.GaussianBlur along x, then along y, each with a kernel of 2*int(2.5*sigma+0.5)+1 taps in
 * 1/256 steps, rounded after each direction, the border reflected without repeating the edge (A2).
 * A sigma of 0 or less leaves its direction alone. EXIT_INPUT over BLUR_SIGMA_MAX. */
int blur_opencv(struct raster *r, double sigma_x, double sigma_y, struct error *err);

/* ImageFilter.GaussianBlur(radius): three box blurs a direction, the border repeated, 8 bits kept
 * between the passes. radius 0 changes nothing. */
int blur_pillow(struct raster *r, double radius, struct error *err);

/* A box of 2*radius+1 pixels of the weight `whole`, and one more at each end of the weight `share`;
 * together 2^24. */
struct blur_box {
    int radius;
    uint32_t whole, share;
};

/* The box whose threefold use has the standard deviation `sigma`: a part of blur_pillow(). */
struct blur_box blur_box_for(double sigma);

#endif
