# A20: A1111 wraps errors, Forge does not; detail is a string or a list.
for flavour in forge a1111; do
    for fault in 404 422 500 503; do
        say "$flavour $fault"
        start_sandbox --flavour $flavour --fault $fault
        run sdctl img2img -e "$URL" -i "$TILE" --retries 0 -o out.png
        run sdctl img2img -e "$URL" -i "$TILE" --retries 0 --error-format json -o out.png
    done
done
tree
