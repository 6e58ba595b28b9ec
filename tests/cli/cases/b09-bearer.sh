# B9: the key goes out as a Bearer token, and a wrong one is refused with status 5.
start_ppinfra
try sdctl img2img "${SMALL[@]}" --seed 1 -o out.png
jq -c .headers.Authorization "$(kept)/http.json"
sed -n 's/ [0-9]*, .* ms/ .../p' "$LOG" | sed 's#/results/.*png#/results/...#' | sort -u
say 'never with the results'
grep -c 'KEY LEAKED' "$LOG"
say 'wrong, missing'
SDCTL_API_KEY=wrong run sdctl img2img "${SMALL[@]}" -o no.png
SDCTL_API_KEY= run sdctl img2img "${SMALL[@]}" -o no.png
SDCTL_API_KEY=wrong run sdctl endpoint check "$URL"
SDCTL_API_KEY=wrong run sdctl tasks get 00000000-0000-4000-8000-000000000000
printf 'sesame\n' >key
chmod 600 key
SDCTL_API_KEY=wrong try sdctl img2img "${SMALL[@]}" --api-key-file key -o key.png
say 'as other documents of the vendor have it'
start_ppinfra --fault 403-invalid-key
run sdctl img2img "${SMALL[@]}" -o no.png
start_ppinfra --fault 400-missing-key
run sdctl img2img "${SMALL[@]}" -o no.png
submissions
