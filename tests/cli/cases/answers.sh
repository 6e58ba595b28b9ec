# Oddities of an answer that are fine, and such that are not; nothing half-done is left.
for fault in chunked dup-keys truncated-png deep-json wrong-types empty-body null-images huge-string redirect-same html; do
    say $fault
    start_sandbox --fault $fault
    try sdctl img2img -e "$URL" -i "$TILE" --seed 1 --steps 1 --size 64x48 --retries 0 --timeout 30 -o $fault.png
    posts | grep -c img2img
done
say 'late'
start_sandbox --fault late=1
try sdctl img2img -e "$URL" -i "$TILE" --seed 1 --steps 1 --size 64x48 -o late.png
tree
