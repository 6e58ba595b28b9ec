# D17: a stream has two data lines an event, CRLF and comments; its previews have a data: prefix; it ends with
# "Finished" and no images when the task has failed.
start_fooocus fooocusapi --fault-file "$CASE/fault"
: >"$CASE/fault"
try sdctl inpaint "${MASKED[@]}" -q --stream -o out.png
pick '[.status, (.images[] | [.path, .width, .height, .seed]), .params.stream_output]'
pick '.params | keys'
sdctl inpaint "${MASKED[@]}" -q -o sync.png >"$CASE/stdout"
pixels out.png
pixels sync.png
say 'several images'
try sdctl inpaint "${MASKED[@]}" -q --stream --count 2 -o two.png
pick '[.images[] | [.path, .seed]]'
for fault in stream-pings finished-empty stream-error; do
    say $fault
    echo $fault >"$CASE/fault"
    try sdctl inpaint "${MASKED[@]}" -q -p "a cup, $fault" --stream -o $fault.png
    pick '[.status, .images[].path]'
done
say 'stream-cut'
echo stream-cut >"$CASE/fault"
try sdctl inpaint "${MASKED[@]}" -q -p 'a cut cup' --stream -o cut.png
say 'progress with its steps'
: >"$CASE/fault"
terminal "$SDCTL" inpaint "${MASKED[@]}" --stream -o shown.png
say 'not on others'
run sdctl inpaint -i "$TILE" -m "$MASK" -b fooocus-api --stream -o no.png
run sdctl inpaint -i "$TILE" -m "$MASK" -b webui --stream -o no.png
run sdctl interrogate "$TILE" --stream
tree
say 'interrupted: the task is found in the list of what runs, and stopped'
start_fooocus fooocusapi --pace 0.4
begin stream sdctl inpaint "${MASKED[@]}" --no-progress --stream -o stopped.png
running() { [ "$(sdctl tasks list --query current | wc -l)" = 1 ]; }
sleep_until 10 running
end stream INT
posts
