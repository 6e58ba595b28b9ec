# A folder that cannot be written to is found out before anything is sent.
if [ "$(id -u)" = 0 ]; then
    chmod 755 "$CASE" "$CASE/.."
    chmod 777 "$TMPDIR"
    setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$SDCTL" -a -r "$TILE" ||
        skip 'another user cannot reach the program'
    as_user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
else
    as_user() { "$@"; }
fi
start_sandbox
mkdir locked
echo mine >locked/out.png
chmod 555 locked
chmod 755 .
run as_user "$SDCTL" img2img -e "$URL" -i "$TILE" -o locked/out.png
run as_user "$SDCTL" img2img -e "$URL" -i "$TILE" --force -o locked/out.png
run as_user "$SDCTL" img2img -e "$URL" -i "$TILE" -o locked/other.png
run as_user "$SDCTL" img2img -e "$URL" -i "$TILE" -o locked/
requests
say 'nor can an image be read that is not ours'
cp "$TILE" secret.png
chmod 000 secret.png
run as_user "$SDCTL" img2img -e "$URL" -i secret.png -o "$TMPDIR/out.png"
chmod 755 locked
tree
