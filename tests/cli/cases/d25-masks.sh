# D25: both servers take masks as they are, so a palette, one bit, 16 bits or alpha would mean nothing or something
# else. Every mask is sent as 8-bit grey of the image's size.
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind
    "$PYTHON" - "$MASK" <<'END'
import sys
from PIL import Image
mask = Image.open(sys.argv[1]).convert("L")
mask.convert("1").save("one-bit.png")
mask.convert("1").convert("P").save("palette.png")
mask.point(lambda v: v * 257, "I").convert("I;16").save("sixteen.png")
mask.convert("RGB").save("colour.png")
Image.merge("RGBA", [mask] * 3 + [mask]).save("alpha.png")
mask.resize((32, 24)).save("small.png")
END
    for mask in one-bit palette sixteen colour; do
        try sdctl inpaint "${MASKED[@]}" -q -m $mask.png --force -o out.png
        for file in "$(kept)"/mask*.png; do pixels "$file"; done
        pixels out.png
    done
    run sdctl inpaint "${MASKED[@]}" -m alpha.png -o no.png
    try sdctl inpaint "${MASKED[@]}" -q -m alpha.png --mask-from luma --force -o out.png
    pixels out.png
    run sdctl inpaint "${MASKED[@]}" -m small.png -o no.png
done
