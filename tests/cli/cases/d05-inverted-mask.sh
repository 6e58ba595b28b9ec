# D5: FooocusAPI forces invert_mask_checkbox to false, so a mask is inverted by its pixels, for both servers.
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind
    try sdctl inpaint "${MASKED[@]}" -q -o plain-$kind.png
    try sdctl inpaint "${MASKED[@]}" --invert-mask -q -o inverted-$kind.png
    pick '.params | keys'
    for n in 1 2; do
        for mask in "$(kept $n)"/mask*.png; do pixels "$mask"; done
    done
    for n in plain inverted; do
        "$PYTHON" - $n-$kind.png "$TILE" <<'END'
import sys
from PIL import Image
a, b = (Image.open(name).convert("RGB") for name in sys.argv[1:])
print([a.getpixel(at) == b.getpixel(at) for at in ((2, 2), (32, 24))], "corner and middle as they were")
END
    done
done
say 'the flag itself'
run sdctl inpaint "${MASKED[@]}" -b fooocusapi --set invert_mask_checkbox=true --dry-run
run sdctl inpaint "${MASKED[@]}" -b fooocus-api --set invert_mask_checkbox=true --dry-run
