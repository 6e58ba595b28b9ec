# A9: what the seed's sample prints as defaults are values: nothing unset is sent.
try sdctl img2img --dry-run -i "$TILE" -p 'a tile'
pick '[keys[] | select(. != "init_images")]'
try sdctl img2img --explain -i "$TILE"
pick '.parameters | {restore_faces, tiling, image_cfg_scale, initial_noise_multiplier}'
try sdctl img2img --dry-run -i "$TILE" --set tiling=true --set restore_faces=null --set initial_noise_multiplier=0
pick '{tiling, restore_faces, initial_noise_multiplier}'
