# B4: what the service requires is told before anything is sent, in one list.
start_ppinfra
run sdctl img2img -i "$TILE"
run sdctl img2img -i "$TILE" --model $CHECKPOINT -p cup --width 512 --steps 20
run sdctl inpaint -i "$TILE" -m "$MASK" -p cup
run sdctl img2img "${SMALL[@]}" --controlnet model=control_canny_200007.safetensors --lora brushes_200000 --ip-adapter "image=$DATA/dot.png"
run sdctl img2img "${SMALL[@]}" --set 'loras=[{"model_name":"a"},{"strength":1}]' --set 'controlnet={}'
posts
say 'strength and clip_skip may be null, and are left out when they are not given'
try sdctl img2img "${SMALL[@]}" --dry-run
pick '.request | keys'
try sdctl img2img "${SMALL[@]}" --dry-run --set clip_skip=null --set request.strength=null
pick '.request | [has("clip_skip"), .clip_skip, has("strength"), .strength]'
run sdctl img2img "${SMALL[@]}" --dry-run --set steps=null
