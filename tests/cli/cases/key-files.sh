# Key files: others must not write them, and should not read them.
start_sandbox --auth 'user:word'
make() { try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --force -o out.png --api-key-file "$1"; }
echo 'user:word' >key
for mode in 600 400 640 644 660 606; do
    chmod $mode key
    echo "mode $mode"
    make key
done
chmod 600 key
printf 'user:word\r\n' >crlf
printf 'user:word\n\n' >lines
printf 'user: word\n' >space
printf 'us\033er:word\n' >escape
printf 'us\0er:word\n' >zero
: >empty
head -c 5000 /dev/zero | tr '\0' a >long
mkfifo fifo
chmod 600 crlf lines space escape zero empty long fifo
for name in crlf lines space escape zero empty long fifo none . /dev/zero; do
    make $name
done
posts | sort | uniq -c
