# interrogate prints the caption, or the result document.
start_sandbox
run sdctl interrogate -e "$URL" "$TILE"
run sdctl interrogate -e "$URL" "$TILE" --model deepdanbooru
run sdctl interrogate -e "$URL" "$TILE" --text
run sdctl interrogate -e "$URL" "$TILE" --model nothing
run sdctl interrogate -e "$URL"
run sdctl interrogate -e "$URL" "$TILE" "$TILE"
run sdctl interrogate -e "$URL" none.png
run sdctl interrogate -e "$URL" - <"$TILE"
for fault in empty-body html wrong-types 500 escapes; do
    say $fault
    start_sandbox --fault $fault
    run sdctl interrogate -e "$URL" "$TILE" --retries 0
done
