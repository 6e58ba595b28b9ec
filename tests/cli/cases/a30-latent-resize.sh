# A30: with --resize latent the server does not resize the image, but still the mask.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --resize latent --steps 1 --size 64x48 -o plain.png
sent .resize_mode
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --resize latent --steps 1 --size 64x48 -o masked.png
pick .warnings
for resize in just crop fill; do
    try sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --resize $resize
    pick .resize_mode
done
