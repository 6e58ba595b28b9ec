# Several waits at once: documents as tasks end, -o DIR, --all, and what ends badly among them.
start_ppinfra
ids=()
for seed in 1 2 3; do
    try sdctl img2img "${SMALL[@]}" --seed $seed --async -o s$seed.png >/dev/null
    ids+=("$(task_id)")
done
run sdctl tasks wait "${ids[@]}" -o all.png
mkdir out
try sdctl tasks wait "${ids[@]}" -o out/
pick '[.status, .images[0].seed, .images[0].path]' | sort
say '--all waits for what has not been fetched'
run sdctl tasks wait --all
for seed in 4 5; do
    try sdctl img2img "${SMALL[@]}" --seed $seed --async -o s$seed.png >/dev/null
done
last=$(task_id)
has_ended() { sdctl tasks get "$last" | jq -e '.status == "succeeded"' >/dev/null; }
sleep_until 20 has_ended
try sdctl tasks get "$last"
pick '[.status, .images]'
try sdctl tasks wait --all
pick '[.status, .images[0].seed, (.images[0].path | split("/")[-1])]' | sort
run sdctl tasks wait --all
run sdctl tasks wait
run sdctl tasks wait --all "${ids[@]}"
say 'one of them fails'
start_ppinfra --fault-file "$CASE/fault"
: >"$CASE/fault"
try sdctl img2img "${SMALL[@]}" --seed 6 --async -o s6.png >/dev/null
good=$(task_id)
echo task-fails >"$CASE/fault"
try sdctl img2img "${SMALL[@]}" --seed 7 --async -o s7.png >/dev/null
bad=$(task_id)
try sdctl tasks wait "$good" "$bad"
pick '[.status, (.images[0].path // "" | split("/")[-1])]' | sort
try sdctl tasks wait "$bad"
pick '[.status, .images]'
tree
