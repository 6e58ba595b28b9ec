# Tasks on two services are waited for on one loop, in either order; what was stopped is a success
# of cancel; and a server that answers a deletion with null has done it.
start_sandbox --backend fooocusapi
sdctl endpoint add new "$URL" -b fooocusapi
start_sandbox --backend fooocus-api
sdctl endpoint add old "$URL" -b fooocus-api

first=$(sdctl img2img -e new -i "$TILE" -p p --async -o a.png | jq -r .task_id)
second=$(sdctl img2img -e old -i "$TILE" -p p --async -o b.png | jq -r .task_id)
sdctl tasks wait "$first" "$second" --timeout 30 >wait.jsonl
echo "= $?"
ls ./*.png
sdctl tasks fetch "$second" "$first" --timeout 30 --force >fetch.jsonl
echo "= $?"
wc -l <fetch.jsonl | tr -d ' '

say delete
sdctl tasks delete -e new --since 2000-01-01 --until 2100-01-01 --yes >gone.jsonl
echo "= $?"
wc -l <gone.jsonl | tr -d ' '
run sdctl tasks list -e new

say cancel
start_sandbox --backend fooocusapi --pace 0.05
sdctl endpoint add slow "$URL" -b fooocusapi
id=$(sdctl img2img -e slow -i "$TILE" -p p --async -o c.png | jq -r .task_id)
runs() { sdctl tasks get "$id" | grep -q '"status":"running"'; }
sleep_until 20 runs
sdctl tasks cancel "$id" >cancel.jsonl
echo "= $?"
grep -o '"status":"[a-z]*"' cancel.jsonl
grep -o '"warnings":\[\]' cancel.jsonl
