# A8: the server would replace an unknown sampler by another one without a word.
start_sandbox
run sdctl img2img -e "$URL" -i "$DATA/tile.png" --sampler 'Euler b' -o out.png
posts

say 'a sampler with its scheduler is known, as the server splits it'
run sdctl img2img -e "$URL" -i "$DATA/tile.png" --sampler 'DPM++ 2M Karras' --steps 2 --size 64x48 -q -o out.png
pick .status
sent '[.sampler_name, .scheduler]'
tree
