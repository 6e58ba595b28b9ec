# A13: more images come back than were asked for; the extra ones are named apart.
start_sandbox --flavour a1111
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 3 --count 2 --set save_images=true \
    --controlnet "image=$TILE,module=canny,model=control_v11p_sd15_canny [d14c016b]" --strict -o cat.png
pick '.images[] | {path, role, seed}'
pick .warnings

say 'into a folder'
mkdir dir
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 3 --count 2 --set save_images=true \
    --controlnet "image=$TILE,module=canny,model=control_v11p_sd15_canny [d14c016b]" --strict -o dir/
pick '.images[] | {path, role, seed}'

say 'standard output takes the result only'
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 3 \
    --controlnet "image=$TILE,module=canny,model=control_v11p_sd15_canny [d14c016b]" -o -
file -b "$CASE/stdout"
cmp "$CASE/stdout" cat-1.png && echo 'the same picture'
tree
