# A7: an option of the server can overrule s_churn of a request; its infotext tells.
start_sandbox
try sdctl img2img -e "$URL" -i "$TILE" --sampler Euler --steps 2 --seed 1 --size 64x48 --set s_churn=0.5 \
    --strict -o out.png
curl -sS -H 'Content-Type: application/json' -d '{"s_churn": 0.25}' "$URL/sdapi/v1/options"
echo
try sdctl img2img -e "$URL" -i "$TILE" --sampler Euler --steps 2 --seed 1 --size 64x48 --set s_churn=0.5 \
    --strict -o other.png
pick '{status, warnings}'
tree
