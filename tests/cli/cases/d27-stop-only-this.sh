# D27: stop and skip hit whatever runs, so the task is asked after first.
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind --pace 0.3
    sdctl inpaint "${MASKED[@]}" --async -q -o first-$kind.png >"$CASE/stdout"
    first=$(task_id)
    sdctl inpaint "${MASKED[@]}" --seed 8 --async -q -o second-$kind.png >"$CASE/stdout"
    second=$(task_id)
    running() { [ "$(sdctl tasks get "$first" | jq -r .status)" = running ]; }
    sleep_until 10 running
    run sdctl tasks cancel "$second"
    run sdctl tasks skip "$second"
    posts | grep -c -E 'control|stop'
    try sdctl tasks cancel "$first"
    pick '[.command, .status, .task_id]'
    run sdctl tasks cancel "$first"
    try sdctl tasks wait "$first"
    pick '[.status, .images]'
    try sdctl tasks wait "$second"
    pick '[.status, (.images[].path | split("/")[-1])]'
    posts | grep -E 'control|stop'
done
say 'skip: on with the next picture'
start_fooocus fooocusapi --pace 0.3
sdctl inpaint "${MASKED[@]}" --count 2 --async -q -o pair.png >"$CASE/stdout"
first=$(task_id)
sleep_until 10 running
try sdctl tasks skip "$first"
pick '[.command, .status]'
try sdctl tasks wait "$first"
pick '[.status, (.images | length), .warnings]'
hide 's/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/TASK/g'
