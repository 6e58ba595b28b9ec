# D28: the older server answers 200 to what has failed: the finish_reason, the stage or an empty list tells.
start_fooocus fooocus-api --pace 0.05 --fault-file "$CASE/fault"
for fault in queue-full finish-error finish-cancel job-error; do
    say $fault
    echo $fault >"$CASE/fault"
    try sdctl inpaint "${MASKED[@]}" -q -o no.png
    pick '[.status, .images]'
done
say 'in a task that lives on'
echo queue-full >"$CASE/fault"
run sdctl inpaint "${MASKED[@]}" -q --async -o no.png
journal .state
echo job-error >"$CASE/fault"
sdctl inpaint "${MASKED[@]}" -q --async -o no.png 2>/dev/null | sdctl tasks wait - >"$CASE/stdout" 2>/dev/null
pick '[.status, .images]'
say 'what was refused may be sent again, and is not waited for'
: >"$CASE/fault"
try sdctl inpaint "${MASKED[@]}" -q --async -o yes.png
try sdctl tasks wait --all
pick '[.status, (.images[].path | split("/")[-1])]'
tree
