# --loopback feeds the first result of a round to the next; one document for each.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --loopback 3 --seed 7 --steps 1 --size 64x48 -o out.png
pick '[.images[].path, .params.seed, .params.init_images[0].path, .warnings]'
cmp out-1.png "$(kept 2)/init-0.png" && echo 'the second round got the first result'
cmp out-2.png "$(kept 3)/init-0.png" && echo 'the third round got the second result'
tree

say 'inpaint: from the second round on it starts from the image'
mkdir made
try sdctl inpaint -e "$URL" -i "$TILE" -m "$MASK" --loopback 2 --fill latent-noise --count 2 --steps 1 --size 64x48 \
    --set override_settings.CLIP_stop_at_last_layers=2 -o made/
pick '[(.images[] | .path), .params.inpainting_fill, .params.override_settings]'

say 'an existing name is found before anything is sent'
touch second-2.png
before=$(posts | wc -l)
run sdctl img2img -e "$URL" -i "$TILE" --loopback 2 --steps 1 -o second.png
[ "$(posts | wc -l)" = "$before" ] && echo 'nothing was sent'

say 'a round that fails ends it, and so does Ctrl-C'
touch "$CASE/faults"
start_sandbox --pace 1 --fault-file "$CASE/faults"
begin failing sdctl img2img -q -e "$URL" -i "$TILE" --loopback 3 --steps 1 --size 64x48 --retries 0 -o failing.png
sleep_until 20 test -e "$SERVED/0001/request.json"
echo 500 >"$CASE/faults"
end failing >"$CASE/said"
grep -c '"status":"succeeded"' "$CASE/said"
grep -v '^{' "$CASE/said"
: >"$CASE/faults"
begin stopped sdctl img2img -q -e "$URL" -i "$TILE" --loopback 3 --steps 1 --size 64x48 -o stopped.png
sleep_until 20 test -e stopped-1.png
end stopped INT >"$CASE/said"
grep -c '"status":"succeeded"' "$CASE/said"
tail -n 1 "$CASE/said"
ls failing* stopped*

say 'refused'
run sdctl img2img --dry-run -i "$TILE" -i "$TILE" --loopback 2
run sdctl img2img -e "$URL" -i "$TILE" --loopback 2 -o -
run sdctl img2img --dry-run -i "$TILE" --loopback 0
