# B2: the type of the results is what the user chose, else nothing is sent and the service decides.
start_ppinfra
try sdctl img2img "${SMALL[@]}" --seed 1 -o plain.png
sent .extra
pick '.images[]'
for type in png webp jpeg; do
    say $type
    try sdctl img2img "${SMALL[@]}" --seed 1 --set response_image_type=$type
    sent .extra
    pick '[.images[] | .path, .type], .info.images'
done
say 'the name follows the type'
try sdctl img2img "${SMALL[@]}" --seed 1 --set extra.response_image_type=webp -o cup.png
pick '[.images[].path], .warnings'
try sdctl img2img "${SMALL[@]}" --seed 1 --set extra.response_image_type=webp -o cup2.webp
pick '[.images[].path], .warnings'
run sdctl img2img "${SMALL[@]}" --set response_image_type=gif -o no.gif
run sdctl img2img "${SMALL[@]}" --set extra.response_image_type=gif --set response_image_type=png -o no.gif
tree
file cup* plain.png | sed 's/, .*//'
