# B7: a status that is not known counts as still running: it is asked again until the deadline.
start_ppinfra --fault unknown-status:2
try sdctl img2img "${SMALL[@]}" --seed 1 -o out.png
pick '[.status, .info.task.status, .images[].path]'
start_ppinfra --fault unknown-status
try sdctl img2img "${SMALL[@]}" --seed 1 -o never.png --timeout 1.5
pick '[.status, .info.task.status, .images]'
[ "$(grep -c 'GET /v3/async/task-result' "$LOG")" -ge 3 ] && echo 'asked more than once'
submissions
tree
