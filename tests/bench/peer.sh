#!/bin/sh
# The pipeline that people write:  peer.sh URL IMAGE FOLDER
set -eu
base64 -w0 "$2" >"$3/image.b64"
jq -n --rawfile image "$3/image.b64" '{prompt: "a cat", init_images: [$image]}' >"$3/body.json"
curl -sS -H 'Content-Type: application/json' -H 'Expect:' --data-binary "@$3/body.json" "$1" \
    >"$3/answer.json"
n=0
count=$(jq '.images | length' "$3/answer.json")
while [ "$n" -lt "$count" ]; do
    jq -r ".images[$n]" "$3/answer.json" | base64 -d >"$3/shell-$n.png"
    n=$((n + 1))
done
