# A8: the server would replace an unknown sampler by another one without a word.
start_sandbox
run sdctl img2img -e "$URL" -i "$TILE" --sampler 'Euler b' -o out.png
run sdctl img2img -e "$URL" -i "$TILE" --scheduler Karas -o out.png
run sdctl img2img -e "$URL" -i "$TILE" --set sampler_index=Eul -o out.png
posts

say 'a sampler with its scheduler is known, as the server splits it'
try sdctl img2img -e "$URL" -i "$TILE" --sampler 'DPM++ 2M Karras' --steps 1 --size 64x48 -o out.png
pick '[.status, .warnings]'
sent '[.sampler_name, .scheduler]'
try sdctl img2img -e "$URL" -i "$TILE" --sampler 'Euler a' --scheduler 'SGM Uniform' --steps 1 --size 64x48 \
    --force -o out.png
pick '[.status, .warnings]'
sent '[.sampler_name, .scheduler]'

say 'unchecked, the answer tells'
try sdctl img2img -e "$URL" -i "$TILE" --sampler 'Euler b' --set-unchecked --steps 1 --size 64x48 --force \
    --strict -o out.png
pick '[.status, .warnings]'
tree
