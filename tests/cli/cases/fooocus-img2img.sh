# Varying, upscaling, enhancing, image prompts: the image goes where it belongs, --strength too.
vary=(-i "$TILE" -p cup --seed 7 --set performance_selection=Lightning)
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind
    what='del(.uov_input_image.sha256?, .input_image.sha256?, .enhance_input_image.sha256?, .prompt, .image_seed, .performance_selection)'
    try sdctl img2img "${vary[@]}" -o vary-$kind.png
    pick ".params | $what"
    pick '.images[0] | [.width, .height, .seed]'
    for method in 'Vary (Strong)' 'Upscale (1.5x)' 'Upscale (Fast 2x)' 'Upscale (Custom)'; do
        multiple=upscale_multiple
        [ $kind = fooocusapi ] || multiple=upscale_value
        set -- --set "uov_method=$method"
        [ "$method" = 'Upscale (Custom)' ] && set -- "$@" --set $multiple=3
        announce img2img "$@" --strength 0.3 --dry-run
        sdctl img2img "${vary[@]}" "$@" --strength 0.3 --dry-run >"$CASE/stdout" 2>"$CASE/stderr"
        sed 's/^/! /' "$CASE/stderr"
        pick 'del(.uov_input_image, .input_image, .prompt, .image_seed, .performance_selection)'
    done
    try sdctl img2img "${FAST[@]}" -o fast-$kind.png
    pick '.images[0] | [.width, .height]'
    run sdctl img2img "${vary[@]}" --set uov_method=Disabled -o no.png
    run sdctl img2img "${vary[@]}" -i "$TILE" -o no.png
    run sdctl img2img -p cup -o no.png
    run sdctl img2img "${vary[@]}" --strength 0 -o no.png
    run sdctl img2img "${vary[@]}" --resize crop -o no.png
    run sdctl inpaint "${vary[@]}" -o no.png
    run sdctl inpaint "${MASKED[@]}" --mask-blur 4 -o no.png
    run sdctl inpaint "${MASKED[@]}" --fill original -o no.png
    announce inpaint --strength 0.5 --area whole --dry-run
    sdctl inpaint "${MASKED[@]}" --strength 0.5 --area whole --dry-run >"$CASE/stdout" 2>"$CASE/stderr"
    pick 'del(.inpaint_input_image, .inpaint_mask_image_upload, .input_image, .input_mask)'
done
say 'other options'
options=(--steps 12 --cfg-scale 5 --sampler dpmpp_2m --scheduler karras --clip-skip 2 --count 2 --style 'Fooocus Sharp' --embedding easy)
for kind in fooocusapi fooocus-api; do
    run sdctl img2img -b $kind -i "$DATA/dot.png" -p cup "${options[@]}" --size 640x512 --dry-run
done
