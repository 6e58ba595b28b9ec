# --strict: status 10 when the server did something else than asked; the result is kept.
for fault in wrong-seed wrong-model wrong-sampler wrong-size fewer-images; do
    say $fault
    start_sandbox --fault $fault
    try sdctl img2img -e "$URL" -i "$TILE" --seed 7 --model sandbox-painter --sampler Euler --steps 1 --size 64x48 --count 2 -o $fault.png
    try sdctl img2img -e "$URL" -i "$TILE" --seed 7 --model sandbox-painter --sampler Euler --steps 1 --size 64x48 --count 2 --strict --force -o $fault.png
    pick .status
    pick '.images[] | {path, width, height, seed}'
    pick .warnings
done
say 'what was not asked cannot differ'
start_sandbox --fault wrong-seed --fault wrong-sampler --fault wrong-model
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --strict -q -o out.png
pick .warnings
tree
