# Inpainting: its own path and spelling (inpainting_full_res), the image's own size, the mask as everywhere.
start_ppinfra
try sdctl inpaint "${PLAIN[@]}" -m "$MASK" --seed 5 --strict -o plain.png
posts
sent .
pick '[.status, .warnings], (.images[] | {width, height, seed})'
pixels "$(kept)/mask.png"
try sdctl inpaint "${PLAIN[@]}" -m "$MASK" -n ugly --seed 5 --count 2 --strength 0.9 --clip-skip 2 --mask-blur 3 --area masked --padding 8 \
    --lora brushes_200000 --embedding clean_hands_200011 --set inpainting_mask_invert=0 --set initial_noise_multiplier=0.5 --strict -o full.png
sent .
pick '[.status, .warnings], (.images[] | {width, height, seed})'
try sdctl inpaint "${PLAIN[@]}" -m "$MASK" --area whole --mask-blur-x 2 --mask-blur-y 2 --invert-mask --size 64x48 --force -o plain.png
sent '.request | {inpainting_full_res, inpainting_full_res_padding, mask_blur, width, height}'
pixels "$(kept)/mask.png"
try sdctl inpaint "${PLAIN[@]}" -m "$MASK" --ui-defaults --force -o plain.png
sent '.request | {inpainting_full_res, inpainting_full_res_padding, mask_blur}'
before=$(posts | grep -c POST)

say 'what the service has not'
run sdctl inpaint "${PLAIN[@]}" -m "$MASK" --size 128x128 -o no.png
run sdctl inpaint "${PLAIN[@]}" -m "$MASK" --mask-blur-x 2 --mask-blur-y 3 -o no.png
run sdctl inpaint "${PLAIN[@]}" -m "$MASK" --fill latent-noise --style s --controlnet image=$TILE,model=m,strength=1 -o no.png
run sdctl img2img "${SMALL[@]}" --set mask_blur=4 --set inpainting_full_res=1 -o no.png
run sdctl inpaint "${PLAIN[@]}" -m "$MASK" --set inpainting_full_res=2 -o no.png
run sdctl inpaint "${PLAIN[@]}" -m "$MASK" --set inpaint_full_res=1 -o no.png
[ "$(posts | grep -c POST)" = "$before" ] && echo 'nothing was sent'

say 'masks of any kind'
"$PYTHON" - "$MASK" <<'END'
import sys
from PIL import Image
m = Image.open(sys.argv[1]).convert("L")
m.convert("1").save("bits.png")
m.convert("P").save("palette.png")
Image.new("L", m.size).save("blank.png")
END
for mask in bits palette; do
    try sdctl inpaint "${PLAIN[@]}" -m $mask.png --seed 5 --force -o plain.png
    pixels "$(kept)/mask.png"
done
run sdctl inpaint "${PLAIN[@]}" -m blank.png -o no.png
tree
