# A26: SD upscale takes [null, overlap, upscaler, scale]; width and height are those of a tile.
try sdctl img2img --dry-run -i "$TILE" --script 'SD upscale' --script-arg scale=1.5 --script-arg upscaler=Lanczos
pick '{script_name, script_args}'
try sdctl img2img --dry-run -i "$TILE" --script 'sd upscale' --script-arg overlap=16
pick '{script_name, script_args}'

say 'in order, as the server takes them'
try sdctl img2img --dry-run -i "$TILE" --script 'SD upscale' --script-arg null --script-arg 32 --script-arg '"Lanczos"' --script-arg 2
pick '{script_name, script_args}'
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 2 --script 'SD upscale' --script-arg overlap=16 \
    --script-arg upscaler=Lanczos --script-arg scale=2 --strict -o big.png
pick '[.status, .warnings, (.images[] | {width, height})]'
