# --set and --params are checked against what the server knows.
dry() { run sdctl img2img --dry-run -i "$DATA/dot.png" "$@"; }
dry --set stepps=20
dry --set Steps=20
dry --set overide_settings.x=1
dry --set steps=many
dry --set steps=0
dry --set 'prompt=[1]'
dry --set 'init_images=x'
dry --set denoising_strength=1.5
dry --set steps
dry --set =3
dry --set a..b=3
dry --set steps.x=3
dry --set 'prompt=a=b'
dry --set 'prompt="quoted"'
dry --set prompt=
dry --set 'override_settings={"a":1}' --set override_settings.b=2
say unchecked
dry --set stepps=20 --set-unchecked
say --params
echo '{"stepps": 20}' >unknown.json
echo '[1]' >array.json
echo '{"steps": 20,}' >broken.json
echo '{"steps": 20, "steps": 21}' >twice.json
: >empty.json
printf '\357\273\277{"steps": 20}' >bom.json
for name in unknown array broken twice empty bom none; do
    dry --params $name.json
done
say 'a whole request by --params from standard input'
echo '{"prompt": "cat", "init_images": ["'"$(base64 -w0 "$DATA/dot.png")"'"]}' |
    run sdctl img2img --dry-run --params -
