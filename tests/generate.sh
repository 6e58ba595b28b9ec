#!/bin/sh
# Rewrites what is printed from the option tables and committed: the marked parts of the man pages
# and the completion files. With --check it changes nothing and tells what differs.
#
# usage: tests/generate.sh [--check]     from the top of the source tree, after make
# BUILD is the build folder (build); sdctl-print is taken from there.
set -eu

mode=write
case ${1-} in
--check) mode=check ;;
'') ;;
*)
    echo "usage: tests/generate.sh [--check]" >&2
    exit 2
    ;;
esac

print=${BUILD:-build}/sdctl-print
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
differ=0

# settle FILE NEW: puts NEW in FILE's place, or tells how they differ
settle() {
    if cmp -s "$1" "$2"; then
        return
    fi
    if [ "$mode" = write ]; then
        cat "$2" >"$1"
        echo "$1: rewritten"
    else
        echo "not ok $1: differs from the option tables; run tests/generate.sh"
        diff -u "$1" "$2" | sed -n '1,20p' || :
        differ=1
    fi
}

# splice PAGE MARK TEXT: puts TEXT between the lines that mark the generated part of PAGE
splice() {
    begin=".\\\" begin $2: generated from the tables, do not edit"
    end=".\\\" end $2"
    for line in "$begin" "$end"; do
        if [ "$(grep -cxF "$line" "$1")" != 1 ]; then
            echo "not ok $1: needs exactly one line '$line'"
            differ=1
            return
        fi
    done
    awk -v begin="${begin#???}" -v end="${end#???}" -v text="$3" '
        substr($0, 4) == end { inside = 0 }
        !inside { print }
        substr($0, 4) == begin {
            inside = 1
            while ((getline line < text) > 0)
                print line
        }' "$1" >"$work/page"
    settle "$1" "$work/page"
}

"$print" check || differ=1

"$print" names >"$work/names"
while read -r name; do
    page=man/sdctl-$name.1
    if [ ! -f "$page" ]; then
        echo "not ok $page: there is no page for this command"
        differ=1
        continue
    fi
    "$print" man "$name" >"$work/text"
    splice "$page" options "$work/text"
done <"$work/names"

"$print" commands >"$work/text"
splice man/sdctl.1 commands "$work/text"

"$print" parameters >"$work/text"
splice man/sdctl.1 parameters "$work/text"

"$print" mapping >"$work/text"
splice man/sdctl-convert-params.1 mapping "$work/text"

mkdir -p completions
for shell in bash:sdctl.bash zsh:_sdctl fish:sdctl.fish; do
    "$print" "${shell%%:*}" >"$work/text"
    [ -f "completions/${shell#*:}" ] || : >"completions/${shell#*:}"
    settle "completions/${shell#*:}" "$work/text"
done

if [ "$mode" = check ] && [ "$differ" = 0 ]; then
    echo "ok generate: man pages and completions agree with the option tables"
fi
exit "$differ"
