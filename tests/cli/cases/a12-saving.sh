# A12: do_not_save_samples and do_not_save_grid never take effect; with save_images a grid comes first.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 3 --set do_not_save_samples=true \
    --set do_not_save_grid=true -o one.png
pick .warnings
sent 'keys'

try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 3 --count 2 --set save_images=true -o two.png
pick '.images[] | {path, role, seed, width, height}'
pick '.warnings'
tree
