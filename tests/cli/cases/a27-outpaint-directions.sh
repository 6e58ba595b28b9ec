# A27: one vocabulary, left, top, right, bottom; WebUI's scripts say up and down.
try sdctl img2img --dry-run -i "$TILE" --script "Poor man's outpainting" --script-arg directions=top,right \
    --script-arg pixels=64 --script-arg fill=latent-noise
pick '{script_name, script_args}'
try sdctl img2img --dry-run -i "$TILE" --script 'Outpainting mk2' --script-arg directions=left,bottom --script-arg falloff=0.8
pick '{script_name, script_args}'
try sdctl img2img --dry-run -i "$TILE" --script 'Outpainting mk2'
pick '{script_name, script_args}'
run sdctl img2img --dry-run -i "$TILE" --script 'Outpainting mk2' --script-arg directions=north
