# A23: Forge keeps only the ControlNet keys that it knows: mask_image, no mask, no low_vram.
for flavour in forge a1111; do
    say "$flavour"
    start_sandbox --flavour $flavour
    try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 1 --strict --force -o out.png \
        --controlnet "image=$DATA/dot.png,mask=$MASK,module=canny,model=control_v11p_sd15_canny [d14c016b],weight=0.5,start=0,end=0.8,low-vram=true,pixel-perfect=true"
    sent '.alwayson_scripts.controlnet.args[0]'
    pick '.images[] | {path, role}'
    pick '[.warnings, (.info.infotexts[0] | capture("(?<unit>ControlNet 0: .*\").*Version").unit)]'
done

say 'mistakes'
run sdctl img2img --dry-run -i "$TILE" --controlnet "image=$TILE,wieght=1"
run sdctl img2img --dry-run -i "$TILE" --controlnet "image=$TILE,weight=much"
run sdctl img2img --dry-run -i "$TILE" --controlnet "image=none.png"
run sdctl img2img --dry-run -i "$TILE" --controlnet "canny"

say 'a server without ControlNet'
start_sandbox --flavour sdcpp
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --controlnet "image=$TILE,module=canny" --force -o out.png
pick .warnings
