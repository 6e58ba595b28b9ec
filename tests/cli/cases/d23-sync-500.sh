# D23: a synchronous request that fails is a 500 on FooocusAPI. It is not sent again; the history tells its id.
start_fooocus fooocusapi --fault sync-500
sdctl inpaint "${MASKED[@]}" -q -p 'another cup' -o other.png >"$CASE/stdout" 2>"$CASE/stderr"
try sdctl inpaint "${MASKED[@]}" -q -o no.png
submissions
id=$(sed -n 's/.*is task \([0-9a-f]*\).*/\1/p' "$CASE/stderr")
try sdctl tasks fetch "$id" -o yes.png
pick '[.status, .images[0].path]'
sdctl tasks list --query history >"$CASE/stdout"
pick '[.status, .params.prompt, (.info.urls | length)]'
tree
