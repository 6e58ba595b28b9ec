# --from an image with its infotext.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" -p 'a cat, (red:1.2)' -n 'dog: "brown"' --steps 2 --seed 9 --sampler 'DPM++ 2M' --scheduler Karras --strength 0.4 --size 72x40 -o one.png
try sdctl img2img --dry-run --from one.png
jq -c 'del(.init_images)' "$CASE/stdout"
jq -r '.init_images[0]' "$CASE/stdout" | base64 -d | cmp - one.png && echo 'the image itself'
run sdctl img2img --dry-run --from "$TILE"
say 'JPEG and WebP keep it as an EXIF comment'
"$PYTHON" - one.png <<'END'
import sys
from PIL import Image
picture = Image.open(sys.argv[1])
text = picture.text["parameters"]
exif = Image.Exif()
exif[0x8769] = {0x9286: b"UNICODE\0" + text.encode("utf-16-be")}
for name in "one.jpg", "one.webp":
    picture.convert("RGB").save(name, exif=exif)
END
for type in jpg webp; do
    try sdctl img2img --dry-run --from one.$type
    jq -c 'del(.init_images)' "$CASE/stdout"
done
