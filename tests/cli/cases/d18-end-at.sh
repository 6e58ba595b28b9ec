# D18: end_at is when the server was started unless it is given, and a range that ends before it begins gives
# everything: both bounds are always sent.
start_fooocus fooocusapi
for n in 1 2 3; do sdctl img2img "${FAST[@]}" --set image_number=1 -q -o $n.png >/dev/null; done
count() { jq -s -c '[length, (.[] | .status)]' "$CASE/stdout"; }
bounds() { sed -n 's/^GET \(\/tasks[^ ]*\) .*/\1/p' "$LOG" | tail -n 1 | sed 's/at=20[0-9T:-]*/at=TIME/; s/at=2[0-9T:-]*$/at=LATE/; s/at=2000-01-01T00:00:00/at=EARLY/'; }
day() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
for range in '--since 2020-01-01' "--since $(day -1hour)" "--until $(day +1hour)" "--since $(day -1hour) --until $(day +1hour)"; do
    echo "tasks list ${range//20[0-9T:Z-]*/TIME}"
    sdctl tasks list $range >"$CASE/stdout"
    count
    bounds
done
say 'nothing in it'
for range in '--until 2020-01-01' "--since $(day +1hour)" '--since 2020-01-01 --until 2020-01-02' '--since 2020-01-02 --until 2020-01-01'; do
    sdctl tasks list $range >"$CASE/stdout"
    count
done
run sdctl tasks list --since yesterday
run sdctl tasks list --until 2026-13-01
run sdctl tasks list --since 2026-11-21T25:00
