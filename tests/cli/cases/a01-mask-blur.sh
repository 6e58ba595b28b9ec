# A1: mask_blur beats mask_blur_x and mask_blur_y, so they are never sent together.
blurs='{mask_blur, mask_blur_x, mask_blur_y}'
start_sandbox

run sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --mask-blur 4 --mask-blur-x 2
run sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --mask-blur-y 4 --set mask_blur=0

say "the seed's sample has all three"
echo '{"mask_blur": 0, "mask_blur_x": 4, "mask_blur_y": 4}' >sample.json
run sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --params sample.json -o out.png
posts

say 'one axis only; both alike; both different'
try sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --mask-blur-x 6
pick "$blurs"
try sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --mask-blur-x 6 --mask-blur-y 6
pick "$blurs"
try sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --mask-blur-x 6 --mask-blur-y 2
pick "$blurs"
try sdctl inpaint --dry-run -i "$TILE" -m "$MASK"
pick "$blurs"

say 'null is no blur of its own'
try sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --mask-blur-x 6 --mask-blur-y 2 --set mask_blur=null
pick "$blurs"
