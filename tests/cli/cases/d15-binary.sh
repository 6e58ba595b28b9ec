# D15: the picture itself as the answer: one image/x alone, image/jpeg and never image/jpg, and 204 is a failure.
start_fooocus fooocusapi --fault-file "$CASE/fault"
: >"$CASE/fault"
for format in png jpeg webp; do
    try sdctl inpaint "${MASKED[@]}" -q --binary --set output_format=$format -o out.$format
    pick '[.status, .task_id, (.images[] | [.path, .type, .width, .height, .seed])]'
    jq -c '[.headers | to_entries[] | select(.key | test("^accept$"; "i")) | .value]' "$(kept)/http.json"
    pick '.params | keys'
    "$PYTHON" -c 'import sys; from PIL import Image; print(Image.open(sys.argv[1]).format)' out.$format
done
say 'what cannot be'
run sdctl inpaint "${MASKED[@]}" --binary --count 2 -o no.png
run sdctl inpaint "${MASKED[@]}" --binary --stream -o no.png
run sdctl inpaint "${MASKED[@]}" --binary --set output_format=jpg -o no.png
run sdctl inpaint "${MASKED[@]}" -b webui --binary -o no.png
say 'a task that fails: 204 and no body'
echo finished-empty >"$CASE/fault"
run sdctl inpaint "${MASKED[@]}" -q --binary -o no.png
say 'to a pipe'
: >"$CASE/fault"
sdctl inpaint "${MASKED[@]}" -q --binary -o - | cmp - out.png && echo same
say 'the older server, PNG alone'
start_fooocus fooocus-api --fault-file "$CASE/fault"
try sdctl inpaint "${MASKED[@]}" -q --binary -o old.png
pick '[.status, (.images[] | [.path, .type, .width, .height, .seed])]'
pixels out.png
pixels old.png
for fault in queue-full job-error; do
    echo $fault >"$CASE/fault"
    run sdctl inpaint "${MASKED[@]}" -q --binary -o no.png
done
tree
