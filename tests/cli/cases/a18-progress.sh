# A18: progress may be nonsense or a 500; the run goes on. It is shown on a terminal only.
start_sandbox --pace 0.1
run_slow="--steps 20 --strength 1 --size 64x48"
# shellcheck disable=SC2086
terminal "$SDCTL" img2img -e "$URL" -i "$TILE" $run_slow -o shown.png
# shellcheck disable=SC2086
terminal "$SDCTL" img2img -e "$URL" -i "$TILE" $run_slow --no-progress -o hidden.png
# shellcheck disable=SC2086
terminal "$SDCTL" img2img -e "$URL" -i "$TILE" $run_slow -q -o quiet.png
# shellcheck disable=SC2086
try sdctl img2img -e "$URL" -i "$TILE" $run_slow -o file.png

say 'every question about progress fails'
start_sandbox --pace 0.1 --fault 500@progress
# shellcheck disable=SC2086
terminal "$SDCTL" img2img -e "$URL" -i "$TILE" $run_slow -o fails.png
tree
