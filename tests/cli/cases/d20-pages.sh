# D20: pages start at 0, the newest first; with a time the server ignores pages, so they are cut here.
start_fooocus fooocusapi
for n in 1 2 3 4 5; do sdctl img2img "${FAST[@]}" --seed $n -q -o $n.png >/dev/null; done
seeds() { jq -s -c '[.[].params.image_seed]' "$CASE/stdout"; }
for options in '' '--query history' '--page-size 2' '--page 1 --page-size 2' '--page 2 --page-size 2' '--page 3 --page-size 2' \
    '--since 2020-01-01' '--since 2020-01-01 --page-size 2' '--since 2020-01-01 --page 1 --page-size 2' \
    '--since 2020-01-01 --page 9 --page-size 2' '--query current' '--query pending'; do
    try sdctl tasks list $options
    seeds
done
run sdctl tasks list --query lately
run sdctl tasks list --page -1
run sdctl tasks list --page-size 0
say 'one of them'
sdctl tasks list --page-size 1 >"$CASE/stdout"
pick '[.command, .backend, .status, .info.progress, (.info.urls | length), .params.prompt]'
sdctl tasks fetch "$(task_id)" -o again.png >"$CASE/stdout"
pick '[.status, .images[0].path, .images[0].seed]'
cmp 5.png again.png && echo same
say 'what runs, what waits'
start_fooocus fooocusapi --pace 0.3
for n in 1 2 3; do sdctl inpaint "${MASKED[@]}" --seed $n --async -q -o w$n.png >/dev/null; done
running() { [ "$(sdctl tasks list --query current | wc -l)" = 1 ]; }
sleep_until 10 running
for which in current pending history all; do
    sdctl tasks list --query $which >"$CASE/stdout"
    jq -s -c "[\"$which\", (.[] | [.status, .params.image_seed])]" "$CASE/stdout"
done
