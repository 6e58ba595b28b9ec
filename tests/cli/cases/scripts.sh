# Scripts: those of WebUI by named arguments, any other by its arguments in order.
dry() { try sdctl img2img --dry-run -i "$TILE" "$@"; [ "$status" != 0 ] || pick '{script_name, script_args}'; }
dry --script loopback
dry --script Loopback --script-arg curve=Lazy --script-arg loops=2
dry --script Loopback --script-arg 3 --script-arg 0.5 --script-arg '"Linear"' --script-arg '"None"'
dry --script Loopback --script-arg 3 --script-arg curve=Lazy
dry --script Loopback --script-arg curve=Lazy --script-arg 3
dry --script 'My script' --script-arg 1 --script-arg two --script-arg '[3]' --script-arg null --script-arg '"4"'
dry --script 'My script'
dry --script ''
start_sandbox
run sdctl img2img -e "$URL" -i "$TILE" --script 'No such script' -o out.png
try sdctl img2img -e "$URL" -i "$TILE" --script 'Outpainting mk2' --script-arg pixels=8 --script-arg directions=left,right --steps 1 --size 64x64 --seed 1 --strict -o wide.png
pick '.images[] | {width, height, role, seed}'
tree
