# The journal: its modes and members; never a key, and no prompt unless asked.
umask 022
start_ppinfra --fault 'task-fails:1'
try sdctl img2img "${SMALL[@]}" -p 'a secret cup' --seed 1 -o cup.png
(cd "$XDG_STATE_HOME" && find . -printf '%m %P\n' | sort -k 2)
try sdctl img2img "${SMALL[@]}" -p 'a secret cup' --seed 2 -o cup.png
journal .
grep -c -e sesame -e secret "$XDG_STATE_HOME/sdctl/journal.jsonl"
[ "$(journal .key | sort -u | wc -l)" = 2 ] && echo 'two tasks'
say '--journal-params'
try sdctl img2img "${SMALL[@]}" -p 'a secret cup' --seed 3 --journal-params --async -o three.png
journal 'select(.params) | .params'
grep -c sesame "$XDG_STATE_HOME/sdctl/journal.jsonl"
try sdctl tasks wait "$(task_id)" --strict
pick '[.status, .params.request.prompt]'
say 'nothing is noted where nothing lives on'
lines=$(journal . | wc -l)
try sdctl img2img "${SMALL[@]}" --dry-run
try sdctl interrogate "$TILE"
run sdctl img2img "${SMALL[@]}" --count 9
run sdctl img2img "${SMALL[@]}" --model nothing
[ "$(journal . | wc -l)" = "$lines" ] && echo 'as before'
say 'a line cut short, and modes that are too wide'
printf '{"key":"sdctl-00' >>"$XDG_STATE_HOME/sdctl/journal.jsonl"
try sdctl tasks list
pick '.status'
try sdctl img2img "${SMALL[@]}" --seed 5 -o five.png
try sdctl tasks list
pick '.status'
chmod 666 "$XDG_STATE_HOME/sdctl/journal.jsonl"
run sdctl tasks list
run sdctl img2img "${SMALL[@]}" --seed 6 -o six.png
submissions
say 'no place for it'
XDG_STATE_HOME=/dev/null run sdctl img2img "${SMALL[@]}" --seed 6 -o six.png
XDG_STATE_HOME=relative HOME=$CASE/tmp try sdctl tasks list
tree
