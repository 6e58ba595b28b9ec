# -v says what is done, -q keeps warnings off; both leave standard output alone.
start_sandbox
hide 's/[0-9]+ bytes/N bytes/g; s/[0-9.]+ m?s\b/T/g'
try sdctl img2img -v -e "$URL" -i "$TILE" --steps 1 --size 64x48 -o out.png
pick .status
try sdctl img2img -q -e "$URL" -i "$TILE" --set do_not_save_grid=true --steps 1 --size 64x48 -o quiet.png
pick .warnings
run sdctl img2img -q -v --dry-run -i "$TILE"
run sdctl img2img -q --steps many
