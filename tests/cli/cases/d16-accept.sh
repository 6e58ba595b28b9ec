# D16: without Accept FooocusAPI fails, and image/... at /outputs has the picture made anew, without its metadata.
start_fooocus fooocusapi
try sdctl inpaint "${MASKED[@]}" -q -o out.png
jq -c '[.method, .path, (.headers | to_entries[] | select(.key | test("^accept$"; "i")) | .value)]' "$(kept)/http.json"
say 'so the file is the one that the server has saved'
saved=$(find "$SERVED/outputs" -name '*.png')
cmp "$saved" out.png && echo same
"$PYTHON" -c 'import sys; from PIL import Image; print(sorted(Image.open(sys.argv[1]).info))' out.png
say 'what a client without Accept gets'
curl -s -o /dev/null -w '%{http_code}\n' -H Accept: -d '{}' -H 'Content-Type: application/json' "$URL/v1/engine/generate/"
