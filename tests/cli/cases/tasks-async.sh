# --async prints a document with the task's id and does not wait; 'tasks wait -' takes it from there.
start_ppinfra --fault slow-queue=4:1
run sdctl img2img "${SMALL[@]}" --seed 1 --async -o cup.png
task=$(task_id)
cp "$CASE/stdout" document
tree
journal '{state, command, backend, endpoint, url, output, task_id}'
run sdctl tasks list
try sdctl tasks get "$task"
pick '[.command, .status, .task_id, .info.task.status]'
try sdctl tasks fetch "$task"
try sdctl tasks wait - <document
pick '[.command, .status, .images[0].path, .images[0].width, .images[0].seed, .params.request.prompt, .warnings]'
journal '{state, images}'
submissions

say 'in one pipe, into a folder'
mkdir out
announce sdctl img2img "${SMALL[@]}" --seed 1 --async '|' sdctl tasks wait - -o out/
sdctl img2img "${SMALL[@]}" --seed 1 --async | sdctl tasks wait - -o out/ >"$CASE/stdout"
pick '[.status, .images[].path]'
say 'and on with what was made'
sdctl img2img "${PLAIN[@]}" --size 128x192 --seed 1 --async -o a.png | sdctl tasks wait - >a.json
jq -c .status a.json
try sdctl img2img --from a.json --dry-run
pick '.request | {prompt, model_name, seed, steps, width, height, image_num, guidance_scale, sampler_name}'
try sdctl inpaint "${PLAIN[@]}" -m "$MASK" --seed 1 --async -o masked.png
pick '[.command, .status]'
try sdctl tasks wait "$(task_id)"
pick '[.command, .status, (.images[0].path | split("/")[-1])]'

say 'a document of a task that had ended is passed on'
try sdctl tasks wait - <a.json
cmp a.json "$CASE/stdout" && echo same
say 'what is no document'
run sdctl tasks wait - </dev/null
run sdctl tasks wait - <"$TILE"
echo '{"status":"queued"}' >no-id
run sdctl tasks wait - <no-id
run sdctl img2img "${SMALL[@]}" --async --stream
run sdctl img2img "${SMALL[@]}" --async --loopback 2
tree
