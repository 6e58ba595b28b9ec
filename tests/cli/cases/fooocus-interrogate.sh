# Both servers describe pictures, as photo or anime.
for kind in fooocusapi fooocus-api; do
    say $kind
    start_fooocus $kind
    try sdctl interrogate "$TILE"
    pick '[.command, .status, .caption, .images]'
    for model in photo Anime clip; do
        try sdctl interrogate --model $model "$TILE"
        pick .caption
    done
    run sdctl interrogate --model blip "$TILE"
    requests
done
say 'in a pipe'
sdctl interrogate -q "$TILE" | sdctl inpaint -q --from - -i "$TILE" -m "$MASK" --set performance_selection=Lightning --dry-run | jq .prompt
