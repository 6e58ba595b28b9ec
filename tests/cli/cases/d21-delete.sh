# D21: a deletion answers null whatever happened, and takes waiting and running tasks along. So the list is
# shown and agreed to, what runs is waited for, and the list is read again.
start_fooocus fooocusapi
for n in 1 2; do sdctl img2img "${FAST[@]}" --seed $n -q -o $n.png >/dev/null; done
now() { date -u -d "${1-now}" +%Y-%m-%dT%H:%M:%SZ; }
hide 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g'
left() { sdctl tasks list | jq -s -c '[.[].params.image_seed]'; }
deletions() { grep -c 'action=delete' "$LOG"; }
say 'both bounds, and agreement'
run sdctl tasks delete --since 2020-01-01
run sdctl tasks delete --until 2020-01-01
run sdctl tasks delete
run sdctl tasks delete --since 2020-01-02 --until 2020-01-01
try sdctl tasks delete --since "$(now -1hour)" --until "$(now +1hour)"
pick '[.status, .params.image_seed]'
try sdctl tasks delete --since 2020-01-01 --until 2020-01-02 --yes
deletions
left
say 'done, and proved'
find "$SERVED/outputs" -name '*.png' | wc -l
try sdctl tasks delete --since "$(now -1hour)" --until "$(now +1hour)" --yes
pick '[.status, .params.image_seed]'
deletions
left
find "$SERVED/outputs" -name '*.png' | wc -l

say 'while a task of that time runs and another one waits'
start_fooocus fooocusapi --pace 0.3
sdctl img2img "${FAST[@]}" --seed 3 -q -o 3.png >/dev/null
sdctl inpaint "${MASKED[@]}" --seed 4 --async -q -o 4.png >/dev/null
sdctl inpaint "${MASKED[@]}" --seed 5 --async -q -o 5.png >/dev/null
try sdctl tasks delete --since "$(now -1hour)" --until "$(now +1hour)" --yes
deletions
say 'one of another time is no obstacle'
try sdctl tasks delete --since 2020-01-01 --until 2020-01-02 --yes
try sdctl tasks wait --all -q
pick '[.status, (.images[].path | split("/")[-1])]'
left
say 'a clock that cannot be told'
start_fooocus fooocusapi
run sdctl tasks delete --since "$(now -1hour)" --until "$(now +1hour)" --yes
say 'the older server'
start_fooocus fooocus-api
run sdctl tasks delete --since "$(now -1hour)" --until "$(now +1hour)" --yes
