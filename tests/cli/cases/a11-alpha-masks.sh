# A11: page and API read a mask's alpha the opposite way; so it is settled here, and grey is sent.
start_sandbox
"$PYTHON" - <<'END'
from PIL import Image, ImageDraw
# a drawing: transparent, with an opaque black stroke
stroke = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
ImageDraw.Draw(stroke).rectangle((24, 16, 39, 31), fill=(0, 0, 0, 255))
stroke.save("stroke.png")
# opaque black with a translucent stroke: the API alone would take all of it
glass = Image.new("RGBA", (64, 48), (0, 0, 0, 255))
ImageDraw.Draw(glass).rectangle((24, 16, 39, 31), fill=(255, 255, 255, 100))
glass.save("glass.png")
grey = Image.open(__import__("os").environ["DATA"] + "/tile-mask.png")
grey.convert("RGBA").save("opaque.png")
grey.convert("1").save("bits.png")
grey.convert("P").save("palette.png")
grey.convert("LA").save("grey-alpha.png")
END
white() { # how much of the mask that was sent is white
    "$PYTHON" -c 'import sys; from PIL import Image
i = Image.open(sys.argv[1]); print(i.mode, i.size, sum(v > 127 for v in i.getdata()))' "$(kept)/mask.png"
}
send() {
    try sdctl inpaint -e "$URL" -i "$TILE" "$@" --steps 1 --size 64x48 --force -o out.png
    [ "$status" != 0 ] || white
}
send -m stroke.png
posts
send -m stroke.png --mask-from alpha
send -m stroke.png --mask-from alpha-inverted --invert-mask
send -m glass.png
send -m glass.png --mask-from alpha-inverted --threshold 128

say 'without transparent parts there is nothing to settle'
for mask in opaque bits palette grey-alpha; do
    send -m $mask.png
done
