# Links, FIFOs and devices are neither written through nor replaced.
start_sandbox
echo mine >target
ln -s target link.png
ln -s nowhere dangling.png
ln target hard.png
mkfifo pipe.png
mkdir folder.png
for name in link dangling hard pipe; do
    run sdctl img2img -e "$URL" -i "$TILE" -o $name.png
done
for name in link dangling pipe; do
    run sdctl img2img -e "$URL" -i "$TILE" --force -o $name.png
done
run sdctl img2img -e "$URL" -i "$TILE" --force -o /dev/full
run sdctl img2img -e "$URL" -i "$TILE" --force -o /dev/stdout
requests
say 'a hard link is a regular file: the name is replaced, not what it shares'
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --force -o hard.png
cat target
say 'a folder that is a link is a folder'
mkdir real
ln -s real linked
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 -o linked/out.png
tree
