# What a case of tests/cli/cases may use; run.sh reads it in before the case.
#
# SDCTL, SANDBOX, PYTHON   the programs
# DATA                     the folder of test pictures
# CASE                     the case's own folder: here/ (where it starts), home/, tmp/ ($TMPDIR)

TILE=$DATA/tile.png      # 64x48
MASK=$DATA/tile-mask.png # 64x48, white from (24,16) to (39,31)

sdctl() { "$SDCTL" "$@"; }

# quote WORD: as one would type it
quote() {
    case $1 in
    "$SDCTL") printf sdctl ;;
    '' | *[!A-Za-z0-9_./:=,@%+-]*) printf "'%s'" "${1//\'/\'\\\'\'}" ;;
    *) printf %s "$1" ;;
    esac
}

announce() {
    local word
    printf '$'
    for word; do
        printf ' %s' "$(quote "$word")"
    done
    echo
}

# run COMMAND...: the command, its standard output, its standard error behind "! ", its status
run() {
    announce "$@"
    status=0
    "$@" >"$CASE/stdout" 2>"$CASE/stderr" || status=$?
    show
}

# try COMMAND...: as run, without the standard output, which pick can ask for
try() {
    announce "$@"
    status=0
    "$@" >"$CASE/stdout" 2>"$CASE/stderr" || status=$?
    sed 's/^/! /' "$CASE/stderr"
    echo "= $status"
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
        wait "$pid" 2>/dev/null
        while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done
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

# start_ppinfra [OPTION...]: a PPInfra service, which is the endpoint from here on, and its key
start_ppinfra() {
    start_sandbox --backend ppinfra --auth sesame "$@"
    export SDCTL_ENDPOINT=$URL SDCTL_BACKEND=ppinfra SDCTL_API_KEY=sesame
    hide 's/, [0-9]+ ms$/, N ms/'
}
CHECKPOINT=aurora_v1_100000.safetensors # SD 1.5; basalt_v1_100001.safetensors is SDXL
# small requests that are complete, but for the mask
PLAIN=(-i "$TILE" -p cup --model $CHECKPOINT --count 1 --steps 2 --cfg-scale 7 --sampler Euler)
SMALL=("${PLAIN[@]}" --size 128x128)

# start_fooocus KIND [OPTION...]: fooocusapi or fooocus-api, which is the endpoint from here on
start_fooocus() {
    start_sandbox --backend "$@"
    export SDCTL_ENDPOINT=$URL SDCTL_BACKEND=$1
    hide 's/\b[0-9a-f]{32}\b/TASK/g; s/20[0-9]{2}-[0-9]{2}-[0-9]{2}_[0-9-]{8}_[0-9]{4}/NAME/g; s#/20[0-9]{2}-[0-9]{2}-[0-9]{2}/#/DATE/#g'
}
# small requests: an image to upscale without painting, one with a mask
FAST=(-i "$TILE" -p cup --seed 7 --set 'uov_method=Upscale (Fast 2x)')
MASKED=(-i "$TILE" -m "$MASK" -p cup --seed 7 --set performance_selection=Lightning)

# submissions: how many tasks the sandbox has taken
submissions() { curl -s "$URL/sandbox/submissions" | jq -r '"\(.submissions) taken"'; }

# journal JQ-FILTER: asks each line of the task journal
journal() { jq -c "$1" "$XDG_STATE_HOME/sdctl/journal.jsonl" | sed 's/^/journal: /'; }

# task_id: the one in the last standard output
task_id() { jq -r .task_id "$CASE/stdout" | tail -n 1; }

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
    folder=$(ls -d "$SERVED"/[0-9]*/ 2>/dev/null | sed -n "${2:-$}p")
    [ -n "$folder" ] || { echo '(nothing was sent)' && return; }
    jq -c "$1 | walk(if type == \"string\" and length > 60 and test(\"^[A-Za-z0-9+/=]*$\")
        then .[0:16] + \"...\" else . end)" "${folder}request.json" | sed 's/^/sent: /'
}

# kept [N]: the folder of the N-th request kept, the last one if not given
kept() { ls -d "$SERVED"/[0-9]*/ 2>/dev/null | sed -n "${1:-$}s#/\$##p"; }

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

# begin NAME COMMAND...: starts it in the background, with signals as a terminal's
begin() {
    local name=$1
    shift
    [ "$1" = sdctl ] && shift && set -- "$SDCTL" "$@"
    env --default-signal=INT,QUIT "$@" >"$CASE/$name.out" 2>"$CASE/$name.err" &
    eval "pid_$name=$!"
    leave $!
}

# end NAME [SIGNAL]: sends the signal, waits, and shows what the command wrote and its status
end() {
    local pid
    eval "pid=\$pid_$1"
    [ -z "${2-}" ] || kill -s "$2" "$pid"
    status=0
    wait "$pid" 2>/dev/null || status=$?
    echo "$1${2:+, SIG$2}:"
    mv "$CASE/$1.out" "$CASE/stdout"
    mv "$CASE/$1.err" "$CASE/stderr"
    show
}

# sleep_until SECONDS COMMAND...: waits until the command succeeds
sleep_until() {
    local ends=$((SECONDS + $1))
    shift
    until "$@" 2>/dev/null; do
        [ $SECONDS -lt $ends ] || { echo "gave up waiting for: $*" && return 1; }
        sleep 0.05
    done
}

# active: whether the sandbox is at a sampling step; waiting N: whether N tasks are in its queue
active() { curl -s "$URL/sdapi/v1/progress?skip_current_image=true" | jq -e '.state.sampling_step > 0' >/dev/null; }
waiting() { [ "$(curl -s "$URL/internal/pending-tasks" | jq .size)" = "$1" ]; }

# terminal COMMAND...: runs it on a terminal, and shows the different lines that appeared there,
# with numbers as N, and its status
terminal() {
    announce "$@"
    status=0
    "$PYTHON" "$TOP/tests/cli/terminal.py" "$@" >"$CASE/screen" || status=$?
    tr '\r' '\n' <"$CASE/screen" | sed 's/\x1b\[[0-9]*[Km]//g; /^{/s/.*/(a result document)/' | grep -v '^$' |
        sed 's/[0-9][0-9]*/N/g; s/#/./g; s/\.\.*/./g; s/   */  /g; s/  ETA .*//' | sort -u
    echo "= $status"
}
