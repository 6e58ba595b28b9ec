# A21: servers differ in whether they turn a picture by its EXIF orientation, so it is turned here,
# and the EXIF data stays behind; a mask is turned likewise.
start_sandbox
"$PYTHON" - "$TILE" "$MASK" <<'END'
import sys
from PIL import Image
for path, name in (sys.argv[1], "turn"), (sys.argv[2], "mask"):
    picture = Image.open(path)
    for turn in 1, 3, 6:
        exif = Image.Exif()
        exif[0x0112] = turn
        picture.save("%s-%d.png" % (name, turn), exif=exif)
END
look() { # look SENT FILE ANGLE: whether SENT is FILE turned by so much, without EXIF
    "$PYTHON" - "$@" <<'END'
import sys
from PIL import Image
sent, file = (Image.open(p) for p in sys.argv[1:3])
turned = file.rotate(int(sys.argv[3]), expand=True)
print(sent.size, sent.tobytes() == turned.tobytes(), "EXIF" if sent.getexif() else "no EXIF")
END
}
for case in '1 0' '3 180' '6 270'; do
    try sdctl img2img -e "$URL" -i "turn-${case% *}.png" --steps 1 --size 64x48 --force -o out.png
    look "$(kept)/init-0.png" "$TILE" "${case#* }"
done

say 'image and mask, each as it says of itself'
try sdctl inpaint -e "$URL" -i turn-6.png -m mask-6.png --steps 1 --size 48x64 -o out-6.png
look "$(kept)/init-0.png" "$TILE" 270
look "$(kept)/mask.png" "$MASK" 270
run sdctl inpaint -e "$URL" -i turn-1.png -m mask-6.png --steps 1 --size 64x48 -o none.png

say 'transparency is laid over white, as the server would'
"$PYTHON" -c 'from PIL import Image; Image.new("RGBA", (64, 48), (10, 20, 30, 0)).save("glass.png")'
try sdctl img2img -e "$URL" -i glass.png --steps 1 --size 64x48 -o glass-out.png
"$PYTHON" -c 'import sys; from PIL import Image; i = Image.open(sys.argv[1]); print(i.mode, i.getpixel((0, 0)))' "$(kept)/init-0.png"
pick .warnings
