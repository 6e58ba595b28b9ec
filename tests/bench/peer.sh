#!/bin/sh
# The pipeline that people write:  peer.sh URL IMAGE FOLDER
set -eu
base64 -w0 "$2" >"$3/image.b64"
jq -n --rawfile image "$3/image.b64" '{prompt: "a cat", init_images: [$image]}' >"$3/body.json"
curl -sS -H 'Content-Type: application/json' -H 'Expect:' --data-binary "@$3/body.json" "$1" \
    >"$3/answer.json"
n=0
jq -r '.images[]' "$3/answer.json" | while read -r image; do
    n=$((n + 1))
    printf '%s' "$image" | base64 -d >"$3/shell-$n.png"
done
