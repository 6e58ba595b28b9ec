# A15: more init images than batch_size are a 500, fewer shrink it; a blank mask does nothing.
start_sandbox
run sdctl img2img -e "$URL" -i "$TILE" -i "$TILE" -i "$TILE" --set batch_size=2 -o out.png
posts
try sdctl img2img -e "$URL" -i "$TILE" -i "$DATA/dot.png" --steps 1 --size 64x48 --seed 5 -o two.png
sent '{batch_size, n: (.init_images | length)}'
pick '.images[] | {path, seed}'
pick .warnings
try sdctl img2img -e "$URL" -i "$TILE" -i "$TILE" --set batch_size=3 --steps 1 --size 64x48 --seed 5 -o three.png
pick '.images[] | {path, seed}'
pick .warnings
try sdctl img2img -e "$URL" -i "$TILE" --set batch_size=2 --steps 1 --size 64x48 --seed 5 -o one.png
pick '.images[] | {path, seed}'
tree
