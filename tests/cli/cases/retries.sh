# A submission is repeated after 429 and 503 only; questions are repeated.
made() { try sdctl img2img -e "$URL" -i "$TILE" --seed 1 --steps 1 --size 64x48 --force -o out.png "$@"; posts | grep -c img2img; }
for fault in 429:1 503:1 503:3 429:9; do
    say $fault
    start_sandbox --fault $fault
    made --retries 2
done
for fault in 500:1 502:1 504:1 reset:1 half-body:1; do
    say $fault
    start_sandbox --fault $fault
    made
done
say 'the list of samplers'
start_sandbox --fault 503@samplers:2
made
start_sandbox --fault reset@samplers:1
made
start_sandbox --fault 503@samplers
made --retries 1
say 'a wait that is longer than the deadline'
start_sandbox --fault 429
made --timeout 1
