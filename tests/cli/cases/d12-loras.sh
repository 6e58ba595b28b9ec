# D12: both servers require `enabled` of a LoRA. D13: enhancing has other names on each.
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind
    try sdctl img2img "${FAST[@]}" --lora sandbox-brush.safetensors:0.5 --lora sandbox-grain.safetensors -o $kind.png
    sent .loras
    try sdctl img2img "${FAST[@]}" --set 'loras=[{"model_name":"sandbox-grain.safetensors","weight":1.5}]' -o set-$kind.png
    sent .loras
    run sdctl img2img "${FAST[@]}" --lora sandbox-brush.safetensors:3 -o no.png
done
say 'enhance'
area='[{"enhance_enabled":true,"enhance_mask_dino_prompt":"tile","enhance_prompt":"gold"}]'
start_fooocus fooocusapi
try sdctl img2img -i "$TILE" -p cup --seed 7 --set performance_selection=Lightning --set enhance_checkbox=true --set "enhance_ctrls=$area" -o new.png
pick '.params | [keys, .enhance_ctrls]'
pick '[.status, .images[].width]'
run sdctl img2img -i "$TILE" -p cup --set enhance_checkbox=true --set 'enhance_ctrls=[{"enhance_mask_model":"u3net"}]' -o no.png
start_fooocus fooocus-api
try sdctl img2img -i "$TILE" -p cup --seed 7 --set performance_selection=Lightning --set "enhance_ctrlnets=$area" -o old.png
pick '.params | [keys, .enhance_ctrlnets]'
pick '[.status, .images[].width]'
