#!/bin/bash
# make demo: a photo repainted, and a marked part of it repainted, by the real program over HTTP
# against the sandbox, which needs no GPU and no network.
set -eu

BIN=$(cd "${BIN:-.}" && pwd)
out=${DEMO_OUT:-demo-out}
photo=tests/data/photo.png
mask=tests/data/photo-mask.png

rm -rf "$out"
mkdir -p "$out/server"
exec 3< <(exec "$BIN/sdctl-sandbox" --port 0 --quiet --root "$out/server")
sandbox=$!
trap 'kill $sandbox 2>/dev/null' EXIT
read -r -u 3 -t 20 ready
url=${ready##* }

# show COMMAND...: prints it as one would type it, then runs it
show() {
    echo
    printf '$ sdctl'
    printf ' %q' "$@"
    echo
    "$BIN/sdctl" "$@"
}

echo "The sandbox, a stand-in for WebUI, listens on $url."
show img2img --endpoint "$url" -i "$photo" -p 'an espresso, oil painting, red' \
    --strength 0.6 --steps 20 --seed 7 --size 768x512 -o "$out/repainted.png"
show inpaint --endpoint "$url" -i "$photo" -m "$mask" -p 'a blue spoon' \
    --strength 0.8 --steps 20 --seed 7 --size 768x512 --ui-defaults -o "$out/inpainted.png"

cat <<EOT

The pictures are:
  $photo                 the photo
  $mask            the mask: white is repainted
  $out/repainted.png               the whole photo repainted
  $out/inpainted.png               only what the mask marks repainted
  $out/server/                     what the server received, request by request

The sandbox paints brush strokes; it generates nothing. For the real thing, start
WebUI with --api and point the same commands at it:
  sdctl endpoint add home http://127.0.0.1:7860
  sdctl img2img -i photo.png -p 'an espresso, oil painting' --strength 0.6 -o out.png
EOT
