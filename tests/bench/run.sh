#!/bin/sh
# Builds the helpers and runs the measurements: of img2img, of --batch, of mask-invert and of
# convert-params.
#
# usage: tests/bench/run.sh [img2img|batch|masks|convert [GROUP...]]   from the top, after make all
# BIN is where sdctl is, BUILD where objects go, CC the compiler; ROUNDS=2 runs every row twice as
# often. Run it while the machine has nothing else to do.
set -eu

BIN=$(cd "${BIN:-.}" && pwd)
BUILD=${BUILD:-build}
mkdir -p "$BUILD/bench"
BUILD=$(cd "$BUILD" && pwd)
export BIN BUILD
python=python3
[ -x /usr/bin/python3 ] && python=/usr/bin/python3 # the one that the packages are for

# build NAME LIBRARY...: the helper of that name, if it is older than its source
build() {
    name=$1
    shift
    [ "$BUILD/bench/$name" -nt "tests/bench/$name.c" ] &&
        [ "$BUILD/bench/$name" -nt tests/bench/transfer.h ] && return
    "${CC:-cc}" -std=c17 -O2 -D_XOPEN_SOURCE=700 -Ilib -I. -o "$BUILD/bench/$name" \
        "tests/bench/$name.c" "$@"
}
build measure
build start
build server -lpthread
build photo "$BUILD/libsdctl.a" -lpng -lz -lm
build minimal "$BUILD/libsdctl.a" -lcurl
build multi "$BUILD/libsdctl.a" -lcurl
build png_rows -lpng -lz

if [ $# -gt 0 ]; then
    what=$1
    shift
    exec "$python" "tests/bench/$what.py" "$@"
fi
for what in img2img batch masks convert; do
    "$python" "tests/bench/$what.py"
done
