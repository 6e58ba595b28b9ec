# B1: models are listed by filter.types, and a long list comes in pages.
start_ppinfra
run sdctl img2img "${SMALL[@]}" -v --model nothing
say 'inpainting asks for checkpoints of its own, too'
run sdctl inpaint "${PLAIN[@]}" -m "$MASK" -v --model nothing
try sdctl endpoint check "$URL"
pick '[.backend, .status, (.checkpoints | length), .checkpoints[0], .checkpoints[-1]]'
pick 'del(.checkpoints)'
