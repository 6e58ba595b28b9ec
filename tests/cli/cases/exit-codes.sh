# The exit codes of product.md, a fault each.
start_sandbox
one() { run sdctl img2img -e "$URL" -i "$TILE" --seed 1 --steps 1 --size 64x48 --retries 0 "$@"; }
quick() { one "$@" | sed 's/^{.*/(a result document)/'; }
say '0 done'
quick -o 0.png
say '2 usage'
quick --steps many -o 2.png
run sdctl img2img
run sdctl
run sdctl nonsense
say '3 bad input file'
run sdctl img2img -e "$URL" -i none.png -o 3.png
echo 'no picture' >text.png
run sdctl img2img -e "$URL" -i text.png -o 3.png
head -c 100 "$TILE" >half.png
run sdctl img2img -e "$URL" -i half.png -o 3.png
run sdctl img2img -e "$URL" -i . -o 3.png
say '4 network'
run sdctl img2img -e http://127.0.0.1:1 -i "$TILE" --retries 0 -o 4.png
run sdctl img2img -e http://no-such-host.invalid -b webui -i "$TILE" --retries 0 -o 4.png
say '9 cannot write output'
quick -o none/9.png
for pair in '5 401' '5 403' '6 404' '6 422' '7 500' '7 502' '7 504' '7 empty-images' '7 html' '7 not-an-image' '7 bad-base64' '4 reset' '4 half-body' '8 silence'; do
    say "$pair"
    start_sandbox --fault "${pair#* }"
    quick --timeout 3 -o no.png
done
say '10 not as asked'
start_sandbox --fault wrong-seed
quick --strict -o 10.png
tree
