# D23: a synchronous request that fails is a 500 on FooocusAPI: it is not sent again.
start_fooocus fooocusapi --fault sync-500
run sdctl inpaint "${MASKED[@]}" -q -o no.png
submissions
posts
say 'the result is in the history all the same'
sdctl tasks list --query history >"$CASE/stdout"
pick '[.status, .params.prompt, (.info.urls | length)]'
try sdctl tasks fetch "$(task_id)" -o yes.png
pick '[.status, .images[0].path]'
tree
