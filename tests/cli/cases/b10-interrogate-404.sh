# B10: descriptions may have been withdrawn; a 404 says so in plain words.
start_ppinfra
run sdctl interrogate "$TILE"
run sdctl interrogate "$TILE" --text
run sdctl interrogate "$TILE" --model clip
start_ppinfra --fault img2prompt-404
run sdctl interrogate "$TILE"
run sdctl interrogate "$TILE" --error-format json
requests
