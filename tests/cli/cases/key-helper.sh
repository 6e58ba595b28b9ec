# A helper command prints the key, as git's credential helpers do.
start_sandbox --auth user:word
make() { try sdctl img2img -e "$1" -i "$TILE" --steps 1 --size 64x48 --force -o out.png; }
run sdctl endpoint add good "$URL" --backend webui --key-command 'echo user:word'
run sdctl endpoint add bad "$URL" --backend webui --key-command 'echo user:word; exit 3'
run sdctl endpoint add silent "$URL" --backend webui --key-command true
run sdctl endpoint add variable "$URL" --backend webui --key-env HOME_KEY
run sdctl endpoint add file "$URL" --backend webui --key-file key
echo user:word >key && chmod 600 key
for name in good bad silent variable file; do
    make $name
done
HOME_KEY=user:word make variable
run sdctl endpoint list
say 'the helper does not see the key of the environment'
run sdctl endpoint add spy "$URL" --backend webui --key-command 'env | grep -c SDCTL_API_KEY >&2; echo user:word'
make spy
