# LoRAs and embeddings go into the prompt, styles beside it.
dry() { try sdctl img2img --dry-run -i "$TILE" "$@"; [ "$status" != 0 ] || pick '{prompt, negative_prompt, styles}'; }
dry -p cat --lora brushes
dry -p cat --lora brushes:0.7 --lora other:-0.5
dry --lora brushes
dry -p cat --embedding easynegative --embedding other
dry -p cat --lora brushes --embedding other
dry -p cat --style one --style 'two, three'
dry -p cat --lora brushes:much
dry -p cat --lora ''
dry -p cat --lora :1
dry -p cat --lora brushes:0.5:0.8
dry -p cat --lora brushes:
dry --set 'prompt=cat' --lora brushes
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" -p cat --lora brushes:0.5 --steps 1 --size 64x48 -o out.png
sent .prompt
