# B3: all ranges of the documents are checked before anything is sent, and all faults told at once.
start_ppinfra
unit="image=$DATA/dot.png,model=control_canny_200007.safetensors"
run sdctl img2img "${SMALL[@]}" --size 120x2049 --count 9 --steps 101 --cfg-scale 30.5 --seed -1 --clip-skip 12 --strength 0
run sdctl img2img -i "$TILE" --set width=127 --set image_num=0 --set seed=-2 --set clip_skip=13 --set strength=1.01 \
    --set steps=0 --set guidance_scale=0.9 --set sampler_name=Euler\ A --set height=1
run sdctl img2img "${SMALL[@]}" --set request.steps=many
run sdctl img2img "${SMALL[@]}" --set request.width=512.5
run sdctl img2img "${SMALL[@]}" --sampler 'Euler b'
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=0"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=1,start=0.5,end=0.5"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=1,start=1"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=1,end=0"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=1,preprocessor=cany"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=1" --controlnet "$unit,strength=1.5,end=2"
run sdctl img2img "${SMALL[@]}" --lora a:1.1 --lora b:-0.1
run sdctl img2img "${SMALL[@]}" --ip-adapter "image=$DATA/dot.png,model=ip-adapter_sd15.bin,strength=-0.1"

say 'a prompt is counted in characters'
run sdctl img2img "${SMALL[@]}" -p ''
run sdctl img2img "${SMALL[@]}" -p "$(printf '%01025d' 0)" -n "$(printf '%01025d' 0)"
try sdctl img2img "${SMALL[@]}" -p "$(printf '%01024d' 0 | sed 's/0/é/g')" --dry-run
pick '.request.prompt | length'
posts

say 'the limits themselves are fine'
try sdctl img2img "${SMALL[@]}" --set strength=1 --set clip_skip=1 --set seed=-1 --lora brushes_200000:0 --lora brushes_200000:1 \
    --controlnet "$unit,strength=1,start=0,end=1" --controlnet "$unit,strength=0.001,start=0.99" \
    --ip-adapter "image=$DATA/dot.png,model=ip-adapter_sd15.bin,strength=0" -n '' -o out.png
pick '[.status, .warnings]'
sent '.request | {strength, clip_skip, seed, loras, controlnet, ip_adapters, negative_prompt}'
