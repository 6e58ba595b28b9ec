# A21: servers differ in whether they turn a picture by its EXIF orientation, so it is not left to them.
start_sandbox
"$PYTHON" - "$TILE" <<'END'
import sys
from PIL import Image
picture = Image.open(sys.argv[1])
for turn in 1, 6:
    exif = Image.Exif()
    exif[0x0112] = turn
    picture.save("turn-%d.jpg" % turn, exif=exif)
    picture.save("turn-%d.png" % turn, exif=exif)
END
for turn in 1 6; do
    for type in jpg png; do
        try sdctl img2img -e "$URL" -i turn-$turn.$type --steps 1 --size 64x48 --force -o out.png
    done
done
say 'a mask that is turned'
run sdctl inpaint -e "$URL" -i "$TILE" -m turn-6.png -o mask-out.png
posts
