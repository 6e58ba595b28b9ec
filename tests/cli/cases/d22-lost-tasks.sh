# D22: an id that is not known is 200 and an empty list; the status is null while a task waits, and for ever when
# it is lost. A task that is neither waiting nor running is found out.
start_fooocus fooocusapi --fault-file "$CASE/fault"
: >"$CASE/fault"
run sdctl tasks get 0123456789abcdef0123456789abcdef
run sdctl tasks wait 0123456789abcdef0123456789abcdef
run sdctl tasks cancel 0123456789abcdef0123456789abcdef
run sdctl tasks get ../../etc/passwd
say 'lost'
echo lost-task >"$CASE/fault"
try sdctl inpaint "${MASKED[@]}" -q --async -o lost.png
pick '[.status, (.task_id | length), .params.async_process]'
lost=$(task_id)
try sdctl tasks get "$lost"
try sdctl tasks wait "$lost"
pick '[.status, .images]'
journal '{state, command, backend}'
sdctl tasks list >"$CASE/stdout"
pick '[.status, .params.prompt]'
say 'failed: finished without a result'
echo finished-empty >"$CASE/fault"
try sdctl inpaint "${MASKED[@]}" -q -o failed.png
pick '[.status, .images]'
try sdctl inpaint "${MASKED[@]}" -q --async -o failed.png
try sdctl tasks wait "$(task_id)"
pick '[.status, .images]'
say 'the older server'
start_fooocus fooocus-api --fault-file "$CASE/fault"
: >"$CASE/fault"
run sdctl tasks get 01234567-89ab-4def-8123-456789abcdef
echo lost-job >"$CASE/fault"
try sdctl inpaint "${MASKED[@]}" -q --async -o stuck.png
try sdctl tasks wait "$(task_id)" --timeout 0.5
pick '[.status, .images]'
tree
