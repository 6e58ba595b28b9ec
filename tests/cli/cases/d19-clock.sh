# D19: the server reads times by its own clock and cuts zones off: they are sent as that clock has them, which is
# told from the names of its pictures.
hide 's/, [0-9]+ bytes, [0-9]+ ms/, N bytes, N ms/'
export TZ=Asia/Kolkata
start_fooocus fooocusapi
export TZ=America/New_York
for n in 1 2; do sdctl img2img "${FAST[@]}" --seed $n -q -o $n.png >/dev/null; done
# moves the N-th task to a time, at an offset from UTC that the server had then
move() {
    "$PYTHON" - "$SERVED/outputs/db.sqlite3" "$@" <<'END'
import datetime, sqlite3, sys
path, number, utc, hours = sys.argv[1:]
at = datetime.datetime.fromisoformat(utc).replace(tzinfo=datetime.timezone.utc)
name = (at + datetime.timedelta(hours=float(hours))).strftime("%Y-%m-%d/%Y-%m-%d_%H-%M-%S_1234.png")
mills = int(at.timestamp() * 1000)
db = sqlite3.connect(path)
table = db.execute("select name from sqlite_master where type = 'table' and sql like '%in_queue_mills%'").fetchone()[0]
db.execute(f"update {table} set in_queue_mills = ?, start_mills = ?, finish_mills = ?, result = ? where id = ?",
           (mills, mills, mills, '["http://127.0.0.1:7866/outputs/%s"]' % name, number))
db.commit()
END
}
move 1 2026-07-01T10:00:00 5.5
move 2 2026-07-01T12:00:00 5.5
seeds() { jq -s -c '[.[].params.image_seed]' "$CASE/stdout"; }
try sdctl tasks list -v --since 2026-07-01T09:30:00Z --until 2026-07-01T11:30:00Z
seeds
for range in '--since 2026-07-01T12:00+00:30 --until 2026-07-01T18:00+05:30' '--since 2026-07-01T05:59 --until 2026-07-01T06:01' \
    '--since 2026-07-01T11:59:59.500Z --until 2026-07-01T12:00:00Z' '--since 2026-07-02'; do
    try sdctl tasks list $range
    seeds
done
say 'one of them is deleted'
try sdctl tasks delete -v --since 2026-07-01T05:59 --until 2026-07-01T06:01 --yes
seeds
sdctl tasks list >"$CASE/stdout"
seeds

say 'summer time: the clock of that time counts, not that of today'
export TZ=Europe/Berlin
start_fooocus fooocusapi
export TZ=UTC
for n in 1 2 3; do sdctl img2img "${FAST[@]}" --seed $n -q -o $n.png --force >/dev/null; done
move 1 2026-07-01T10:00:00 2
move 2 2026-07-01T10:30:00 2
move 3 2026-01-01T11:00:00 1
try sdctl tasks delete -v --since 2026-07-01T10:15:00Z --until 2026-07-01T11:15:00Z --yes
seeds
sdctl tasks list >"$CASE/stdout"
seeds
say 'over the change, where the server reads one of the times as another: nothing is deleted'
move 1 2026-10-24T21:30:00 2
try sdctl tasks delete --since 2026-01-01T10:30:00Z --until 2026-10-24T22:00:00Z --yes
seeds
sdctl tasks list >"$CASE/stdout"
seeds
