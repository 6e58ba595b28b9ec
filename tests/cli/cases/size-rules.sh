# Sizes that are no multiple of 8: what the server will make of them is said.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --size 70x48 --steps 1 -o out.png
pick '.warnings, (.images[] | {width, height})'
run sdctl img2img --dry-run -i "$TILE" --size 7x48
try sdctl img2img --explain -i "$TILE" --set width=100 --height 99
pick .warnings
start_sandbox --flavour sdcpp
try sdctl img2img -e "$URL" -i "$TILE" -p x --size 70x48 --steps 1 -o up.png
pick '.warnings'
try sdctl img2img --dry-run -i "$TILE" --size 70x48
