# fetch: the results again, while the service keeps them; an existing file is kept unless --force.
start_ppinfra --ttl 3600
try sdctl img2img "${SMALL[@]}" --seed 1 --count 2 -o cup.png
task=$(task_id)
cp cup-1.png first.png
try sdctl tasks fetch "$task"
pick '[.status, .images[].path, .warnings[]]'
try sdctl tasks fetch "$task" --force
pick '[.status, .images[].path, .warnings[]]'
try sdctl tasks fetch "$task" -o again.png
pick '[.status, .images[].path, .warnings[]]'
cmp first.png again-1.png && echo 'the same picture'
try sdctl tasks fetch "$task" -o -
cmp first.png "$CASE/stdout" && echo 'the first picture'
try sdctl img2img "${SMALL[@]}" --seed 1 -o one.png
try sdctl tasks fetch "$(task_id)" -o -
cmp one.png "$CASE/stdout" && echo 'the same picture'
try sdctl tasks fetch "$(sdctl tasks list | tail -n 1 | jq -r .info.key)" -o key.png
pick '[.status, .images[].path]'
say 'by id alone, from another folder, without an endpoint'
mkdir deep
(cd deep && unset SDCTL_ENDPOINT SDCTL_BACKEND && try sdctl tasks fetch "$task" --force && pick '[.status, .endpoint, .images[].path]')
submissions
tree
