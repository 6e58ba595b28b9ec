# Pictures from standard input, a file or a pipe.
start_sandbox
try sdctl img2img -e "$URL" -i - --steps 1 --size 64x48 -o file.png <"$TILE"
cmp "$(kept)/init-0.png" "$TILE" && echo 'the picture'
piped() { cat "$TILE" | "$SDCTL" img2img -e "$URL" -i - --steps 1 --size 64x48 -o pipe.png; }
try piped
cmp "$(kept)/init-0.png" "$TILE" && echo 'the picture'
pick '.params.init_images[0].path'
piped_mask() { cat "$MASK" | "$SDCTL" inpaint -e "$URL" -i "$TILE" -m - --steps 1 --size 64x48 -o masked.png; }
try piped_mask
pixels "$(kept)/mask.png"
run sdctl img2img -e "$URL" -i - -o none.png </dev/null
run sdctl img2img -e "$URL" -i /dev/zero -o none.png
mkfifo pipe
run sdctl img2img -e "$URL" -i pipe --timeout 1 -o none.png
say 'the deadline holds while it is read'
stalled() { "$SDCTL" img2img -e "$URL" -i - --timeout 1 -o none.png <pipe; }
exec 9<>pipe
try stalled
exec 9>&-
tree
