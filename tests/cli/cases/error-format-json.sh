# --error-format json: one object with code, message and the server's own words.
run sdctl img2img --error-format json --steps many
run sdctl img2img --steps many --error-format=json
run sdctl img2img --error-format xml
run sdctl img2img --error-format json -i none.png --dry-run
run sdctl mask-invert --error-format json none.png
run sdctl endpoint --error-format json remove none
start_sandbox --fault 422
run sdctl img2img --error-format json -e "$URL" -i "$TILE" -o out.png
jq -c 'keys' "$CASE/stderr"
start_sandbox --fault escapes
run sdctl img2img --error-format json -e "$URL" -i "$TILE" -o out.png
run sdctl img2img -e "$URL" -i "$TILE" -o out.png
jq -c . "$CASE/stderr" >/dev/null 2>&1
tree
