# Options that this release does not have are unknown, not ignored.
for option in --async --batch=jobs.jsonl --jobs=2; do
    run sdctl img2img --dry-run -i "$TILE" $option
done
run sdctl inpaint --dry-run -i "$TILE" -m "$MASK" --async
run sdctl tasks list
for backend in ppinfra fooocusapi fooocus-api eks; do
    run sdctl img2img --dry-run -i "$TILE" -b $backend
done
