# D9: what the servers misread: a111 stops the older server's queue, a fractional overwrite_switch is a 422 on
# the newer one. D10: jpg is saved without metadata. They are refused before anything is sent.
start_fooocus fooocus-api
run sdctl img2img "${FAST[@]}" --set meta_scheme=a111 -o no.png
run sdctl img2img "${FAST[@]}" --set meta_scheme=a111 --set-unchecked -o no.png
try sdctl img2img "${FAST[@]}" --set meta_scheme=a1111 --set overwrite_switch=0.5 -o yes.png
run sdctl img2img "${FAST[@]}" --set adm_scaler_end=2 -o no.png
run sdctl img2img "${FAST[@]}" --set upscale_value=5 -o no.png
run sdctl img2img "${FAST[@]}" --sampler 'Euler a' -o no.png
posts
start_fooocus fooocusapi
run sdctl img2img "${FAST[@]}" --set metadata_scheme=a111 -o no.png
run sdctl img2img "${FAST[@]}" --set overwrite_switch=0.5 -o no.png
run sdctl img2img "${FAST[@]}" --set output_format=jpg -o no.png
run sdctl img2img "${FAST[@]}" --set uov_method=Enlarge -o no.png
run sdctl img2img "${FAST[@]}" --set aspect_ratios_selection=4:3 -o no.png
run sdctl img2img "${FAST[@]}" --set sharpness=31 -o no.png
run sdctl img2img "${FAST[@]}" --sampler 'Euler a' -o no.png
run sdctl img2img "${FAST[@]}" --set no_such_thing=1 -o no.png
posts
tree
