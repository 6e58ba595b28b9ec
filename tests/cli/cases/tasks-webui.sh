# WebUI: what waits is listed; a task is waited for by its id, and stopped only when it is the one that runs.
start_sandbox --pace 0.05
begin first sdctl img2img -e "$URL" -i "$TILE" --steps 900 --strength 1 --size 64x48 --seed 1 -o first.png
sleep_until 20 active
begin second sdctl img2img -e "$URL" -i "$TILE" --steps 2 --size 64x48 --seed 2 -o second.png
sleep_until 20 waiting 1
run sdctl tasks list -e "$URL"
queued=$(task_id)
running=$(jq -r .force_task_id "$SERVED/0001/request.json")
for task in "$queued" "$running"; do
    try sdctl tasks get -e "$URL" "$task"
    pick '[.command, .status]'
done
run sdctl tasks cancel -e "$URL" "$queued"
run sdctl tasks cancel -e "$URL" nothing
run sdctl tasks wait -e "$URL" "$running" --timeout 0.5
posts | grep interrupt
run sdctl tasks cancel -e "$URL" "$running"
posts | grep interrupt
run sdctl tasks wait -e "$URL" "$queued"
run sdctl tasks cancel -e "$URL" "$queued"
for name in first second; do
    eval "wait \$pid_$name"
    jq -c '[.status, .images[].path]' "$CASE/$name.out"
done
run sdctl tasks list -e "$URL"
run sdctl tasks list
run sdctl tasks delete -e "$URL" --since 2026-01-01 --until 2026-02-01
run sdctl img2img -e "$URL" -i "$TILE" --async -o no.png
tree
