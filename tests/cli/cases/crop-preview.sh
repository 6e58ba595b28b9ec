# --crop-preview computes and draws what the server will see, and sends nothing.
run sdctl inpaint -i "$TILE" -m "$MASK" --mask-blur 0 --crop-preview p.png
pixels p.png
run sdctl inpaint -i "$TILE" -m "$MASK" --ui-defaults --size 128x96 --resize fill --crop-preview p.png
run sdctl inpaint -i "$TILE" -m "$MASK" --ui-defaults --size 128x96 --resize fill --crop-preview p.png --force
say 'the rectangle is the one that the server works on'
start_sandbox
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --mask-blur 2 --padding 4 --size 64x64 --steps 1 -p x -o out.png
try sdctl inpaint -i "$TILE" -m "$MASK" --mask-blur 2 --padding 4 --size 64x64 --crop-preview q.png
pick '.crop, .scale, .processing'
say 'a mask that is too weak, and one that the blur wipes out'
"$PYTHON" - <<'END'
from PIL import Image
weak = Image.new("L", (64, 48))
weak.paste(90, (20, 20, 40, 40))
weak.save("weak.png")
speck = Image.new("L", (64, 48))
speck.putpixel((30, 30), 9)
speck.save("speck.png")
END
try sdctl inpaint -i "$TILE" -m weak.png --crop-preview weak-preview.png
pick .warnings
try sdctl inpaint -i "$TILE" -m speck.png --mask-blur 9 --crop-preview speck-preview.png
pick '.crop, .warnings'
try sdctl inpaint -i "$TILE" --outpaint left=3 --crop-preview canvas.png
pick '.image, .crop, .processing, .warnings'
say 'refused'
run sdctl inpaint -i "$TILE" -m "$MASK" --crop-preview -
run sdctl inpaint -i "$TILE" -m "$MASK" --crop-preview none/p.png
run sdctl inpaint -i "$TILE" -m "$MASK" --crop-preview r.png --dry-run
run sdctl inpaint -i "$TILE" --crop-preview r.png
run sdctl inpaint -i "$TILE" -m "$MASK" --resize latent --area whole --size 128x128 --crop-preview r.png
run sdctl img2img -i "$TILE" --crop-preview r.png
tree
