# A14: the page cuts grey masks at 128, the API keeps the grey.
start_sandbox
"$PYTHON" -c 'from PIL import Image
m = Image.new("L", (64, 48))
m.putdata([v for y in range(48) for v in [0] * 32 + [100] * 8 + [128] * 8 + [129] * 8 + [255] * 8])
m.save("grey.png")'
levels() {
    "$PYTHON" -c 'import sys; from PIL import Image
print(sorted(Image.open(sys.argv[1]).getcolors()))' "$(kept)/mask.png"
}
send() {
    try sdctl inpaint -e "$URL" -i "$TILE" -m grey.png "$@" --steps 1 --size 64x48 --force -o out.png
    [ "$status" != 0 ] || levels
}
send
send --threshold 128
send --threshold 128 --invert-mask
send --threshold 255
send --threshold 256
