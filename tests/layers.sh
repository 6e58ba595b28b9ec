#!/bin/sh
# Checks what a compiler does not: that includes point down the layers of CONTRIBUTING.md, that no
# banned function is called, that the library neither prints nor exits, and the format.
#
# usage: tests/layers.sh     from the top of the source tree
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# tell WHAT: the check failed if $work/found holds anything
tell() {
    if [ -s "$work/found" ]; then
        echo "not ok layers: $1"
        sed 's/^/  /' "$work/found"
        failed=$((failed + 1))
    else
        echo "ok layers: $1"
        passed=$((passed + 1))
    fi
}

# below LAYER: the folders whose headers it may include, besides its own
below() {
    case $1 in
    lib/base) ;;
    lib/wire | lib/image) echo base ;;
    lib/convert) echo image wire base ;;
    lib/net | lib/backend) echo wire base ;;
    lib/job) echo backend net wire base ;;
    cmd | cmd/print) echo cmd job backend net wire image convert base ;;
    cmd/sandbox) echo net wire image base ;;
    *) echo "?" ;;
    esac
}

sources=$(find lib cmd -name '*.[ch]' | sort)
tests=$(find tests -name '*.[ch]' | sort)

# FILE:LINE:HEADER of all includes
grep -n '^[[:space:]]*#[[:space:]]*include' $sources /dev/null |
    sed 's/^\([^:]*:[0-9]*\):[^"<]*\(["<]\)\([^">]*\).*/\1 \2\3/' >"$work/includes"

: >"$work/found"
for layer in $(for file in $sources; do dirname "$file"; done | sort -u); do
    allowed=$(below "$layer")
    if [ "$allowed" = "?" ]; then
        echo "$layer: no layer of that name is known" >>"$work/found"
        continue
    fi
    own=${layer#lib/}
    grep "^$layer/[^/]*:[0-9]* \"" "$work/includes" | sed 's/ "/ /' | while read -r where header; do
        case $header in
        */*) folder=${header%/*} ;;
        *) folder=$own ;; # beside the file itself
        esac
        case " $own $allowed " in
        *" $folder "*) ;;
        *) echo "$where: $layer must not include $header" ;;
        esac
    done
done >>"$work/found"
tell 'includes point down'

{
    grep ' <curl/' "$work/includes" | grep -v '^lib/net/'
    grep -E ' <(png\.h|jpeglib\.h|turbojpeg\.h|webp/)' "$work/includes" | grep -Ev '^(lib/image|cmd/sandbox)/'
    grep ' <sodium' "$work/includes" | grep -Ev '^(lib/base/libsodium.h|cmd/sandbox/)'
    grep ' <microhttpd' "$work/includes" | grep -v '^cmd/sandbox/'
} >"$work/found"
tell 'curl.h in lib/net, png.h and its like in lib/image, sodium.h in libsodium.h (or the sandbox) only'

# The same files without comments and strings, line by line.
for file in $sources $tests; do
    mkdir -p "$work/bare/${file%/*}"
    awk '{
        line = $0; out = ""
        while (line != "") {
            if (inside) {
                at = index(line, "*/")
                if (!at) { line = ""; break }
                line = substr(line, at + 2); inside = 0
            } else if (match(line, /"([^"\\]|\\.)*"|\/\*|\/\//)) {
                token = substr(line, RSTART, 2)
                out = out substr(line, 1, RSTART - 1)
                if (token == "//") { line = ""; break }
                inside = token == "/*"
                if (!inside) out = out "\"\""
                line = substr(line, RSTART + RLENGTH)
            } else { out = out line; line = "" }
        }
        print out
    }' "$file" >"$work/bare/$file"
done

(cd "$work/bare" && grep -nwE '(strcpy|strcat|sprintf|vsprintf|gets|atoi|atof|strtok)[[:space:]]*\(' $sources $tests) \
    >"$work/found"
tell 'no banned function'

(cd "$work/bare" && grep -nwE '(printf|vprintf|puts|putchar|perror|exit|_exit|abort)[[:space:]]*\(|stdout|stderr' \
    $(echo "$sources" | grep '^lib/')) >"$work/found"
tell 'the library neither prints nor exits'

case $(clang-format --version 2>/dev/null) in
*'version 14.'*) # others lay out some lines differently
    clang-format --dry-run -Werror $sources $tests 2>&1 | grep 'error:' | cut -d: -f1 | sort |
        uniq -c | sed 's/^ *\([0-9]*\) \(.*\)/\2: \1 places to change; run make format/' >"$work/found"
    tell 'clang-format'
    ;;
*)
    echo "skip layers: clang-format 14 is not installed"
    skipped=1
    ;;
esac

if [ $skipped -gt 0 ]; then
    echo "layers: $passed passed, $failed failed, $skipped skipped"
else
    echo "layers: $passed passed, $failed failed"
fi
[ $failed = 0 ]
