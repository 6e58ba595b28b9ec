#include "image/inflate_input.h"

int inflate_input_fault(const struct inflate_input *in, const char *what, struct error *err)
{
    return error_set(err, EXIT_INPUT, "'%s' is not a usable PNG: its image data %s", in->name,
                     what);
}

int inflate_input_more(struct inflate_input *in, struct error *err)
{
    struct inflate_bits *b = &in->bits;

    if (!in->ended) {
        inflate_return(b);
        in->end -= b->at;
        memmove(in->bytes, in->bytes + b->at, in->end);
        b->at = 0;
    }
    while (!in->ended && in->end < 16) {
        size_t got;
        if (in->source.read(in->source.ctx, in->bytes + in->end, INFLATE_INPUT - in->end, &got,
                            err)) {
            return -1;
        }
        in->end += got;
        in->ended = got == 0;
    }
    if (in->ended) {
        memset(in->bytes + in->end, 0, INFLATE_INPUT_PAD);
    }
    return b->at < in->end + 8 ? 0 : inflate_input_fault(in, "is cut off", err);
}

int inflate_input_fill(struct inflate_input *in, struct error *err)
{
    if (in->bits.at + 8 > in->end && inflate_input_more(in, err)) {
        return -1;
    }
    inflate_load(&in->bits, in->bytes);
    return 0;
}
