# A17: interrupt stops whatever runs, so it is asked for only while this task is the one.
start_sandbox --pace 0.1

begin first sdctl img2img -e "$URL" -i "$TILE" --steps 900 --strength 1 --size 64x48 -o first.png
sleep_until 20 active
begin second sdctl img2img -e "$URL" -i "$TILE" --steps 900 --strength 1 --size 64x48 -o second.png
sleep_until 20 waiting 1

say 'the second is in the queue: no interrupt'
end second INT
posts | grep interrupt

say 'the first runs: interrupt'
end first TERM
posts | grep interrupt
tree
