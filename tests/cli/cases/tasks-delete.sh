# delete: what will be forgotten is shown, and it takes an agreement.
start_ppinfra
try sdctl img2img "${SMALL[@]}" --seed 1 -o one.png
one=$(task_id)
try sdctl img2img "${SMALL[@]}" --seed 2 -o two.png
two=$(task_id)
run sdctl tasks delete "$one"
try sdctl tasks list
pick .status
run sdctl tasks delete "$one" --yes
try sdctl tasks list
pick '.images'
run sdctl tasks delete "$two" "$one" --yes
try sdctl tasks delete "$two" --yes
run sdctl tasks list
say 'the service keeps no list, and deletes nothing'
run sdctl tasks list --query history
run sdctl tasks delete --since 2026-01-01 --until 2026-02-01
run sdctl tasks delete --since 2026-01-01
run sdctl tasks delete
run sdctl tasks cancel "$two"
run sdctl tasks skip "$two"
tree
