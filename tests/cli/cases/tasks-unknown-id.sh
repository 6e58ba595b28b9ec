# Ids that nobody knows.
start_ppinfra
id=00000000-0000-4000-8000-000000000000
for action in get wait fetch cancel skip; do
    run sdctl tasks $action $id
done
run sdctl tasks delete $id
run sdctl tasks get '../../etc' 'a b'
unset SDCTL_ENDPOINT SDCTL_BACKEND
run sdctl tasks get $id
say 'actions'
run sdctl tasks
run sdctl tasks lits
run sdctl tasks get
run sdctl tasks list $id
run sdctl tasks cancel
run sdctl tasks cancel a b
run sdctl tasks list --since yesterday -e "$URL" -b ppinfra
