# A10: white is repainted, here as on the server; what looks like a mistake is said or refused.
start_sandbox
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --steps 1 --size 64x48 -o out.png
pixels "$(kept)/mask.png"
pixels "$MASK"

say 'inverted it is nearly all white'
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --invert-mask --steps 1 --size 64x48 -o inverted.png
pixels "$(kept)/mask.png"

say 'all black, all white'
"$PYTHON" -c 'from PIL import Image
for name, grey in ("black", 0), ("white", 255):
    Image.new("L", (64, 48), grey).save(name + ".png")'
run sdctl inpaint -e "$URL" -i "$TILE" -m black.png -o black-out.png
run sdctl inpaint -e "$URL" -i "$TILE" -m white.png --invert-mask -o white-out.png
try sdctl inpaint -e "$URL" -i "$TILE" -m white.png --steps 1 --size 64x48 -o white-out.png

say 'outside the mask the picture is as it was'
"$PYTHON" - "$TILE" out.png <<'END'
import sys
from PIL import Image, ImageChops
a, b = (Image.open(p).convert("RGB") for p in sys.argv[1:])
changed = ImageChops.difference(a, b).getbbox()
print("changed only near the mask:", changed[0] >= 12 and changed[1] >= 4 and changed[2] <= 52 and changed[3] <= 44)
END
