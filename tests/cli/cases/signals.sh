# A signal ends the run within two seconds, leaves no file and names the task.
start_sandbox --pace 0.1
for signal in INT TERM HUP; do
    say "SIG$signal"
    begin run sdctl img2img -e "$URL" -i "$TILE" --steps 900 --strength 1 --size 64x48 -o out.png
    sleep_until 20 active
    from=${EPOCHREALTIME/[.,]/}
    end run $signal
    [ $((${EPOCHREALTIME/[.,]/} - from)) -lt 2000000 ] && echo 'at once'
    sleep_until 20 eval '! active'
    posts | grep -c interrupt
done
say SIGKILL
begin run sdctl img2img -e "$URL" -i "$TILE" --steps 60 --strength 1 --size 64x48 -o out.png
sleep_until 20 active
end run KILL
say 'SIGKILL while the answer arrives'
start_sandbox --fault slow-drip
begin run sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 -o out.png
sleep_until 20 grep -q img2img "$LOG"
sleep 1
end run KILL
say 'SIGTERM while the answer arrives'
begin run sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 -o out.png
sleep 1.5
end run TERM
say 'before anything is sent'
mkfifo slow
begin run sh -c 'exec "$0" img2img -e "$1" -i - -o out.png <slow' "$SDCTL" "$URL"
exec 9>slow
sleep 0.5
end run INT
exec 9>&-
say 'nohup stays nohup'
start_sandbox --pace 0.1
nohup "$SDCTL" img2img -e "$URL" -i "$TILE" --steps 20 --strength 1 --size 64x48 -q -o nohup.png >"$CASE/stdout" 2>"$CASE/stderr" &
pid=$!
sleep_until 20 active
kill -HUP $pid
status=0
wait $pid || status=$?
echo "= $status"
tree
