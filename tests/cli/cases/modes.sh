# Modes of what is written follow the umask; the configuration and its folder are private.
start_sandbox
for mask in 022 077 002; do
    (umask $mask && "$SDCTL" img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 -q -o $mask.png >/dev/null)
    stat -c '%a %n' $mask.png
done
umask 000
sdctl endpoint add home "$URL"
stat -c '%a' "$XDG_CONFIG_HOME/sdctl" "$XDG_CONFIG_HOME/sdctl/config.json"
say 'an existing file that is replaced'
umask 022
chmod 600 022.png
try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --force -o 022.png
stat -c '%a %n' 022.png
say 'numbers do not follow the locale'
try env LC_ALL=de_DE.UTF-8 "$SDCTL" img2img --dry-run -i "$TILE" --strength 0.5
pick .denoising_strength
try env LC_ALL=de_DE.UTF-8 "$SDCTL" img2img --dry-run -i "$TILE" --strength 0,5
