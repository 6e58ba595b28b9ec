# A disk that fills up: status 9, the file is named, nothing of it is left, what was there is intact.
mkdir small
mount -t tmpfs -o size=64k,mode=777 tmpfs small 2>/dev/null || skip 'a small file system cannot be mounted here'
trap 'umount small; end_case' EXIT
start_sandbox
echo mine >small/out.png
run sdctl img2img -e "$URL" -i "$DATA/photo.png" --seed 1 --steps 1 --size 512x512 -o small/new.png
run sdctl img2img -e "$URL" -i "$DATA/photo.png" --seed 1 --steps 1 --size 512x512 --force -o small/out.png
cat small/out.png
say 'a limit on the size of files'
run bash -c 'ulimit -f 16; exec "$0" img2img -e "$1" -i "$2" --seed 1 --steps 1 --size 512x512 -o limited.png' "$SDCTL" "$URL" "$DATA/photo.png"
tree
