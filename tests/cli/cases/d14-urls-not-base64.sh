# D14: require_base64 does nothing on FooocusAPI and makes answers large on the older server: pictures are
# fetched from their URLs, whatever was asked.
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind
    try sdctl img2img "${FAST[@]}" --set require_base64=true -o $kind.png
    pick '[.status, .warnings, .images[0].path]'
    pick '.params | has("require_base64")'
    requests | sed 's#/[^/]*\.png#/NAME.png#'
done
