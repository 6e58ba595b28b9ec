# B5: an IP-Adapter is made for a base model, and there is one; LoRAs and embeddings are five at most.
start_ppinfra
adapter="image=$DATA/dot.png,strength=0.5"
run sdctl img2img "${SMALL[@]}" --ip-adapter "$adapter,model=ip-adapter_sdxl.bin" -o no.png
run sdctl img2img "${SMALL[@]}" --ip-adapter "$adapter,model=ip-adapter_sd15.bin" --model basalt_v1_100001.safetensors -o no.png
run sdctl img2img "${SMALL[@]}" --ip-adapter "$adapter,model=ip-adapter_sd16.bin" -o no.png
run sdctl img2img "${SMALL[@]}" --ip-adapter "$adapter,model=ip-adapter_sd15.bin" --ip-adapter "$adapter,model=ip-adapter_sd15.bin" -o no.png
run sdctl img2img "${SMALL[@]}" --ip-adapter "image=$DATA/dot.png,wieght=1" -o no.png
run sdctl img2img "${SMALL[@]}" --ip-adapter "image=none.png,strength=1,model=ip-adapter_sd15.bin" -o no.png
run sdctl inpaint "${PLAIN[@]}" -m "$MASK" --ip-adapter "$adapter,model=ip-adapter_sd15.bin" -o no.png
five=() six=()
for name in a b c d e f; do
    [ $name = f ] || five+=(--lora $name --embedding $name)
    six+=(--lora $name --embedding $name)
done
run sdctl img2img "${SMALL[@]}" "${six[@]}" -o no.png
posts
try sdctl img2img "${SMALL[@]}" "${five[@]}" --dry-run
pick '.request | (.loras | length), (.embeddings | length)'
for model in $CHECKPOINT:ip-adapter_sd15.bin basalt_v1_100001.safetensors:ip-adapter_sdxl.bin; do
    try sdctl img2img "${SMALL[@]}" --model ${model%:*} --ip-adapter "$adapter,model=${model#*:}" --force -o out.png
    sent '.request | [.model_name, .ip_adapters]'
    pick '[.status, .warnings]'
done
