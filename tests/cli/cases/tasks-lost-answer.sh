# A submission whose answer is lost may have been paid: it is "unknown", and only --resubmit sends it again.
start_ppinfra --fault lost-submit-answer:1
run sdctl img2img "${SMALL[@]}" --seed 1 -o cup.png
submissions
run sdctl img2img "${SMALL[@]}" --seed 1 -o cup.png
run sdctl img2img "${SMALL[@]}" --seed 1 -o other.png --async
submissions
run sdctl tasks list
journal '{state, reason}'
key=$(sdctl tasks list | jq -r .info.key)
run sdctl tasks wait "$key"
run sdctl tasks wait --all
say 'another request is another matter'
try sdctl img2img "${SMALL[@]}" --seed 2 -o two.png
pick '[.status, .warnings]'
say '--resubmit'
try sdctl img2img "${SMALL[@]}" --seed 1 --resubmit -o cup.png
pick '[.status, .warnings, .images[].path]'
submissions
run sdctl tasks list
try sdctl img2img "${SMALL[@]}" --seed 1 --force -o cup.png
say 'or the entry is deleted'
start_ppinfra --fault cut-submit-answer:1
run sdctl img2img "${SMALL[@]}" --seed 3 -o cut.png
key=$(sdctl tasks list | tail -n 1 | jq -r .info.key)
run sdctl tasks delete "$key" --yes
try sdctl img2img "${SMALL[@]}" --seed 3 -o cut.png
submissions
say 'what was refused was not taken'
start_ppinfra --fault no-balance:1
run sdctl img2img "${SMALL[@]}" --seed 4 -o paid.png
try sdctl img2img "${SMALL[@]}" --seed 4 -o paid.png
say 'a service that cannot be reached has not taken it either'
SDCTL_ENDPOINT=http://127.0.0.1:1 run sdctl img2img "${SMALL[@]}" --set-unchecked --retries 0 -o no.png
SDCTL_ENDPOINT=http://127.0.0.1:1 run sdctl img2img "${SMALL[@]}" --set-unchecked --retries 0 -o no.png
tree
