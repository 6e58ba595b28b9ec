# One JSON object on one line: these members, in this order.
start_sandbox
run sdctl img2img -e "$URL" -i "$TILE" -p 'a tile, "red" — ½' --seed 7 --steps 2 --size 64x48 -o out.png
jq -r '.images[0].sha256 + "  out.png"' "$CASE/stdout" | sha256sum -c
[ "$(jq '.images[0].bytes' "$CASE/stdout")" = "$(stat -c %s out.png)" ] && echo 'bytes: OK'
[ "$(jq -r '.params.init_images[0].sha256' "$CASE/stdout")" = "$(sha256sum <"$TILE" | cut -d' ' -f1)" ] && echo 'input: OK'
wc -l <"$CASE/stdout"

say interrogate
run sdctl interrogate -e "$URL" "$TILE"

say 'an endpoint with a name'
sdctl endpoint add home "$URL" --backend webui
try sdctl img2img -i "$TILE" --steps 1 --size 64x48 -o other.png
pick '{backend, endpoint}'
