# The four ways in which the Fooocus servers answer give the same picture.
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind --pace 0.05
    try sdctl inpaint "${MASKED[@]}" -q -o sync.png --force
    pick '[.backend, .status, (.images[] | [.path, .type, .width, .height, .seed]), .warnings]'
    try sdctl inpaint "${MASKED[@]}" -q --async -o async.png --force
    pick '[(.status | IN("queued", "running")), .images, .params.async_process]'
    cp "$CASE/stdout" document
    sdctl tasks wait - <document >"$CASE/stdout"
    pick '[.command, .status, (.images[] | [(.path | split("/")[-1]), .seed]), .params.prompt]'
    cmp sync.png async.png && echo same
    try sdctl inpaint "${MASKED[@]}" -q --binary -o binary.png --force
    pixels sync.png
    pixels binary.png
    [ $kind = fooocusapi ] || continue
    try sdctl inpaint "${MASKED[@]}" -q --stream -o stream.png
    cmp sync.png stream.png && echo same
done
say 'what a command decides, a parameter does not'
export SDCTL_BACKEND=fooocusapi
run sdctl inpaint -i "$DATA/dot.png" -m "$DATA/dot.png" --set async_process=true --set stream_output=true --set current_tab=uov --dry-run
run sdctl inpaint -b fooocus-api -i "$DATA/dot.png" -m "$DATA/dot.png" --set async_process=true --dry-run
tree
