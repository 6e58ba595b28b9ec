# The deadline: status 8, the task's id, a document with status running; nothing is interrupted.
start_sandbox --pace 0.1
run sdctl img2img -e "$URL" -i "$TILE" --steps 900 --strength 1 --seed 1 --size 64x48 --timeout 1.5 -o out.png
posts
say 'before it was sent'
start_sandbox --fault silence@samplers
run sdctl img2img -e "$URL" -i "$TILE" --timeout 1 -o out.png
posts
run sdctl img2img -e "$URL" -i "$TILE" --timeout 0 -o out.png
run sdctl img2img -e "$URL" -i "$TILE" --timeout soon -o out.png
say 'the whole of it counts'
start_sandbox --fault slow-drip
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --timeout 2 -o out.png
tree
