# A4: the API's defaults for a mask differ from the page's; --explain names them, --ui-defaults
# sends the page's.
four='.parameters | {inpainting_fill, inpaint_full_res, inpaint_full_res_padding, mask_blur, mask_blur_x, mask_blur_y}'
sent_four='{inpainting_fill, inpaint_full_res, inpaint_full_res_padding, mask_blur, mask_blur_x, mask_blur_y}'
explain() {
    try sdctl inpaint --explain -i "$TILE" -m "$MASK" "$@"
    jq "$four" <"$CASE/stdout" | sed 's/^/  /'
}
explain
explain --ui-defaults

say 'an option beats them'
explain --ui-defaults --area masked --padding 8 --mask-blur-x 2 --mask-blur-y 3

say 'what is sent: nothing unasked'
start_sandbox
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --steps 1 --size 64x48 -o api.png
sent "$sent_four"
sent 'keys'
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --steps 1 --size 64x48 --ui-defaults -o ui.png
sent "$sent_four"
