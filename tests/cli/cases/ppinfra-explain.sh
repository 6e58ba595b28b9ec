# --explain: where each value comes from; only two defaults are known.
export SDCTL_BACKEND=ppinfra
echo '{"steps": 30, "strength": 0.3, "extra": {"response_image_type": "webp"}}' >params.json
run sdctl img2img --explain "${PLAIN[@]}" --width 128 --set height=256 --params params.json --strength 0.5
run sdctl img2img --explain -i "$TILE" --params params.json
