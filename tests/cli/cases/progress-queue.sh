# On a terminal a task that waits tells its place in the queue.
start_sandbox --pace 0.1
begin first sdctl img2img -e "$URL" -i "$TILE" --steps 40 --strength 1 --size 64x48 -q -o first.png
sleep_until 20 active
terminal "$SDCTL" img2img -e "$URL" -i "$TILE" --steps 20 --strength 1 --size 64x48 -o second.png
terminal env TERM=dumb "$SDCTL" img2img -e "$URL" -i "$TILE" --steps 10 --strength 1 --size 64x48 -o third.png
end first >/dev/null
tree
