# A key is never an option; what looks like one is not repeated. In the clear it goes to this machine only.
start_sandbox --auth user:word
run sdctl img2img -e "$URL" -i "$TILE" --api-key=user:hunter2 -o out.png
run sdctl img2img -e "$URL" -i "$TILE" --api-key user:hunter2 -o out.png
run sdctl img2img -e 'http://user:hunter2@127.0.0.1:7860' -i "$TILE" -o out.png
export SDCTL_API_KEY=user:word
run sdctl img2img -e http://192.0.2.1:7860 -b webui -i "$TILE" --timeout 5 -o out.png
run sdctl img2img -e http://localhost.example.org:7860 -b webui -i "$TILE" --timeout 5 -o out.png
run sdctl endpoint check "$URL"
say 'to another machine when asked to; there is none'
"$SDCTL" img2img -e http://192.0.2.1:7860 -b webui -i "$TILE" --insecure-http --timeout 1 --retries 0 -o out.png 2>/dev/null
case $? in 4 | 8) echo 'it was tried' ;; esac
unset SDCTL_API_KEY
say 'another origin does not get it'
start_sandbox --auth user:word --fault redirect-other-host
SDCTL_API_KEY=user:word try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 -o out.png
tree
