# In DIR/, and in the current folder without -o, names are STEM-COMMAND-N.png with the next free N.
start_sandbox
mkdir dir
cp "$TILE" 'my tile.png'
cp "$TILE" -- -odd.name.png
make() { try sdctl img2img -e "$URL" --seed 1 --steps 1 --size 64x48 "$@"; pick '.images[].path'; }
make -i "$TILE" -o dir/
make -i "$TILE" -o dir
make -i "$TILE" --count 2 -o dir/
make -i "$TILE"
make -i 'my tile.png'
make -i ./-odd.name.png
make -i - -o dir/ <"$TILE"
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --seed 1 --steps 1 --size 64x48
pick '.images[].path'

say 'a folder that is not there'
run sdctl img2img -e "$URL" -i "$TILE" -o none/
run sdctl img2img -e "$URL" -i "$TILE" -o none/out.png
run sdctl img2img -e "$URL" -i "$TILE" -o ''
tree
