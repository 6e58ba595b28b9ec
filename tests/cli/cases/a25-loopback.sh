# A25: the iterations of Loopback are its first argument, not the number of batches.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --seed 2 --script Loopback --script-arg loops=3 \
    --script-arg final-strength=0.4 --strict -o loop.png
sent '{script_name, script_args, n_iter}'
pick '[.status, .warnings]'
pick '.images[] | {path, role, seed}'
run sdctl img2img --dry-run -i "$TILE" --script Loopback --script-arg loop=3
run sdctl img2img --dry-run -i "$TILE" --script-arg loops=3
say 'what the script would take for something else in silence, or fail on'
run sdctl img2img --dry-run -i "$TILE" --script Loopback --script-arg curve=steep
run sdctl img2img --dry-run -i "$TILE" --script Loopback --script-arg loops=many
try sdctl img2img --dry-run -i "$TILE" --script Loopback --script-arg curve=lazy --count 2
pick .script_args
