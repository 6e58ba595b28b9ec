# --outpaint extends the canvas, marks the new area and sends both at the canvas's size.
try sdctl img2img --dry-run -i "$TILE" --outpaint left=16,bottom=8
pick '{width, height, inpainting_fill, inpaint_full_res, image: (.init_images[0][0:8]), mask: (.mask[0:8])}'
say 'sizes that are set stay; those of an earlier result do not'
try sdctl inpaint --dry-run -i "$TILE" --outpaint right=32 --size 256x128
pick '{width, height}'
try sdctl img2img --dry-run -i "$TILE" --outpaint right=32 --width 512
pick '{width, height}'
try sdctl img2img --dry-run -i "$TILE" --outpaint right=32 --set height=512
pick '{width, height}'
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 3 -o first.png
try sdctl img2img -e "$URL" --from first.png --outpaint top=16,left=64 --steps 1 -o wide.png
pick '.images[] | {path, width, height}'
sent '{width, height}'
pixels "$(kept)/mask.png"

say 'with a mask of its own'
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --outpaint left=64 --steps 1 --ui-defaults -o both.png
sent '{width, height, inpainting_fill, inpaint_full_res}'
pixels "$(kept)/mask.png"
"$PYTHON" - "$(kept)/mask.png" <<'END'
import sys
from PIL import Image
mask = Image.open(sys.argv[1])
print("left of the image", mask.crop((0, 0, 64, 48)).getextrema(), "in it", mask.crop((64, 0, 128, 48)).getbbox())
END

say 'a canvas that is not a multiple of 8 is told'
try sdctl img2img -e "$URL" -i "$TILE" --outpaint left=3 --steps 1 -o odd.png
pick '.warnings, (.images[] | {width, height})'

say 'refused'
for sides in left left=0 left=1,left=2 up=8 left=-1 left=8, left=99999 left=8x; do
    run sdctl img2img --dry-run -i "$TILE" --outpaint "$sides"
done
run sdctl img2img --dry-run -i "$TILE" -i "$TILE" --outpaint left=8
run sdctl img2img --dry-run --outpaint left=8
run sdctl inpaint --dry-run -i "$TILE" --outpaint left=8 --invert-mask
