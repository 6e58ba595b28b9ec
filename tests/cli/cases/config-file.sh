# The configuration: others must not write it; what is broken in it is said.
config=$XDG_CONFIG_HOME/sdctl/config.json
mkdir -p "${config%/*}"
use() { run sdctl endpoint list; }
use
echo '{"endpoints": {"home": {"url": "http://127.0.0.1:1"}}}' >"$config"
for mode in 600 644 664 602; do
    chmod $mode "$config"
    echo "mode $mode"
    use
done
chmod 600 "$config"
for text in '' '{' '[]' '{"endpoints": []}' '{"endpoints": {"home": {}}}' '{"endpoints": {"home": {"url": 3}}}' '{"endpoints": {"home": {"url": "ftp://x"}}}' '{}'; do
    printf %s "$text" >"$config"
    echo "content $text"
    use
    run sdctl img2img -e home -i "$TILE" --timeout 3 --retries 0 -o out.png
done
rm "$config"
mkfifo "$config"
use
rm "$config"
mkdir "$config"
use
rmdir "$config"
say 'no place for it'
run env -u HOME -u XDG_CONFIG_HOME "$SDCTL" endpoint list
run env -u XDG_CONFIG_HOME HOME=relative "$SDCTL" endpoint list
start_sandbox
try env -u HOME -u XDG_CONFIG_HOME "$SDCTL" img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 -o out.png
tree
