# A2: mask_blur_x and mask_blur_y are sigmas of a Gaussian along one axis each, not offsets.
start_sandbox
profile() { # how many pixels of the middle row and column of the prepared mask are white or grey
    "$PYTHON" - "$(kept)/processed-mask.png" <<'END'
import sys
from PIL import Image
i = Image.open(sys.argv[1]).convert("L")
row = [i.getpixel((x, 24)) for x in range(i.width)]
column = [i.getpixel((32, y)) for y in range(i.height)]
first = lambda line: next(n for n, v in enumerate(line) if v)
print("row: %d from %d; column: %d from %d" % (sum(v > 0 for v in row), first(row),
                                              sum(v > 0 for v in column), first(column)))
END
}
for blur in '--mask-blur 0' '--mask-blur-x 4 --mask-blur-y 0' '--mask-blur-x 0 --mask-blur-y 4'; do
    # shellcheck disable=SC2086
    try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" $blur --area whole --steps 1 --size 64x48 \
        --force -o out.png
    profile
done
run sh -c '"$0" inpaint --help | grep -e --mask-blur' "$SDCTL"
