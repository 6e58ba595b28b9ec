# LoRAs and embeddings are lists beside the prompt; what the service has not is refused.
export SDCTL_BACKEND=ppinfra
dry() { try sdctl img2img --dry-run "${SMALL[@]}" "$@"; [ "$status" != 0 ] || pick '.request | {prompt, loras, embeddings, sampler_name}'; }
dry --lora brushes
dry --lora brushes:0.7 --lora more:0 --embedding one --embedding two
dry --lora brushes:much
dry --lora :1
dry --lora brushes: 
dry --lora a --set 'loras=[]'
dry --style one
dry --scheduler Karras
dry --sampler 'DPM++ 2M' --scheduler karras
dry --sampler 'DPM++ 2M Karras' --scheduler Karras
dry --scheduler automatic
dry --resize crop
dry --size 512x384 --resize crop
dry --script 'SD upscale'
dry -i "$TILE"
dry --set nothing=1
dry --set request.nothing=1 --set-unchecked
