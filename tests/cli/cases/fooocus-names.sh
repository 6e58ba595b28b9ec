# A model, LoRA or style that a server does not have would fail or be left out in silence: it is refused.
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind
    try sdctl img2img "${FAST[@]}" --model sandbox-pencil.safetensors --style 'SAI Anime' --embedding easy --lora sandbox-grain.safetensors:0.5 -o $kind.png
    pick '.params | [.base_model_name, .style_selections, .prompt, .loras]'
    try sdctl img2img "${FAST[@]}" --resolve --model pencil --lora GRAIN:0.5 -o resolved-$kind.png
    pick '.params | [.base_model_name, .loras]'
    run sdctl img2img "${FAST[@]}" --resolve --model sandbox -o no.png
    run sdctl img2img "${FAST[@]}" --model pencil -o no.png
    run sdctl img2img "${FAST[@]}" --model sandbox-pencl.safetensors -o no.png
    run sdctl img2img "${FAST[@]}" --lora sandbox-brush -o no.png
    run sdctl img2img "${FAST[@]}" --style 'SAI Animee' -o no.png
    run sdctl img2img "${FAST[@]}" --set refiner_model_name=none -o no.png
    requests | sed 's#/[^/]*\.png#/NAME.png#'
done
