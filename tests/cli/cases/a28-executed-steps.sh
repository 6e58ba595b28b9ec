# A28: img2img executes only a part of the steps; CFG is about the prompt, strength about the image.
steps() {
    try sdctl img2img --explain -i "$TILE" "$@"
    pick '.parameters.executed_steps'
}
steps
steps --steps 20 --strength 0.5
steps --steps 20 --strength 1
steps --steps 20 --strength 0
run sh -c '"$0" img2img --help | grep -e --cfg-scale -e --strength' "$SDCTL"
