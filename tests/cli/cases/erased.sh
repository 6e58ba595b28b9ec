# Parts erased from the image are the mask when --mask-from says so (seed 001).
"$PYTHON" - "$TILE" <<'END'
import sys
from PIL import Image
tile = Image.open(sys.argv[1]).convert("RGBA")
tile.paste((0, 0, 0, 0), (8, 8, 24, 24))
tile.save("erased.png")
END
run sdctl inpaint --dry-run -i erased.png -p x
run sdctl inpaint --dry-run -i "$TILE" -p x --mask-from alpha-inverted
run sdctl inpaint --dry-run -i "$TILE" -p x --mask-from luma
start_sandbox
try sdctl inpaint -e "$URL" -i erased.png --mask-from alpha-inverted -p x --steps 1 --size 64x48 -o a.png
"$PYTHON" - "$(kept)" <<'END'
import sys
from PIL import Image
image, mask = (Image.open(f"{sys.argv[1]}/{name}.png") for name in ("init-0", "mask"))
print("erased part", image.mode, image.getpixel((16, 16)), "mask", mask.getbbox(), mask.getextrema())
END
pick '.params | {init_images, mask} | map_values(if type == "array" then .[0].path else .path end)'
say 'a mask of its own goes before'
try sdctl inpaint -e "$URL" -i erased.png -m "$MASK" -p x --steps 1 --size 64x48 -o b.png
pixels "$(kept)/mask.png"
