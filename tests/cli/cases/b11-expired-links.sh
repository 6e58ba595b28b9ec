# B11: results are fetched at once, and checked: status, kind and size. What failed can be fetched later.
start_ppinfra --ttl 600
try sdctl img2img "${SMALL[@]}" --seed 1 -o out.png
pick '[.status, .images[0].path, .info.images, (.expires_at | test("^20.*Z$"))]'

for fault in expired-links download-404 download-html download-cut bad-links no-images; do
    say $fault
    start_ppinfra --fault-file "$CASE/fault"
    echo $fault >"$CASE/fault"
    try sdctl img2img "${SMALL[@]}" --seed 1 --retries 0 -o $fault.png
    pick '[.status, .images]'
    : >"$CASE/fault"
    task=$(task_id)
    try sdctl tasks fetch "$task"
    pick '[.status, .images[].path | split("/")[-1]]'
    submissions
done
say 'a download that breaks off goes on where it stopped'
start_ppinfra --fault download-cut:1
try sdctl img2img "${SMALL[@]}" --seed 1 -o resumed.png
cmp out.png resumed.png && echo same
for fault in download-no-ranges download-etag; do
    start_ppinfra --fault download-cut:1 --fault $fault
    try sdctl img2img "${SMALL[@]}" --seed 1 --force -o resumed.png
    cmp out.png resumed.png && echo same
done
tree
