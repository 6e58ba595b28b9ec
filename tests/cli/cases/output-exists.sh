# An existing output is refused before anything is sent, and kept; --force replaces it.
start_sandbox
echo mine >out.png
run sdctl img2img -e "$URL" -i "$TILE" -o out.png
cat out.png
requests
try sdctl img2img -e "$URL" -i "$TILE" --seed 1 --steps 1 --size 64x48 --force -o out.png
file -b out.png
say 'a failed run keeps it'
echo mine >out.png
start_sandbox --fault 500
run sdctl img2img -e "$URL" -i "$TILE" --force -o out.png
start_sandbox --fault truncated-png
run sdctl img2img -e "$URL" -i "$TILE" --force -o out.png
start_sandbox --fault half-body
run sdctl img2img -e "$URL" -i "$TILE" --force -o out.png
cat out.png
say 'it came into being meanwhile'
start_sandbox --pace 0.1
begin run sdctl img2img -e "$URL" -i "$TILE" --seed 1 --steps 20 --strength 1 --size 64x48 -o late.png
sleep_until 20 active
echo mine >late.png
end run
cat late.png
tree
