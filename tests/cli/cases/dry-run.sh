# --dry-run prints the exact body and sends nothing: no endpoint is needed, none is asked.
run sdctl img2img --dry-run -i "$DATA/dot.png"
run sdctl img2img --dry-run -i "$DATA/dot.png" -p 'a "dot"' -n none --steps 20 --cfg-scale 7 --sampler 'Euler a' \
    --scheduler Karras --seed 4294967295 --clip-skip 2 --size 512x768 --resize crop --strength 0.5 --count 2 \
    --model sandbox-painter --vae None --style one --style two
run sdctl interrogate --dry-run "$DATA/dot.png"
run sdctl interrogate --dry-run "$DATA/dot.png" --model deepdanbooru

say 'what is sent is the same, but for the task id'
start_sandbox
try sdctl img2img --dry-run -e "$URL" -i "$TILE" -p 'ünï "q" \ /' --strength 0.45 --cfg-scale 6.5 --steps 1 --size 64x48
requests
dry_bytes=$(($(wc -c <"$CASE/stdout") - 1))
jq -S 'del(.force_task_id)' "$CASE/stdout" >dry.json
[ "$(wc -l <"$CASE/stdout")" = 1 ] && echo 'one line'
try sdctl img2img -e "$URL" -i "$TILE" -p 'ünï "q" \ /' --strength 0.45 --cfg-scale 6.5 --steps 1 --size 64x48 -o out.png
jq -S 'del(.force_task_id)' "$(kept)/request.json" >sent.json
jq '.init_images |= map(if length > 100 then "BASE64" else . end)' dry.json | head -c 400
jq -r '.init_images[0]' dry.json | base64 -d | cmp - "$TILE" && cmp "$(kept)/init-0.png" "$TILE" && echo 'the same picture'
diff <(jq 'del(.init_images)' dry.json) <(jq 'del(.init_images)' sent.json) && echo 'the same rest'
[ "$(jq .body_bytes "$(kept)/http.json")" = "$dry_bytes" ] && echo 'and the same number of bytes'
tree
