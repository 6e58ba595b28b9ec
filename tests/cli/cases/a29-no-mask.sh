# A29: without a mask there is none to keep or to save; the server's own ways to see it are passed on.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 1 --set include_init_images=true -o out.png
sent '[has("mask"), .include_init_images]'
pick '[.status, (.images | length), .warnings]'
say 'return_mask adds a picture, which is no result'
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --steps 1 --size 64x48 --seed 1 --set override_settings.return_mask=true \
    --set override_settings.return_mask_composite=true --strict -o mask.png
pick '.images[] | {path, role, seed}'
run sdctl inpaint -e "$URL" -i "$TILE" -o none.png
