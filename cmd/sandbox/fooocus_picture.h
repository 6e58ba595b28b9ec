#ifndef SANDBOX_FOOOCUS_PICTURE_H
#define SANDBOX_FOOOCUS_PICTURE_H

#include "base/buf.h"
#include "image/raster.h"
#include "sandbox.h"

/*
 * A picture as numpy.array(Image.open(...)) sees it, which is all that the Fooocus servers do to
 * one (D25): indices instead of a palette's colours, 0 and 1 instead of black and white at one bit,
 * the low byte of 16-bit grey.
 */
enum fooocus_form {
    FOOOCUS_BYTES,
    FOOOCUS_BITS,       /* one bit: no uint8 for the old server, which refuses it */
    FOOOCUS_DEEP,       /* 16-bit grey, the same */
    FOOOCUS_GREY_ALPHA, /* two channels, which HWC3() refuses; held as RGBA here */
};

struct fooocus_picture {
    struct raster raster; /* no pixels: there is no picture */
    enum fooocus_form form;
};

/* Where the bytes are kept as received (record.h): --root's folder of the request, a name. */
struct fooocus_keep {
    const char *folder, *name;
};

/* Reads base64, a data URI, or a link to a file of this server itself (below `folder`; any other
 * link counts as one that cannot be fetched). "", "None", "null", "string" and "none" are no
 * picture, and so is a failed link. 500 for anything that cannot be read. */
int fooocus_picture_read(const char *text, const char *folder, const struct fooocus_keep *keep,
                         struct fooocus_picture *to, struct failure *f);

/* The same from the bytes of a file. */
int fooocus_picture_decode(const void *bytes, size_t n, struct fooocus_picture *to,
                           struct failure *f);

void fooocus_picture_release(struct fooocus_picture *p);

/* modules/util.py HWC3: RGB, transparency over white. AssertionError for two channels. */
int fooocus_picture_rgb(const struct fooocus_picture *p, struct raster *to, struct failure *f);

/* The picture in the bytes of a file: `ext` is png, jpeg, jpg or webp. False when this program
 * cannot write it (WebP without libwebp) or the picture is too large for it. */
bool fooocus_picture_encode(const struct raster *r, const char *ext, const char *const *texts,
                            struct buf *to);

/* The whole file, or false. */
bool fooocus_picture_load(const char *path, struct buf *to);

#endif
