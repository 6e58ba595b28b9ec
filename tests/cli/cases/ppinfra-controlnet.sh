# ControlNet units: the keys, their spellings, and the picture as its own bytes.
start_ppinfra
unit="image=$DATA/photo.png,model=control_canny_200007.safetensors"
try sdctl img2img "${SMALL[@]}" --seed 1 --controlnet "$unit,strength=0.5,preprocessor=canny,start=0.1,end=0.9" \
    --controlnet "$unit,weight=1,module=lineart,guidance-start=0.2,guidance_end=0.8" -o out.png
sent .request.controlnet
cmp "$(kept)/controlnet-0.png" "$DATA/photo.png" && cmp "$(kept)/controlnet-1.png" "$DATA/photo.png" && echo 'the same bytes'
pick .params.request.controlnet
pick '.images[].path'
say 'mistakes'
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,wieght=1"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=much"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=1,weight=0.5"
run sdctl img2img "${SMALL[@]}" --controlnet "image=none.png,model=m,strength=1"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=1,mask=$MASK"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=1,pixel-perfect=true"
run sdctl img2img "${SMALL[@]}" --controlnet "$unit,strength=1" --set 'controlnet={"units":[]}'
run sdctl img2img "${SMALL[@]}" --set 'controlnet={"units":[{"model_name":"m","image_base64":"http://127.0.0.1/x.png","strength":1,"guidance_strat":0}]}'
say 'a picture in --set is sent as it is'
try sdctl img2img "${SMALL[@]}" --seed 1 --set "controlnet={\"units\":[{\"model_name\":\"control_depth_200008.safetensors\",\"image_base64\":\"$(base64 -w 0 "$DATA/dot.png")\",\"strength\":1}]}" -o set.png
sent .request.controlnet
cmp "$(kept)/controlnet-0.png" "$DATA/dot.png" && echo 'the same bytes'
