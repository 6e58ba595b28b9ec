# Every field of PPInfra's img2img documents in the body, exactly, and nothing that was not set.
export SDCTL_BACKEND=ppinfra
dot=$DATA/dot.png
run sdctl img2img --dry-run -i "$dot" --model m.safetensors -p 'a "dot"' --size 512x512 --count 1 --steps 20 \
    --cfg-scale 7.5 --sampler 'Euler a'
run sdctl img2img --dry-run -i "$dot" --model m.safetensors -p 'a "dot"' -n ugly --size 512x768 --count 8 --steps 100 \
    --cfg-scale 1 --sampler UniPC --vae v.safetensors --seed 4294967296 --clip-skip 2 --strength 0.75 \
    --lora l:0.8 --lora 'two:colons:0.5' --lora plain --embedding e --embedding f \
    --controlnet "image=$dot,model=c.safetensors,strength=1,preprocessor=canny,start=0,end=1" \
    --controlnet "image=$dot,model=d.safetensors,weight=0.5,module=depth_leres++" \
    --ip-adapter "image=$dot,model=ip-adapter_sd15.bin,strength=0.5" \
    --set response_image_type=png

say 'the example of the documents'
cat >example.json <<END
{"extra": {"response_image_type": "png"},
 "request": {"model_name": "m", "image_base64": "$(base64 -w 0 "$dot")", "prompt": "p", "width": 512, "height": 512,
  "image_num": 1, "steps": 20, "guidance_scale": 7.5, "sampler_name": "Euler a", "negative_prompt": "n", "sd_vae": "v",
  "controlnet": {"units": [{"model_name": "c", "image_base64": "$(base64 -w 0 "$dot")", "strength": 1.0,
    "preprocessor": "canny", "guidance_start": 0.0, "guidance_end": 1.0}]},
  "seed": -1, "loras": [{"model_name": "l", "strength": 0.8}], "embeddings": [{"model_name": "e"}],
  "clip_skip": null, "strength": 0.75,
  "ip_adapters": [{"model_name": "ip-adapter_sd15.bin", "image_base64": "$(base64 -w 0 "$dot")", "strength": 0.5}]}}
END
unit="image=$dot,model=c,strength=1,preprocessor=canny,start=0,end=1"
try sdctl img2img --dry-run -i "$dot" --model m -p p -n n --size 512x512 --count 1 --steps 20 --cfg-scale 7.5 \
    --sampler 'Euler a' --vae v --controlnet "$unit" --seed -1 --lora l:0.8 --embedding e --set clip_skip=null \
    --strength 0.75 --ip-adapter "image=$dot,model=ip-adapter_sd15.bin,strength=0.5" --set response_image_type=png
diff <(jq -S . example.json) <(jq -S . "$CASE/stdout") && echo 'by options: the same'
try sdctl img2img --dry-run --params example.json
diff <(jq -S . example.json) <(jq -S . "$CASE/stdout") && echo 'by --params: the same'
jq .request example.json >request.json
try sdctl img2img --dry-run --params request.json --set extra.response_image_type=png
diff <(jq -S . example.json) <(jq -S . "$CASE/stdout") && echo 'by its bare names: the same'

say 'what is sent is what was shown'
start_ppinfra
options=(-i "$TILE" --model $CHECKPOINT -p 'ünï "q" \ /' -n no --size 128x192 --count 2 --steps 2 --cfg-scale 6.5
    --sampler 'DPM++ 2M Karras' --vae clear_vae_200005.safetensors --seed 9007199254740991 --clip-skip 12 --strength 0.45
    --lora brushes_200000:0.25 --embedding clean_hands_200011 --set response_image_type=png
    --controlnet "image=$DATA/photo.png,model=control_canny_200007.safetensors,strength=0.5,preprocessor=canny"
    --ip-adapter "image=$DATA/dot.png,model=ip-adapter_sd15.bin,strength=0.5")
try sdctl img2img "${options[@]}" --dry-run
bytes=$(($(wc -c <"$CASE/stdout") - 1))
requests
mkdir out
try sdctl img2img "${options[@]}" -o out/
[ "$(jq .body_bytes "$(kept)/http.json")" = $bytes ] && echo 'the same number of bytes'
cmp "$(kept)/init-0.png" "$TILE" && cmp "$(kept)/controlnet-0.png" "$DATA/photo.png" && cmp "$(kept)/ip-adapter-0.png" "$DATA/dot.png" &&
    echo 'the same pictures'
sent .
pick .params
