# Where a server is told no task id, none is named: interrogate, and the server of stable-diffusion.cpp.
start_sandbox --fault late=30
begin ask sdctl interrogate -e "$URL" "$TILE"
sleep_until 20 test -d "$SERVED/0001"
sleep 0.5
end ask INT
run sdctl interrogate -e "$URL" "$TILE" --timeout 1
start_sandbox --flavour sdcpp --fault late=30
begin make sdctl img2img -e "$URL" -i "$TILE" -p cat --steps 1 --size 64x48 -o out.png
sleep_until 20 test -d "$SERVED/0001"
sleep 0.5
end make INT
try sdctl img2img -e "$URL" -i "$TILE" -p cat --steps 1 --size 64x48 --timeout 1 -o out.png
pick '[.status, .task_id]'
start_sandbox --flavour sdcpp --fault reset
try sdctl img2img -e "$URL" -i "$TILE" -p cat --steps 1 --size 64x48 -o out.png
requests
tree
