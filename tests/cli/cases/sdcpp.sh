# The server of stable-diffusion.cpp answers the same routes with fewer parameters.
start_sandbox --flavour sdcpp
try sdctl endpoint check "$URL"
pick '{backend, status}'
try sdctl img2img -e "$URL" -i "$TILE" -p 'a cat' --steps 2 --seed 7 --size 64x48 --clip-skip 2 --count 2 --lora brushes:0.5 -o out.png
jq -c '.images[] | {path, seed, width, height}' "$CASE/stdout"
pick '[.status, .task_id, .warnings]'
sent .
say 'a mask, and what it ignores'
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" -p 'a cat' --steps 2 --seed 7 --size 64x48 --mask-blur 4 --area masked --fill original --style one -o masked.png
pick '[.status, .warnings]'
sent 'keys'
sent '.mask | type'
say 'its sampler names'
try sdctl img2img -e "$URL" -i "$TILE" -p 'a cat' --sampler 'Euler a' --scheduler karras --steps 1 --size 64x48 --force -o out.png
pick '[.status, .warnings]'
run sdctl img2img -e "$URL" -i "$TILE" -p 'a cat' --model other -o none.png
run sdctl img2img -e "$URL" -i "$TILE" -i "$TILE" -p 'a cat' -o none.png
run sdctl img2img -e "$URL" -i "$TILE" -o none.png
tree
