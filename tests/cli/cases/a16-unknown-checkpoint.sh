# A16: a wrong checkpoint name is dropped, and the loaded model renders; restoring is the default.
start_sandbox
run sdctl img2img -e "$URL" -i "$TILE" --model sandbox-paintr -o out.png
run sdctl img2img -e "$URL" -i "$TILE" --vae no-such-vae -o out.png
posts
for model in sandbox-painter sandbox-painter.safetensors; do
    try sdctl img2img -e "$URL" -i "$TILE" --model "$model" --steps 1 --size 64x48 --strict --force -o out.png
    sent .override_settings
    sent 'has("override_settings_restore_afterwards")'
    pick .warnings
done

say 'unchecked, the answer tells'
try sdctl img2img -e "$URL" -i "$TILE" --model no-such-model --set-unchecked --steps 1 --size 64x48 --strict \
    --force -o out.png
pick .warnings

try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --set override_settings_restore_afterwards=false \
    --force -o out.png
pick .warnings
