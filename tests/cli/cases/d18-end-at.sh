# D18: end_at is when the server was started unless it is given, and a range that ends before it begins gives
# everything: both bounds are always sent.
start_fooocus fooocusapi
for n in 1 2 3; do sdctl img2img "${FAST[@]}" -q -o $n.png >/dev/null; done
hide 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z?/TIME/g; s/, [0-9]+ bytes, [0-9]+ ms/, N bytes, N ms/'
day() { date -u -d "$1" +%Y-%m-%dT%H:%M:%SZ; }
for range in '--since 2020-01-01' "--since $(day -1hour)" "--until $(day +1hour)" "--since $(day -1hour) --until $(day +1hour)"; do
    try sdctl tasks list -v $range
    jq -s -c '[.[].status]' "$CASE/stdout"
done
say 'nothing in it'
for range in '--until 2020-01-01' "--since $(day +1hour)" '--since 2020-01-01 --until 2020-01-02'; do
    try sdctl tasks list $range
    jq -s -c '[.[].status]' "$CASE/stdout"
done
say 'no range'
run sdctl tasks list --since 2020-01-02 --until 2020-01-01
run sdctl tasks list --since yesterday
run sdctl tasks list --until 2026-13-01
run sdctl tasks list --since 2026-11-21T25:00
