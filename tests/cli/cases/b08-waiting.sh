# B8: --timeout counts seconds, an error of a question keeps its words, and inpainting sends the VAE.
start_ppinfra --fault task-stuck
before=$SECONDS
try sdctl img2img "${SMALL[@]}" --seed 1 -o never.png --timeout 1.5
[ $((SECONDS - before)) -le 4 ] && echo 'in time'
pick '[.status, .task_id, .info.task.progress_percent]'

say 'faults that pass'
start_ppinfra --fault 503@task-result:2
try sdctl img2img "${SMALL[@]}" --seed 1 -o out.png
pick .status
start_ppinfra --fault lost-poll:2
try sdctl img2img "${SMALL[@]}" --seed 1 --force -o out.png
pick .status
say 'faults that do not'
start_ppinfra --fault 500@task-result
try sdctl img2img "${SMALL[@]}" --seed 1 -o never.png --retries 1
start_ppinfra --fault 403-invalid-key@task-result
try sdctl img2img "${SMALL[@]}" --seed 1 -o never.png
pick .status
start_ppinfra --fault wrong-task-id
try sdctl img2img "${SMALL[@]}" --seed 1 -o never.png
start_ppinfra --fault task-fails
try sdctl img2img "${SMALL[@]}" --seed 1 -o never.png
pick '[.status, .images]'
run sdctl img2img "${SMALL[@]}" --seed 1 -q --error-format json -o never.png >/dev/null

say 'the VAE'
start_ppinfra
try sdctl img2img "${SMALL[@]}" --vae clear_vae_200005.safetensors --force -o vae.png
sent .request.sd_vae
try sdctl inpaint "${PLAIN[@]}" -m "$MASK" --vae clear_vae_200005.safetensors --force -o vae.png
sent .request.sd_vae
tree
