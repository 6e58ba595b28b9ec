# The deadline passes, or a signal comes: the task lives on, its id is printed, and a wait on another day ends it.
start_ppinfra --fault slow-queue=5
run sdctl img2img "${SMALL[@]}" --seed 1 -o cup.png --timeout 0.8
task=$(task_id)
run sdctl tasks wait "$task" --timeout 0.4
run sdctl tasks wait --all --timeout 0.4 --error-format json
try sdctl tasks wait "$task"
pick '[.status, (.images[0].path | split("/")[-1]), .images[0].seed]'
submissions
for signal in INT TERM; do
    say SIG$signal
    start_ppinfra --fault slow-queue=1.5
    begin make sdctl img2img "${SMALL[@]}" --seed 1 -o $signal.png
    sleep_until 20 grep -q task-result "$LOG"
    end make $signal
    try sdctl tasks wait --all
    pick '[.status, (.images[0].path | split("/")[-1])]'
    submissions
done
tree
