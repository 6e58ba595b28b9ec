# Options that this release does not have are unknown, not ignored.
for option in --batch=jobs.jsonl --jobs=2; do
    run sdctl img2img --dry-run -i "$TILE" $option
done
run sdctl img2img --dry-run -i "$TILE" -b eks
