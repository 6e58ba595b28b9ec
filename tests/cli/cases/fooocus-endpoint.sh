# What a service is, found by asking it once; and what it has.
start_fooocus fooocusapi --auth sesame
new=$URL
start_fooocus fooocus-api --auth sesame
old=$URL
unset SDCTL_BACKEND SDCTL_ENDPOINT
hide 's/, [0-9]+ bytes, [0-9]+ ms/, N bytes, N ms/; s#/[^/ ]*\.png: 200#/NAME.png: 200#'
start_sandbox
web=$URL
for url in "$new" "$old" "$web"; do
    try sdctl img2img "${FAST[@]:0:4}" -q -e "$url" -o no.png
    SDCTL_API_KEY=sesame try sdctl endpoint check "$url"
    pick '[.backend, .status, .models, .loras, (.styles // [] | length > 3)]'
done
export SDCTL_API_KEY=sesame
try sdctl img2img "${FAST[@]}" -v -e "$new" -o new.png
pick .backend
try sdctl img2img "${FAST[@]}" -v -e "$old" -o old.png
pick .backend
say 'the wrong kind, said by hand'
run sdctl img2img "${FAST[@]}" -e "$old" -b fooocusapi -o other.png
run sdctl img2img "${FAST[@]}" -e "$new" -b fooocus-api -o other.png
run sdctl endpoint check -b fooocusapi "$old"
