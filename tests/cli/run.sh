#!/bin/bash
# Runs the cases of tests/cli/cases: NAME.sh is run in an empty folder of its own, and what it
# prints is compared with NAME.expected. case.sh has the functions that a case may use.
#
# usage: tests/cli/run.sh [--rewrite] [FILTER...]     from the top of the source tree
#   --rewrite   take what is printed now as what is expected from now on; look at the difference
#   FILTER      run only the cases whose names contain one of these
#
# SDCTL and SANDBOX name the programs, by default those in the top folder; JOBS is how many cases
# run at a time, by default 2; KEEP=1 keeps the folders of cases that fail.
set -u

top=$PWD
if [ ! -f "$top/tests/cli/case.sh" ]; then
    echo "run.sh: run this from the top of the source tree" >&2
    exit 2
fi
SDCTL=$(realpath "${SDCTL:-$top/sdctl}")
SANDBOX=$(realpath "${SANDBOX:-${SDCTL%/*}/sdctl-sandbox}")
DATA=$top/tests/data
PYTHON=${PYTHON:-/usr/bin/python3}
[ -x "$PYTHON" ] || PYTHON=python3
for program in "$SDCTL" "$SANDBOX"; do
    if [ ! -x "$program" ]; then
        echo "run.sh: no '$program'; run make first" >&2
        exit 2
    fi
done

rewrite=no
case ${1-} in
--rewrite) rewrite=yes && shift ;;
-*) sed -n '2,/^set/s/^# \{0,1\}//p' "$0" && exit 2 ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/sdctl-cli.XXXXXX")
work=$(realpath "$work")

# Ends what the cases have started and left.
kill_servers() {
    for pids in "$work"/*/pids; do
        [ -f "$pids" ] && while read -r pid; do kill -9 "$pid" 2>/dev/null; done <"$pids"
    done
}
finish() {
    status=$?
    trap - EXIT
    kill_servers
    [ "${KEEP:-0}" = 1 ] && echo "kept: $work" || rm -rf "$work"
    exit $status
}
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# volatile NAME: replaces what differs from run to run
volatile() {
    local root=$work/$1
    sed -E \
        -e "s#$root/here#HERE#g; s#$root/home#HOME#g; s#$root/tmp#TMP#g; s#$root#CASE#g" \
        -e "s#$DATA#DATA#g; s#$top#TOP#g" \
        -e 's#(127\.0\.0\.[0-9]+|localhost|\[::1\]):[0-9]+#\1:PORT#g' \
        -e 's#sdctl-[0-9a-f]{16}#sdctl-ID#g' \
        -e 's#"elapsed_ms":[0-9]+#"elapsed_ms":MS#g' \
        -e 's#("bytes":)[0-9]+#\1N#g; s#("sha256":")[0-9a-f]{64}"#\1SHA"#g' \
        -e 's#("job_timestamp":")[0-9]+"#\1TIME"#g' \
        -e 's#[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}#TASK#g' \
        -e 's#"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z"#"TIME"#g; s#( at )20[0-9-]{8}T[0-9:]{8}Z#\1TIME#g' \
        -e 's#("[a-z]+_time_ms":)"[0-9]+"#\1"TIME"#g; s#/results/[0-9a-f]{32}/#/results/HEX/#g' \
        -e 's#("digest":")[0-9a-f]{64}"#\1SHA"#g; s#("pid":)[0-9]+#\1N#g; s#("boot":")[^"]*"#\1BOOT"#g' \
        -e 's#("subseed":)[0-9]+#\1N#g; s#("all_subseeds":)\[[0-9,]+\]#\1N#g' \
        -e "s#(the answer was cut off by '[^']*'): [^;\"]*#\1: WHY#; s#(no usable answer from '[^']*'): [^;\"]*#\1: WHY#" \
        -e 's#(is cut off after) [0-9]+ bytes#\1 N bytes#' \
        ${volatile_script:+-f "$root/volatile"}
}

# run_case NAME: leaves a file `output` and, when it is to be skipped, a file `skip`
run_case() {
    local name=$1 root=$work/$1 status volatile_script=
    mkdir -p "$root/here" "$root/home" "$root/tmp"
    (
        cd "$root/here" || exit 1
        exec env -i PATH="$PATH" LC_ALL=C.UTF-8 TZ=UTC HOME="$root/home" \
            XDG_CONFIG_HOME="$root/home/config" XDG_STATE_HOME="$root/home/state" \
            TMPDIR="$root/tmp" CASE="$root" NAME="$name" DATA="$DATA" TOP="$top" \
            SDCTL="$SDCTL" SANDBOX="$SANDBOX" PYTHON="$PYTHON" \
            ASAN_OPTIONS="${ASAN_OPTIONS-detect_leaks=1}" \
            UBSAN_OPTIONS="${UBSAN_OPTIONS-print_stacktrace=1}" \
            timeout -k 5 120 bash -c '. "$TOP/tests/cli/case.sh"; . "$TOP/tests/cli/cases/$NAME.sh"'
    ) >"$root/raw" 2>&1 </dev/null
    status=$?
    [ $status = 0 ] || echo "the case ended with status $status" >>"$root/raw"
    [ -f "$root/volatile" ] && volatile_script=yes
    volatile "$name" <"$root/raw" >"$root/output"
}

judge() { # judge NAME: prints a line, and the difference if there is one
    local name=$1 root=$work/$1 expected=$top/tests/cli/cases/$1.expected
    if [ -f "$root/skip" ]; then
        echo "skip $name: $(cat "$root/skip")"
        skipped=$((skipped + 1))
        rm -rf "$root"
        return
    fi
    if [ $rewrite = yes ] && ! cmp -s "$root/output" "$expected"; then
        cp "$root/output" "$expected"
        echo "rewritten: $name"
    fi
    if cmp -s "$root/output" "$expected"; then
        echo "ok $name"
        passed=$((passed + 1))
        rm -rf "$root"
    else
        echo "not ok $name"
        [ -f "$expected" ] || expected=/dev/null
        diff -u --label expected --label printed "$expected" "$root/output" | sed 's/^/  /'
        failed=$((failed + 1))
    fi
}

names=()
for case in tests/cli/cases/*.sh; do
    name=${case##*/}
    name=${name%.sh}
    if [ $# -gt 0 ]; then
        for filter in "$@"; do
            case $name in *"$filter"*) names+=("$name") && break ;; esac
        done
    else
        names+=("$name")
    fi
done

passed=0 failed=0 skipped=0
declare -A running=()
for name in "${names[@]}"; do
    if [ ${#running[@]} -ge "${JOBS:-2}" ]; then
        wait -n -p ended "${!running[@]}"
        judge "${running[$ended]}"
        unset "running[$ended]"
    fi
    run_case "$name" &
    running[$!]=$name
done
while [ ${#running[@]} -gt 0 ]; do
    wait -n -p ended "${!running[@]}"
    judge "${running[$ended]}"
    unset "running[$ended]"
done

if [ $skipped -gt 0 ]; then
    echo "cli: $passed passed, $failed failed, $skipped skipped"
else
    echo "cli: $passed passed, $failed failed"
fi
[ $failed = 0 ] && [ $((passed + skipped)) -gt 0 ]
