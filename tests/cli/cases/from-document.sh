# --from a result document: prompt, seed, size and so on, and the image.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" -p 'a cat' -n dog --steps 2 --strength 0.4 --size 72x40 -o one.png
cp "$CASE/stdout" one.json
seed=$(jq '.images[0].seed' one.json)
try sdctl img2img --dry-run --from one.json
jq -c 'del(.init_images, .seed)' "$CASE/stdout"
[ "$(jq .seed "$CASE/stdout")" = "$seed" ] && echo 'the seed that was drawn'
jq -r '.init_images[0]' "$CASE/stdout" | base64 -d | cmp - one.png && echo 'the image that was made'
say 'another image, another prompt'
try sdctl img2img --dry-run --from one.json -i "$DATA/dot.png" -p 'a dog' --seed 5
jq -c . "$CASE/stdout"
say mistakes
rm one.png
run sdctl img2img --dry-run --from one.json
echo '{"prompt": "cat"}' >params.json
run sdctl img2img --dry-run --from params.json
echo 'cat' >text.json
run sdctl img2img --dry-run --from text.json
run sdctl img2img --dry-run --from none.json
head -c 300 one.json >cut.json
run sdctl img2img --dry-run --from cut.json -i "$TILE"
