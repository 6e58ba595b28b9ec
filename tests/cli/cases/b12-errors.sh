# B12: the documents have no error form; the service's own words are shown, whatever was refused.
start_ppinfra
run sdctl img2img "${SMALL[@]}" --lora nothing -o no.png
run sdctl img2img "${SMALL[@]}" --lora nothing --error-format json -o no.png
run sdctl img2img "${SMALL[@]}" --vae nothing -o no.png
for fault in no-balance html 404 500 503 429=1 wrong-types escapes; do
    say $fault
    start_ppinfra --fault $fault
    run sdctl img2img "${SMALL[@]}" --retries 0 -o no.png
    submissions
done
say 'too many requests: after the time that the service says'
start_ppinfra --fault 429=1:1
try sdctl img2img "${SMALL[@]}" --seed 1 -o out.png
posts
submissions
tree
