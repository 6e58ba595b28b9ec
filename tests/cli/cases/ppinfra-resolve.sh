# --resolve takes a unique part of a checkpoint's name; without it the name must be the whole one.
start_ppinfra
asks() {
    try sdctl img2img "${SMALL[@]}" --seed 1 --force -o out.png "$@"
    [ "$status" != 0 ] || { sent .request.model_name && pick .warnings; }
}
asks --model aurora_v10
asks --model aurora_v10 --resolve
asks --model AURORA_V10 --resolve
asks --model aurora_v10_100117.safetensors --resolve
asks --model 'aurora v10'
asks --model kestrel --resolve
asks --model a --resolve
asks --model nothing --resolve
asks --model aurora_v1_10000.safetensors
asks --model nothing --set-unchecked
say 'a checkpoint that is not available now'
asks --model kestrel_v4-inpainting_100049.safetensors
say 'without a list of models'
start_ppinfra --fault model-404
asks --model $CHECKPOINT
asks --model aurora --resolve
