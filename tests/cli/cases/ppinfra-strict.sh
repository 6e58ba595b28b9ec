# --strict: what came back differs from what was asked; the result is kept.
for fault in other-seed one-image-less; do
    say $fault
    start_ppinfra --fault $fault
    try sdctl img2img "${SMALL[@]}" --seed 7 --count 2 --strict -o $fault.png
    pick '[.status, .warnings], (.images[] | {path, width, height, seed})'
done
say 'as asked'
start_ppinfra
try sdctl img2img "${SMALL[@]}" --seed 7 --count 2 --strict -o good.png
pick '[.status, .warnings], (.images[] | {path, width, height, seed})'
try sdctl img2img "${SMALL[@]}" --strict --force -o good.png
pick '[.status, .warnings, (.images[0].seed > 0)]'
tree
