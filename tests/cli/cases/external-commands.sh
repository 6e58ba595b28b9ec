# sdctl foo runs sdctl-foo from the PATH; nothing from the current folder, no paths as names.
mkdir bin
printf '#!/bin/sh\necho "foo ran: $0 $*"\nexit 7\n' | sed 's#\$0#${0\#\#*/}#' >bin/sdctl-foo
chmod 755 bin/sdctl-foo
cp bin/sdctl-foo sdctl-here
cp bin/sdctl-foo bin/sdctl-img2img
run sdctl foo a 'b c'
PATH=$PWD/bin:$PATH
run sdctl foo a 'b c'
run sdctl here
PATH=:$PATH
run sdctl here
PATH=.:$PATH
run sdctl here
run sdctl ../here/here
run sdctl x/../../bin/sdctl-foo
run sdctl 'foo bar'
run sdctl ''
say 'what is built in stays built in'
run sdctl img2img
chmod 644 bin/sdctl-foo
run sdctl foo
say 'near misses'
run sdctl img2imgg
run sdctl inpiant
