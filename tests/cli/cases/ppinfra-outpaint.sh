# --outpaint: the service's img2img takes no mask, so the larger canvas goes to inpainting, from either command.
start_ppinfra
for command in img2img inpaint; do
    say $command
    try sdctl $command "${PLAIN[@]}" --outpaint left=32,right=16,top=8 --seed 3 -o $command.png
    posts
    sent .
    pixels "$(kept)/mask.png"
    pick '[.status, (.images[] | .width, .height)]'
done
cmp img2img.png inpaint.png && echo 'the same picture'
run sdctl img2img "${SMALL[@]}" --outpaint left=32 -o no.png
run sdctl img2img "${PLAIN[@]}" --outpaint left=2000 -o no.png
run sdctl img2img "${PLAIN[@]}" --outpaint left=32 --ip-adapter image=$TILE,model=ip-adapter_sd15.bin,strength=1 -o no.png
