# D28: the older server answers 200 to what has failed: the finish_reason, the stage or an empty list tells.
start_fooocus fooocus-api --fault-file "$CASE/fault"
for fault in queue-full finish-error finish-cancel job-error; do
    say $fault
    echo $fault >"$CASE/fault"
    try sdctl inpaint "${MASKED[@]}" -q -o no.png
    pick '[.status, .images]'
    try sdctl inpaint "${MASKED[@]}" -q --async -o no.png
    pick '[(.status | IN("queued", "running")), .images]'
    [ $status = 0 ] || continue
    try sdctl tasks wait "$(task_id)"
    pick '[.status, (.images[].path | split("/")[-1])]'
    rm -f no*.png
done
say "what was refused is not waited for"
: >"$CASE/fault"
try sdctl inpaint "${MASKED[@]}" -q --async -o yes.png
try sdctl tasks wait --all
pick '[.status, (.images[].path | split("/")[-1])]'
tree
