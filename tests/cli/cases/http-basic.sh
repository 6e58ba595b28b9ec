# HTTP Basic: the key is USER:PASSWORD, from a file, the environment, a helper or standard input.
start_sandbox --auth 'user:s3cret-word'
make() { try sdctl img2img -e "$URL" -i "$TILE" --steps 1 --size 64x48 --force -o out.png "$@"; }
make
echo 'user:s3cret-word' >key
chmod 600 key
make --api-key-file key
make --api-key-file - <key
echo 'user:wrong-word' >wrong
chmod 600 wrong
make --api-key-file wrong
SDCTL_API_KEY=user:s3cret-word make
SDCTL_API_KEY=user:wrong-word make
say 'the file beats the variable'
SDCTL_API_KEY=user:wrong-word make --api-key-file key
say 'a key that the server repeats is not shown'
start_sandbox --auth 'user:s3cret-word' --fault key-echo
make --api-key-file key
make --api-key-file key --error-format json
say 'nor in what -v says, in a document, or where the text is cut'
make -v --api-key-file key | grep -c -e s3cret -e dXNlcjpz
prompt=$(printf 'a%.0s' $(seq 1 66))
for n in 1 2 3 4 5 6 7 8; do
    SDCTL_API_KEY=user:s3cret-word "$SDCTL" img2img -e "$URL" -i "$TILE" -p "${prompt#"$(printf 'a%.0s' $(seq 1 $n))"} user:s3cret-word" --force -o out.png 2>&1 | grep -c s3c
done | sort | uniq -c
