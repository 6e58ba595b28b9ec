#!/bin/sh
# Checks the man pages: mandoc finds nothing to warn of, they are rendered, all their references
# among each other lead somewhere, and they have the sections that readers look for.
#
# usage: tests/cli/man.sh     from the top of the source tree
set -u

passed=0 failed=0 skipped=0
backspace=$(printf '\b')

tell() { # tell WHAT STATUS
    if [ "$2" -eq 0 ]; then
        echo "ok man: $1"
        passed=$((passed + 1))
    else
        echo "not ok man: $1"
        failed=$((failed + 1))
    fi
}

# has_section PAGE SECTION
has_section() {
    grep -qxF ".Sh $2" "$1"
}

for page in man/*.[17]; do
    name=$(basename "${page%.*}")
    sections='NAME SYNOPSIS DESCRIPTION EXAMPLES EXIT_STATUS SEE_ALSO'
    case $page in
    man/sdctl.1 | *.7) ;;
    *) sections="$sections OPTIONS" ;;
    esac
    for section in $sections; do
        section=$(echo "$section" | tr _ ' ')
        has_section "$page" "$section"
        tell "$name has the section $section" $?
    done
    for other in $(sed -n 's/^\.\(It \)\{0,1\}Xr \(sdctl[a-z0-9-]*\) \([17]\).*/\2.\3/p' "$page" |
        sort -u); do
        [ -f "man/$other" ] || tell "$name refers to $other" 1
    done
    grep -q '[^ -~]' "$page"
    tell "$name is ASCII" $((!$?))
    case $name in
    sdctl) ;;
    *)
        grep -q "Xr $name ${page##*.}" man/sdctl.1
        tell "sdctl refers to $name" $?
        ;;
    esac
done

if command -v mandoc >/dev/null 2>&1; then
    for page in man/*.[17]; do
        found=$(mandoc -Tlint -Wwarning "$page")
        [ -z "$found" ]
        tell "mandoc finds nothing in $page" $?
        [ -z "$found" ] || echo "$found"
        mandoc -Tutf8 -Owidth=80 "$page" | sed "s/.$backspace//g" | grep -q '^SYNOPSIS$'
        tell "mandoc renders $page" $?
    done
else
    echo "skip man: mandoc is not installed"
    skipped=$((skipped + 1))
fi

if command -v man >/dev/null 2>&1 && man -l man/sdctl.1 >/dev/null 2>&1; then
    for page in man/*.[17]; do
        text=$(MANWIDTH=80 man -l "$page" 2>&1 | sed "s/.$backspace//g")
        case $text in
        *SYNOPSIS*DESCRIPTION*) tell "man -l renders $page" 0 ;;
        *) tell "man -l renders $page" 1 ;;
        esac
    done
else
    echo "skip man: man -l does not work here"
    skipped=$((skipped + 1))
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
