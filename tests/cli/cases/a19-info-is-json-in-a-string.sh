# A19: info is JSON inside a string; what the answer echoes as parameters is not sent again.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" -p 'a tile' --steps 1 --size 64x48 --seed 3 --set include_init_images=true -o out.png
pick '[(.info | type), .info.seed, .info.prompt]'
pick '.params.init_images[0] | keys'
cp "$CASE/stdout" result.json
try sdctl img2img --dry-run --from result.json -i "$TILE"
pick 'del(.init_images)'

say 'info that is no JSON is kept as it is'
start_sandbox --fault info-not-json
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 3 -o text.png
pick '[.status, .info, .images[0].path, .warnings]'
