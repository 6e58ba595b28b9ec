# A configured endpoint of PPInfra; without --backend a URL cannot be told to be one.
start_ppinfra
URL2=$URL
unset SDCTL_ENDPOINT SDCTL_BACKEND SDCTL_API_KEY
printf 'sesame\n' >key
chmod 600 key
run sdctl endpoint add prod "$URL" --backend ppinfra --key-file key
run sdctl endpoint list
try sdctl endpoint check prod
pick '[.endpoint, .backend, .status, (.checkpoints | length)]'
try sdctl img2img "${SMALL[@]}" --seed 1 -o out.png
pick '[.endpoint, .backend, .status]'
try sdctl interrogate "$TILE"
pick '[.endpoint, .backend, .status]'
say 'the default URL is the service itself'
try sdctl img2img -b ppinfra -e '' --explain "${SMALL[@]}"
pick .endpoint
XDG_CONFIG_HOME=$CASE/none try sdctl img2img -b ppinfra --explain "${SMALL[@]}"
pick .endpoint
say 'a URL alone'
run sdctl img2img -e "$URL" "${SMALL[@]}" --api-key-file key -o no.png
run sdctl endpoint check "$URL"
