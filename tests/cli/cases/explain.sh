# --explain: each effective value and where it comes from; nothing is sent.
echo '{"tiling": true, "steps": 11, "cfg_scale": 4}' >params.json
start_sandbox
run sdctl img2img --explain -e "$URL" -i "$TILE" -p cat --params params.json --set steps=12 --set override_settings.eta_noise_seed_delta=31337 --clip-skip 2 --steps 13
requests
jq . "$CASE/stdout" | head -20
run sdctl img2img --explain --dry-run -i "$TILE"
