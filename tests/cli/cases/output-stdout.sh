# -o - writes the single image to standard output, and no document.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --seed 1 --steps 1 --size 64x48 -o -
file -b "$CASE/stdout"
try sdctl img2img -e "$URL" -i "$TILE" --seed 1 --steps 1 --size 64x48 -o out.png
cmp "$CASE/stdout" out.png >/dev/null || pixels out.png
run sdctl img2img -e "$URL" -i "$TILE" --count 2 -o -
say 'into a pipe that nobody reads'
("$SDCTL" img2img -e "$URL" -i "$DATA/photo.png" --seed 1 --steps 1 --size 512x512 -o -; echo "= $?" >&2) 2>"$CASE/stderr" | head -c 10 | wc -c
cat "$CASE/stderr"
say 'into a full device'
run sh -c '"$0" img2img -e "$1" -i "$2" --seed 1 --steps 1 --size 64x48 -o - >/dev/full' "$SDCTL" "$URL" "$TILE"
tree
