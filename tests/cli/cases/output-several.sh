# With several images PATH becomes PATH-1.png, PATH-2.png and so on.
start_sandbox
make_two() { try sdctl img2img -e "$URL" -i "$TILE" --seed 1 --steps 1 --size 64x48 --count 2 "$@"; pick '.images[].path'; }
make_two -o out.png
make_two -o plain
make_two -o ./with.dots.png
say 'one of them exists'
rm out-1.png
run sdctl img2img -e "$URL" -i "$TILE" --count 2 -o out.png
posts | wc -l
make_two --force -o out.png
say 'another ending than the picture has'
make_two -o name.jpg
tree
