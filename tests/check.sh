#!/bin/sh
# Runs all tests and sums them up in a last line "N passed, N failed[, N skipped]".
#
# usage: tests/check.sh [SUITE...]     from the top of the source tree, after make all tests
# BIN is where sdctl and sdctl-sandbox are, BUILD where the unit tests are; WITHOUT names suites to
# leave out.
set -u

BIN=$(cd "${BIN:-.}" && pwd)
BUILD=${BUILD:-build}
export BIN BUILD
export SDCTL="$BIN/sdctl" SANDBOX="$BIN/sdctl-sandbox"
python=python3
[ -x /usr/bin/python3 ] && python=/usr/bin/python3 # the one that the packages are for
export PYTHON="$python"

passed=0 failed=0 skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# suite NAME COMMAND...: shows what it prints and adds up its last line of counts
suite() {
    name=$1
    shift
    case " ${WITHOUT:-} " in *" $name "*) return ;; esac
    if [ -n "$wanted" ]; then
        case " $wanted " in *" $name "*) ;; *) return ;; esac
    fi
    echo "== $name"
    "$@" >"$log" 2>&1
    status=$?
    cat "$log"
    counts=$(sed -n 's/.*\(^\|[^0-9]\)\([0-9][0-9]*\) passed, \([0-9][0-9]*\) failed\(, \([0-9]*\) skipped\)\{0,1\}.*/\2 \3 \5/p' "$log" | tail -n 1)
    set -- ${counts:-0 0}
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + ${3:-0}))
    if [ "$status" != 0 ] && [ "$2" = 0 ]; then
        echo "not ok $name: ended with status $status"
        failed=$((failed + 1))
    fi
}

wanted="$*"
for unit in "$BUILD"/unit/*; do
    [ -x "$unit" ] && case $unit in *.*) ;; *) suite "unit/${unit##*/}" "$unit" ;; esac
done
suite generated tests/generated.sh
suite layers tests/layers.sh
suite man tests/cli/man.sh
suite completion tests/cli/completion.sh
suite sandbox "$python" tests/sandbox.py "$SANDBOX"
suite cli tests/cli/run.sh
suite masks "$python" tests/cli/mask-matrix.py "$SDCTL"
suite mask-engine "$python" tests/cli/mask-engine.py "$SDCTL"
suite mask-decode "$python" tests/cli/mask-decode.py "$SDCTL"
suite preview "$python" tests/cli/preview.py "$SDCTL"
suite badfiles "$python" tests/cli/badfiles.py
suite convert "$python" tests/cli/convert.py
suite hostile "$python" tests/cli/hostile.py
suite hostile-tasks "$python" tests/cli/hostile_tasks.py
suite tasks "$python" tests/cli/tasks.py
suite batch "$python" tests/cli/batch.py
suite eks "$python" tests/s3/eks.py
suite novita tests/peers/novita.sh "$SANDBOX"
suite parity "$python" tests/parity.py "$BUILD/tools/imgtool"

if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
