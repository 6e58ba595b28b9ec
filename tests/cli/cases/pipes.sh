# Commands pipe their result documents into each other.
start_sandbox
chain() {
    "$SDCTL" interrogate -e "$URL" "$TILE" | "$SDCTL" img2img -e "$URL" --from - -i "$TILE" --steps 1 --seed 4 --size 64x48 -o middle.png |
        "$SDCTL" inpaint -e "$URL" --from - -m "$MASK" --steps 1 -o final.png
}
try chain
pick '[.command, .status, .images[0].path, .images[0].width, .images[0].height, .params.prompt, .params.seed]'
requests
cmp middle.png "$(kept)/init-0.png" && echo "img2img's image is inpaint's"
say 'without a document as well'
run sdctl interrogate -e "$URL" "$TILE" --text
say 'standard input can be read once only'
run sdctl img2img --dry-run --from - -i - </dev/null
run sdctl inpaint --dry-run -i - -m - </dev/null
tree
