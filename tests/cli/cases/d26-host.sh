# D26: links name what the server takes to be its own address: the path is fetched from the endpoint's host.
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind --fault other-host --auth sesame
    export SDCTL_API_KEY=sesame
    try sdctl img2img "${FAST[@]}" -v -o $kind.png
    pick '[.status, .images[0].path]'
    requests | sed 's#/[^/]*\.png#/NAME.png#'
    grep -c 'KEY LEAKED' "$LOG"
    say "$kind, without the key"
    unset SDCTL_API_KEY
    run sdctl img2img "${FAST[@]}" -o no.png
done
hide 's/, [0-9]+ bytes, [0-9]+ ms/, N bytes, N ms/; s#/[^/ ]*\.png: 200#/NAME.png: 200#'
