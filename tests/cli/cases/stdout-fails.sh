# Standard output that cannot be written to: the images are on disk and whole, the status is not 0.
start_sandbox
one="img2img -e $URL -i $TILE --seed 1 --steps 1 --size 64x48"
say closed
run sh -c '"$0" "$@" >&-' "$SDCTL" $one -o closed.png
say full
run sh -c '"$0" "$@" >/dev/full' "$SDCTL" $one -o full.png
say 'a pipe that nobody reads'
("$SDCTL" $one -o pipe.png; echo "= $?" >&2) 2>"$CASE/stderr" | true
cat "$CASE/stderr"
for name in closed full pipe; do
    pixels $name.png | cut -d' ' -f1
done
say 'other commands'
run sh -c '"$0" version >/dev/full' "$SDCTL"
run sh -c '"$0" help >/dev/full' "$SDCTL"
run sh -c '"$0" img2img --help >/dev/full' "$SDCTL"
run sh -c '"$0" img2img --dry-run -i "$1" >/dev/full' "$SDCTL" "$TILE"
run sh -c '"$0" img2img --explain -i "$1" >/dev/full' "$SDCTL" "$TILE"
run sh -c '"$0" interrogate -e "$1" "$2" >/dev/full' "$SDCTL" "$URL" "$TILE"
run sh -c '"$0" endpoint add home "$1"; "$0" endpoint list >/dev/full' "$SDCTL" "$URL"
say 'standard error closed as well'
run sh -c '"$0" "$@" 2>&-' "$SDCTL" $one -o quiet.png --sampler none
run sh -c '"$0" img2img -e "$1" -i "$2" --steps 1 --size 64x48 -o none.png >&- 2>&- <&-' "$SDCTL" "$URL" "$TILE"
tree
