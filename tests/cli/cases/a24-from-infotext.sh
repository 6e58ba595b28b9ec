# A24: what an infotext does not mention means the page's defaults, which are not the API's.
start_sandbox
four='{inpainting_fill, inpaint_full_res, inpaint_full_res_padding, mask_blur, mask_blur_x, mask_blur_y, clip: .override_settings}'
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --ui-defaults -p 'a tile' -n 'a door' --steps 3 --seed 7 \
    --sampler 'Euler a' --cfg-scale 5.5 --strength 0.6 --size 64x48 -o page.png
"$PYTHON" -c 'from PIL import Image; print(Image.open("page.png").text["parameters"])'
try sdctl inpaint --dry-run --from page.png -m "$MASK"
pick 'del(.init_images, .mask)'

say 'x and y differ: no blur in the infotext'
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --mask-blur-x 2 --mask-blur-y 3 --area masked --padding 8 \
    --fill latent-noise --clip-skip 2 --steps 3 --seed 7 --size 64x48 -o masked.png
"$PYTHON" -c 'from PIL import Image; print(Image.open("masked.png").text["parameters"])'
try sdctl inpaint --dry-run --from masked.png -m "$MASK"
pick "$four"

say 'for img2img there is no mask to speak of'
try sdctl img2img --dry-run --from masked.png
pick "$four"
