# A5: inpaint_full_res is a boolean that 0 and 1 stand for too; blur takes whole numbers only.
for value in 0 1 false true 2 '"whole"'; do
    try sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --set "inpaint_full_res=$value"
    [ "$status" != 0 ] || pick .inpaint_full_res
done
for value in 4 4.0 4.5 '"4"' -1; do
    try sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --set "mask_blur=$value"
    [ "$status" != 0 ] || pick .mask_blur
done
run sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --mask-blur 4.5
echo '{"inpaint_full_res": 2}' >params.json
run sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --params params.json
