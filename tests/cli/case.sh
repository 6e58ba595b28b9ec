# What a case of tests/cli/cases may use; run.sh reads it in before the case.
#
# SDCTL, SANDBOX, PYTHON   the programs
# DATA                     the folder of test pictures
# CASE                     the case's own folder: here/ (where it starts), home/, tmp/ ($TMPDIR)

sdctl() { "$SDCTL" "$@"; }

# quote WORD: as one would type it
quote() {
    case $1 in
    "$SDCTL") printf sdctl ;;
    '' | *[!A-Za-z0-9_./:=,@%+-]*) printf "'%s'" "${1//\'/\'\\\'\'}" ;;
    *) printf %s "$1" ;;
    esac
}

# run COMMAND...: the command, its standard output, its standard error behind "! ", its status
run() {
    local word
    printf '$'
    for word; do
        printf ' %s' "$(quote "$word")"
    done
    echo
    status=0
    "$@" >"$CASE/stdout" 2>"$CASE/stderr" || status=$?
    show
}

# show: what the files stdout and stderr hold, and $status
show() {
    cat "$CASE/stdout"
    [ -z "$(tail -c 1 "$CASE/stdout" | tr '\n\0' ' x')" ] || [ -z "$(tail -c 1 "$CASE/stdout")" ] ||
        echo '(no line end)'
    sed 's/^/! /' "$CASE/stderr"
    echo "= $status"
}

# say TEXT: a heading in the output
say() { printf '\n# %s\n' "$*"; }

# skip WHY: ends the case without a verdict
skip() {
    echo "$*" >"$CASE/skip"
    exit 0
}

# hide SED-SCRIPT: one more thing that differs from run to run
hide() { printf '%s\n' "$1" >>"$CASE/volatile"; }

# leave PID: ends the process when the case does
leave() { echo "$1" >>"$CASE/pids"; }

# Ends what the case has started: servers as a user would, so that a sanitizer can report.
end_case() {
    local pid
    [ -f "$CASE/pids" ] || return 0
    while read -r pid; do
        kill "$pid" 2>/dev/null
    done <"$CASE/pids"
    while read -r pid; do
        tail --pid="$pid" -f /dev/null 2>/dev/null
    done <"$CASE/pids"
    rm -f "$CASE/pids"
    grep -l -E 'Sanitizer|runtime error' "$CASE"/sandbox*.log 2>/dev/null && cat "$CASE"/sandbox*.log
    return 0
}
trap end_case EXIT

# start_sandbox [OPTION...]: a server of this case; sets URL, and SERVED, the folder with what it
# received, request by request (0001/request.json and so on)
start_sandbox() {
    local ready
    sandboxes=$((${sandboxes:-0} + 1))
    SERVED=$CASE/served$sandboxes
    LOG=$CASE/sandbox$sandboxes.log
    mkdir "$SERVED"
    exec {ready_fd}< <(exec "$SANDBOX" --port 0 --root "$SERVED" "$@" 2>"$LOG")
    leave $!
    read -r -t 60 -u "$ready_fd" ready || { echo "the sandbox does not start:" && cat "$LOG" && exit 1; }
    URL=${ready##* }
}

# posts: the paths of all POST requests that the sandbox got, in order; "(none)" if there are none
posts() {
    sed -n 's/^POST \([^ ]*\) .*/POST \1/p' "$LOG" | grep . || echo '(none)'
}

# requests: method and path of all requests, each once
requests() {
    sed -n 's/^\([A-Z]* [^ ]*\) [0-9]*, .*/\1/p' "$LOG" | sort -u | grep . || echo '(none)'
}

# sent JQ-FILTER [N]: asks the N-th request kept (the last one if not given); pictures are left out
sent() {
    local folder
    folder=$(ls -d "$SERVED"/*/ 2>/dev/null | sed -n "${2:-$}p")
    [ -n "$folder" ] || { echo '(nothing was sent)' && return; }
    jq -c "$1" "${folder}request.json" | sed 's/^/sent: /'
}

# keep [N]: the folder of the N-th request kept, the last one if not given
kept() { ls -d "$SERVED"/*/ 2>/dev/null | sed -n "${1:-$}s#/\$##p"; }

# pick JQ-FILTER: asks the last standard output
pick() { jq -c "$1" "$CASE/stdout"; }

# tree: all files here, hidden ones included, and those left over in TMPDIR
tree() {
    (find . ! -name . -printf '%P%y %l\n' | sed 's/[fs] $//; s/d $/\//; s/l \(.*\)$/ -> \1/; s/p $/ (FIFO)/') | sort
    (cd "$TMPDIR" && find . ! -name . -printf 'TMPDIR/%P\n') | sort
}

# pixels FILE: size, mode and a checksum of the pixels, whatever way they are packed
pixels() {
    "$PYTHON" - "$1" <<'END'
import sys, zlib
from PIL import Image
i = Image.open(sys.argv[1])
print("%dx%d %s %08x" % (i.width, i.height, i.mode, zlib.crc32(i.tobytes())))
END
}

# gone: prints temporary files that are left here or in TMPDIR
sleep_until() { # sleep_until SECONDS COMMAND...: waits till the command succeeds
    local ends=$((SECONDS + $1))
    shift
    until "$@" 2>/dev/null; do
        [ $SECONDS -lt $ends ] || { echo "gave up waiting for: $*" && return 1; }
        sleep 0.05
    done
}
