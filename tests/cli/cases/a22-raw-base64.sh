# A22: pictures are sent as raw base64, without a data: prefix, whatever their type.
for file in tile.png tile.jpg tile.webp; do
    try sdctl img2img --dry-run -i "$DATA/$file"
    jq -r '.init_images[0]' "$CASE/stdout" | cut -c 1-16
    jq -r '.init_images[0]' "$CASE/stdout" | base64 -d | cmp - "$DATA/$file" && echo 'byte for byte'
done
try sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --controlnet "image=$DATA/dot.png"
jq -r '.mask, .alwayson_scripts.controlnet.args[0].image' "$CASE/stdout" | cut -c 1-16
