# endpoint add, list, remove, default, check.
start_sandbox
run sdctl endpoint list
run sdctl endpoint add home "$URL"
run sdctl endpoint add other http://127.0.0.1:1 --backend webui
run sdctl endpoint list
run sdctl endpoint add home "$URL"
run sdctl endpoint add home "$URL/" --force
run sdctl endpoint add -- -x "$URL"
run sdctl endpoint add 'a b' "$URL"
run sdctl endpoint add bad ftp://127.0.0.1
run sdctl endpoint add bad http://user:pw@127.0.0.1
run sdctl endpoint add bad
run sdctl endpoint default other
run sdctl endpoint default none
cat "$XDG_CONFIG_HOME/sdctl/config.json"
stat -c '%a %n' "$XDG_CONFIG_HOME/sdctl" "$XDG_CONFIG_HOME/sdctl/config.json"
run sdctl endpoint check
run sdctl endpoint check home
run sdctl endpoint check "$URL"
run sdctl endpoint check hom
say 'which one is used'
try sdctl img2img -i "$TILE" --steps 1 --size 64x48 -o default.png
try sdctl img2img -e home -i "$TILE" --steps 1 --size 64x48 -o named.png
pick .endpoint
SDCTL_ENDPOINT=home try sdctl img2img -i "$TILE" --steps 1 --size 64x48 -o variable.png
pick .endpoint
try sdctl img2img -e hoem -i "$TILE" -o none.png
run sdctl endpoint remove other
run sdctl endpoint remove other
run sdctl endpoint list
try sdctl img2img -i "$TILE" -o none.png
run sdctl endpoint
run sdctl endpoint frobnicate
tree
