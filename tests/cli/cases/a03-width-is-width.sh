# A3: the seed's labels of width and height are swapped; width is width.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 72x40 -o size.png
pick '.images[0] | {width, height}'
sent '{width, height}'
pixels size.png | cut -d' ' -f1

try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --width 40 --height 72 -o sides.png
pick '.images[0] | {width, height}'
sent '{width, height}'
pixels sides.png | cut -d' ' -f1

run sdctl img2img --dry-run -i "$TILE" --size 72x40 --width 72
run sdctl img2img --dry-run -i "$TILE" --size 72
