# --sketch lays a drawing over the image, and its strokes become the mask (inpaint sketch).
"$PYTHON" - "$TILE" <<'END'
import sys
from PIL import Image
tile = Image.open(sys.argv[1])
strokes = Image.new("RGBA", tile.size, (0, 0, 0, 0))
strokes.paste((0, 200, 255, 255), (8, 8, 24, 24))
strokes.save("strokes.png")
Image.new("RGBA", tile.size, (0, 0, 0, 0)).save("nothing.png")
Image.new("RGBA", (8, 8), (1, 2, 3, 255)).save("small.png")
tile.convert("RGB").save("opaque.png")
END
show_pixels() {
    "$PYTHON" - "$(kept)" <<'END'
import sys
from PIL import Image
image, mask = (Image.open(f"{sys.argv[1]}/{name}.png") for name in ("init-0", "mask"))
for name, at in (("stroke", (16, 16)), ("elsewhere", (40, 40))):
    print(name, "image", image.getpixel(at), "mask", mask.mode, mask.getpixel(at))
END
}
start_sandbox
try sdctl inpaint -e "$URL" -i "$TILE" --sketch strokes.png -p x --steps 1 --size 64x48 -o a.png
show_pixels
try sdctl inpaint -e "$URL" -i "$TILE" --sketch strokes.png --sketch-opacity 0.6 -p x --steps 1 --size 64x48 -o b.png
show_pixels
say 'from a pipe, inverted'
try sdctl inpaint -e "$URL" -i "$TILE" --sketch - --invert-mask -p x --steps 1 --size 64x48 -o c.png <strokes.png
show_pixels

say 'too weak for the server to repaint anything'
try sdctl inpaint --dry-run -i "$TILE" --sketch strokes.png --sketch-opacity 0.4

say 'refused'
run sdctl inpaint --dry-run -i "$TILE" --sketch strokes.png -m "$MASK"
run sdctl inpaint --dry-run -i "$TILE" --sketch strokes.png --mask-from alpha
run sdctl inpaint --dry-run -i "$TILE" --sketch-opacity 0.5 -m "$MASK"
run sdctl inpaint --dry-run -i "$TILE" --sketch strokes.png --sketch-opacity 1.5
run sdctl inpaint --dry-run -i "$TILE" --sketch nothing.png
run sdctl inpaint --dry-run -i "$TILE" --sketch small.png
run sdctl inpaint --dry-run -i "$TILE" --sketch opaque.png
run sdctl inpaint --dry-run -i "$TILE" --sketch none.png
run sdctl inpaint --dry-run -i - --sketch - <strokes.png
