# Option, then --set, then --params, then --from, then the server's own.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" -p from --steps 2 --seed 3 --strength 0.4 --cfg-scale 3 --sampler Heun --size 64x48 -o from.png
cp "$CASE/stdout" from.json
echo '{"steps": 4, "cfg_scale": 4, "denoising_strength": 0.45, "tiling": true}' >params.json
show_all() {
    try sdctl img2img --explain -i "$TILE" "$@"
    jq -c '.parameters | with_entries(select(.value.origin != "server default" and .key != "init_images" and .key != "force_task_id" and .key != "executed_steps")) | to_entries[] | [.key, .value.value, .value.origin]' "$CASE/stdout"
}
show_all --from from.json
show_all --from from.json --params params.json
show_all --from from.json --params params.json --set steps=6 --set cfg_scale=6
show_all --from from.json --params params.json --set steps=6 --set cfg_scale=6 --steps 8
say 'the last of the same'
show_all --set steps=6 --set steps=7 --steps 8 --steps 9
